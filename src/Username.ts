/** Longest name, in code points after NFC (LOGIN-6). */
const usernameCodePointsMax = 32

/** Whether this string may be a name: 1 to 32 code points, all of them visible, no blank at the ends (LOGIN-6). */
export const isUsername = (name: string): boolean => {
  if (name === "" || hidden.test(name) || blankEnd.test(name)) return false
  if (name.length <= usernameCodePointsMax) return true
  return [...name.normalize("NFC")].length <= usernameCodePointsMax
}

/** Two names are the same name exactly when their keys are equal: NFKC and case folding (LOGIN-9). */
export const usernameKey = (name: string): string =>
  ascii.test(name) ? name.toLowerCase() : name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC")

/** Controls, lone surrogates, format and direction characters, what renders as nothing, and line separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

const ascii = /^[\x20-\x7e]*$/

const blankEnd = /^\p{White_Space}|\p{White_Space}$/u
