import type { Scenario } from "./Scenario.ts"
import type { Source } from "./Source.ts"

export const lint = (_scenario: Scenario, _source: Source): void => {}
