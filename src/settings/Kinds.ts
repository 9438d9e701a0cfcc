import { isIP } from "node:net"
import * as Option from "effect/Option"

/** A kind of value, and its written form. */
export interface Kind<A> {
  readonly metavar: string
  /** The texts that `parse` takes, in words. */
  readonly expected: string
  /** The text that a flag without one stands for, if it may be without. */
  readonly alone?: string
  /** The value of a text, if that is valid. */
  parse(text: string): Option.Option<A>
  /** The text for a value. */
  format(value: A): string
}

/** A value for people: without the user of a URL, and what may be a password. */
export const withoutPassword = (text: string): string => text.replace(/:(\/{0,2}).*@/s, ":$1…@")

const wholeNumber = (text: string): Option.Option<number> =>
  /^\d{1,15}$/.test(text) ? Option.some(Number.parseInt(text, 10)) : Option.none()

const within = (value: Option.Option<number>, min: number, max: number): Option.Option<number> =>
  Option.filter(value, (number) => number >= min && number <= max)

/** A whole number. */
export const count = (min = 1, max = 10_000_000): Kind<number> => ({
  metavar: "COUNT",
  parse: (text) => within(wholeNumber(text), min, max),
  format: String,
  expected: `a whole number from ${min} to ${max}`
})

/** A TCP port; 0 picks a free one. */
export const port: Kind<number> = { ...count(0, 65_535), metavar: "PORT" }

/** A number with a unit; `units` go from large to small, each with its size in the smallest. */
const quantity = (units: ReadonlyArray<readonly [unit: string, size: number]>, min: number, max: number) => ({
  parse: (text: string): Option.Option<number> => {
    const [, digits, name] = /^(\d{1,12})([a-zA-Z]*)$/.exec(text) ?? []
    const size = units.find(([unit]) => unit === name)?.[1]
    return digits === undefined || size === undefined
      ? Option.none()
      : within(Option.some(Number(digits) * size), min, max)
  },
  format: (value: number): string => {
    const [unit, size] = units.find((each) => value % each[1] === 0) ?? ["", 1]
    return `${value / size}${unit}`
  }
})

/** A size in bytes, plain or with a binary unit. */
export const bytes = (min: number, max = 2 ** 30): Kind<number> => {
  const size = quantity(
    [
      ["GiB", 2 ** 30],
      ["MiB", 2 ** 20],
      ["KiB", 2 ** 10],
      ["", 1]
    ],
    min,
    max
  )
  const expected = `bytes from ${min} to ${size.format(max)}, such as 65536, 64KiB or 1MiB`
  return { ...size, metavar: "BYTES", expected }
}

/** A time, in milliseconds. */
export const duration = (min = 1): Kind<number> => {
  const time = quantity(
    [
      ["h", 3_600_000],
      ["m", 60_000],
      ["s", 1_000],
      ["ms", 1]
    ],
    min,
    2 ** 31 - 1
  )
  const examples = min === 1 ? " such as 500ms, 20s" : ` of at least ${time.format(min)}, such as 20s`
  return { ...time, metavar: "TIME", expected: `a time${examples}, 5m or 1h` }
}

/** A number of times per second or minute. */
export const rate = (per: "s" | "m"): Kind<number> => ({
  metavar: `COUNT/${per}`,
  parse: (text) => within(wholeNumber(text.replace(new RegExp(`/${per}$`), "")), 1, 1_000_000),
  format: (value) => `${value}/${per}`,
  expected: `a whole number, such as 10/${per}`
})

/** A number of bytes per second. */
export const byteRate: Kind<number> = {
  metavar: "BYTES/s",
  parse: (text) => anyBytes.parse(text.replace(/\/s$/, "")),
  format: (value) => `${anyBytes.format(value)}/s`,
  expected: "bytes per second, such as 64KiB/s"
}

const anyBytes = bytes(1)

/** A value, or `off`, which is `undefined`. */
export const orOff = <A>(kind: Kind<A>): Kind<A | undefined> => ({
  metavar: `${kind.metavar}|off`,
  parse: (text) => (text === "off" ? Option.some(undefined) : kind.parse(text)),
  format: (value) => (value === undefined ? "off" : kind.format(value)),
  expected: `${kind.expected}, or off`
})

