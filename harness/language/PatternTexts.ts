/** The words of descriptions of patterns, and of where a value parts ways with one. */
export interface PatternTexts {
  readonly anything: string
  readonly anyScalar: (capture: string) => string
  readonly matches: (source: string) => string
  readonly contains: (text: string) => string
  readonly oneOf: (patterns: string) => string
  readonly not: (pattern: string) => string
  readonly length: (length: number) => string
  readonly inAnyOrder: (patterns: string) => string
  readonly includes: (patterns: string) => string
  readonly absent: string
  readonly exactly: (fields: string) => string
  /** A value that is not there. */
  readonly nothing: string
  readonly mismatch: (expected: string, received: string) => string
  readonly tooSlow: string
  readonly oneTooMany: (value: string) => string
  readonly kinds: { readonly [kind in "null" | "list" | "string" | "number" | "boolean" | "object"]: string }
  readonly otherKind: (expected: string, received: string) => string
  readonly composedDifferently: string
  readonly spacesAround: string
  readonly tooManyCharacters: (count: number) => string
  readonly charactersArrived: (count: number, all: number) => string
  readonly differAt: (character: number) => string
}
