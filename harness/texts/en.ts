import type { Catalogue } from "./Catalogue.ts"
import { clauses } from "./en/clauses.ts"
import { mistakes } from "./en/mistakes.ts"

/** The texts in English. */
export const english: Catalogue = {
  clauses,
  mistakes,
  explanation: {
    why: "Why it matters",
    mistakes: "Usual mistakes",
    scenarios: "Scenarios about it",
    clauses: "Clauses it is about",
    steps: "Steps",
    play: "Play",
    more: "More",
    unknown: (name, suggestion) => `there is no clause or scenario "${name}"${suggestion}`
  }
}