/** A value, or `none` or an empty text, which is `undefined`. */
export const orNone = <A>(kind: Kind<A>): Kind<A | undefined> => ({
  ...kind,
  parse: (text) => (text === "" || text === "none" ? Option.some(undefined) : kind.parse(text)),
  format: (value) => (value === undefined ? "none" : kind.format(value))
})

/** A value, or `auto`, which is `undefined`. */
export const orAuto = <A>(kind: Kind<A>): Kind<A | undefined> => ({
  metavar: `${kind.metavar}|auto`,
  parse: (text) => (text === "auto" ? Option.some(undefined) : kind.parse(text)),
  format: (value) => (value === undefined ? "auto" : kind.format(value)),
  expected: `${kind.expected}, or auto`
})

/** A short name of letters and digits. */
export const word: Kind<string> = {
  metavar: "NAME",
  parse: Option.liftPredicate((text) => /^[a-zA-Z0-9][\w-]{0,63}$/.test(text)),
  format: String,
  expected: "a name of 1 to 64 letters, digits, - and _, such as chat2"
}

/** A path. */
export const file: Kind<string> = {
  metavar: "FILE",
  parse: Option.some,
  format: String,
  expected: "the path of a file"
}

/** A URL of HTTP or HTTPS. */
export const url: Kind<string> = {
  metavar: "URL",
  parse: Option.liftPredicate((text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text)),
  format: String,
  expected: "a URL such as http://127.0.0.1:4318"
}

/** One of a few words. */
export const oneOf = <const A extends string>(words: ReadonlyArray<A>): Kind<A> => ({
  metavar: words.join("|"),
  parse: (text) => Option.fromUndefinedOr(words.find((word) => word === text)),
  format: String,
  expected: `one of ${words.join(", ")}`
})

/** Something that is on or off; its flag alone turns it on. */
export const onOff: Kind<boolean> = {
  metavar: "on|off",
  alone: "on",
  parse: (text) =>
    Option.map(
      Option.liftPredicate(text, (word) => /^(?:on|true|off|false)$/.test(word)),
      (word) => word === "on" || word === "true"
    ),
  format: (value) => (value ? "on" : "off"),
  expected: "on or off"
}

/** An address or host name to listen on. */
export const address: Kind<string> = {
  metavar: "ADDRESS",
  parse: Option.liftPredicate(
    (text) => isIP(text) !== 0 || (/^\w[\w.-]{0,252}$/.test(text) && text !== "none") // for an empty list
  ),
  format: String,
  expected: "an address or host name"
}

const parts = (text: string): ReadonlyArray<string> => text.split(",").map((part) => part.trim())

/** One address or several. */
export const addresses: Kind<ReadonlyArray<string>> = {
  metavar: "ADDRESS[,ADDRESS…]",
  parse: (text) => Option.all(parts(text).map(address.parse)),
  format: (hosts) => hosts.join(","),
  expected: "an address or host name, or several with commas between"
}

/** Origins of web pages: a scheme, a name, and a port where it is not the usual one. */
export const origins: Kind<ReadonlyArray<string>> = {
  metavar: "ORIGIN,…",
  parse: (text) =>
    text === "none"
      ? Option.some([])
      : Option.filter(Option.some(parts(text)), (all) => all.every((origin) => isOrigin(origin))),
  format: (all) => all.join(",") || "none",
  expected: "origins with commas between, such as https://chat.example.org"
}

const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text

/** Addresses, each alone or with the bits of its network. */
export const addressRanges: Kind<ReadonlyArray<string>> = {
  metavar: "ADDRESS[/BITS],…",
  parse: (text) =>
    text === "none"
      ? Option.some([])
      : Option.filter(Option.some(parts(text)), (ranges) => ranges.every(isRange)),
  format: (ranges) => ranges.join(",") || "none",
  expected: "addresses with commas between, such as 192.0.2.7 or 10.1.0.0/16"
}

const isRange = (range: string): boolean => {
  const [, address, bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? []
  const family = isIP(address ?? "")
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128)
}
