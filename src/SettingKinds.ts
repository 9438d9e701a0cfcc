/** How a person writes a value of one kind. */
export interface Kind<A> {
  readonly metavar: string
  /** What `parse` takes, in words. */
  readonly expected: string
  /** The value of what a person wrote, or `undefined` when it makes none. */
  parse(text: string): A | undefined
  /** How a person would write the value. */
  format(value: A): string
}

const wholeNumber = (text: string): number | undefined =>
  /^\d{1,15}$/.test(text) ? Number.parseInt(text, 10) : undefined

const within = (value: number | undefined, min: number, max: number): number | undefined =>
  value !== undefined && value >= min && value <= max ? value : undefined

/** A whole number. */
export const count = (min = 1, max = 10_000_000): Kind<number> => ({
  metavar: "COUNT",
  parse: (text) => within(wholeNumber(text), min, max),
  format: String,
  expected: `a whole number from ${min} to ${max}`
})

const bytesPerUnit: Readonly<Record<string, number>> = { "": 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** A size in bytes, plain or with a binary unit. */
export const bytes = (min: number): Kind<number> => ({
  metavar: "BYTES",
  parse: (text) => {
    const [, digits, unit] = /^(\d{1,12})(|KiB|MiB|GiB)$/.exec(text) ?? []
    return digits === undefined ? undefined : within(Number(digits) * bytesPerUnit[unit!]!, min, 2 ** 30)
  },
  format: (value) => {
    const unit = ["GiB", "MiB", "KiB"].find((name) => value % bytesPerUnit[name]! === 0) ?? ""
    return `${value / bytesPerUnit[unit]!}${unit}`
  },
  expected: `bytes from ${min} to 1GiB, such as 65536, 64KiB or 1MiB`
})

const millisPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const time = (text: string): number | undefined => {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  return digits === undefined ? undefined : within(Number(digits) * millisPerUnit[unit!]!, 1, 2 ** 31 - 1)
}

const formatTime = (millis: number): string => {
  if (millis === Number.POSITIVE_INFINITY) return "off"
  const unit = ["h", "m", "s"].find((name) => millis % millisPerUnit[name]! === 0) ?? "ms"
  return `${millis / millisPerUnit[unit]!}${unit}`
}

/** A time, in milliseconds. */
export const duration: Kind<number> = {
  metavar: "TIME",
  parse: time,
  format: formatTime,
  expected: "a time such as 500ms, 20s, 5m or 1h"
}

/** A time, or `off`, which is `Infinity`. */
export const durationOrOff: Kind<number> = {
  ...duration,
  metavar: "TIME|off",
  parse: (text) => (text === "off" ? Number.POSITIVE_INFINITY : time(text)),
  expected: `${duration.expected}, or off`
}

/** One of a few words. */
export const oneOf = <const A extends string>(words: ReadonlyArray<A>): Kind<A> => ({
  metavar: words.join("|"),
  parse: (text) => words.find((word) => word === text),
  format: String,
  expected: `one of ${words.join(", ")}`
})

/** What to listen on. */
export const addresses: Kind<ReadonlyArray<string>> = {
  metavar: "ADDRESS[,ADDRESS…]",
  parse: (text) => {
    const hosts = text.split(",").map((host) => host.trim())
    return hosts.every((host) => /^[\w.:%-]{1,253}$/.test(host)) ? hosts : undefined
  },
  format: (hosts) => hosts.join(","),
  expected: "an address or host name, or several with commas between"
}
