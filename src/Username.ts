/** Longest name, in code points after NFC (LOGIN-6). */
const usernameCodePointsMax = 32

/** Longer strings are not looked at: normalizing takes time that grows with the square of their marks. */
const usernameUnitsMax = 8 * usernameCodePointsMax

/** True of a valid name: 1 to 32 code points, all of them visible, no whitespace at either end (LOGIN-6). */
export const isUsername = (name: string): boolean => {
  if (name === "" || name.length > usernameUnitsMax || hidden.test(name) || badEnd.test(name)) return false
  const length = ascii.test(name) ? name.length : [...name.normalize("NFC")].length
  return length <= usernameCodePointsMax
}

/**
 * Two names are the same name exactly when their keys are equal: compatibility forms and case folded (LOGIN-9). What is
 * too long for a name has a key as well, if not one that says anything.
 */
export const usernameKey = (name: string): string =>
  ascii.test(name) || name.length > usernameUnitsMax
    ? name.toLowerCase()
    : name.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC")

/** True if a string, which anybody may have sent, is the same name as this one. */
export const isSameUsername = (username: string, claimed: string): boolean =>
  claimed === username ||
  (claimed.length <= usernameUnitsMax && usernameKey(claimed) === usernameKey(username))

/** Controls, lone surrogates, format and direction characters, what renders as nothing or as anything, line separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Whitespace at an end, or a mark that would combine with what comes before the name. */
const badEnd = /^[\p{White_Space}\p{M}]|\p{White_Space}$/u

const ascii = /^[\x20-\x7e]*$/
