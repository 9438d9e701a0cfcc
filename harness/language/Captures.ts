import type { Pattern } from "./Pattern.ts"
import type { Template } from "./Template.ts"

/** The captures that a pattern uses: those it binds, and those it can only compare with. */
export interface Uses {
  readonly binds: ReadonlyArray<string>
  readonly needs: ReadonlyArray<string>
}

/** The captures that sending this needs. */
export const capturesSent = (template: Template): ReadonlyArray<string> => {
  switch (template._tag) {
    case "Capture":
      return [template.name]
    case "List":
      return template.items.flatMap(capturesSent)
    case "Object":
      return template.fields.flatMap(([, value]) => capturesSent(value))
    case "Literal":
      return []
  }
}

/** The captures that a pattern binds, and those that it can only compare with. */
const capturesIn = (pattern: Pattern): Uses => {
  switch (pattern._tag) {
    case "Capture":
      return { binds: [pattern.name], needs: [] }
    case "Not": {
      const { binds, needs } = capturesIn(pattern.pattern)
      return { binds: [], needs: [...binds, ...needs] }
    }
    case "OneOf":
      return inOne(pattern.patterns)
    case "InAnyOrder":
    case "Includes":
      return inAll(pattern.patterns)
    case "List":
      return inAll(pattern.items)
    case "Object":
      return inAll(pattern.fields.map(([, value]) => value))
    default:
      return { binds: [], needs: [] }
  }
}

/** The captures of patterns all of which match. */
export const inAll = (patterns: ReadonlyArray<Pattern>): Uses => {
  const uses = patterns.map(capturesIn)
  return { binds: uses.flatMap(({ binds }) => binds), needs: uses.flatMap(({ needs }) => needs) }
}

/** The captures of patterns of which one matches, whichever it is: bound is what each of them binds. */
export const inOne = (patterns: ReadonlyArray<Pattern>): Uses => {
  const uses = patterns.map(capturesIn)
  const [first] = uses
  return {
    binds: (first?.binds ?? []).filter((name) => uses.every(({ binds }) => binds.includes(name))),
    needs: uses.flatMap(({ needs }) => needs)
  }
}
