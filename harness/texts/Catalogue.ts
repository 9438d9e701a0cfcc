import type { ClauseId } from "../language/Clauses.ts"
import type { MistakeId } from "./Cures.ts"

/** A clause for people: `title` is what must hold, as a part of a sentence; `rule` and `why` are sentences. */
interface ClauseTexts {
  readonly title: string
  readonly rule: string
  readonly why: string
}

/** A usual mistake: what is done, and what to do instead. */
interface MistakeTexts {
  readonly title: string
  readonly cure: string
}

/** The headings of an explanation. */
interface ExplanationTexts {
  readonly why: string
  readonly mistakes: string
  readonly scenarios: string
  readonly clauses: string
  readonly steps: string
  readonly play: string
  readonly more: string
  /** Neither a clause nor a scenario; `suggestion` is a question, or nothing. */
  readonly unknown: (name: string, suggestion: string) => string
}

/** All that reports and explanations say to people, in one language. */
export interface Catalogue {
  readonly clauses: { readonly [clause in ClauseId]: ClauseTexts }
  readonly mistakes: { readonly [mistake in MistakeId]: MistakeTexts }
  readonly explanation: ExplanationTexts
}
