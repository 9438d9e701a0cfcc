import { clientCures } from "./cures/clients.ts"
import { type Cure, type Language, languages } from "./cures/Cure.ts"
import { featureCures } from "./cures/features.ts"
import { programCures } from "./cures/programs.ts"
import { requestCures } from "./cures/requests.ts"

const cures = { ...requestCures, ...clientCures, ...featureCures, ...programCures }

/** A mistake that is often made, and what is held against it. */
export type MistakeId = keyof typeof cures

/** The code that mends a mistake, by language. */
export const cureOf = (mistake: MistakeId): ReadonlyArray<readonly [language: Language, code: string]> => {
  const cure: Cure = cures[mistake]
  return languages.flatMap((language) => {
    const code = cure[language]
    return code === undefined ? [] : [[language, code.trim()] as const]
  })
}
