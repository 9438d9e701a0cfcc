import * as Effect from "effect/Effect"
import { html } from "../../harness/report/html/Html.ts"
import { makePlayer } from "../../harness/run/Player.ts"
import type { Scenario } from "../../harness/scenario/Scenario.ts"
import type { Target } from "../../harness/stage/Target.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import type { Catalogue } from "../../harness/texts/Catalogue.ts"
import { english } from "../../harness/texts/en.ts"
import type { TraceMode } from "../../harness/trace/Exchange.ts"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { runInfo, weighing } from "./reporting.ts"
import { scenarioOf } from "./playing.ts"

/** Plays a scenario and keeps of its exchange what the mode says. */
export const traced = (scenario: Scenario, target: Target, trace: TraceMode): Effect.Effect<Outcome> =>
  Effect.orDie(
    makePlayer(target, {
      timeScale: 1,
      seed: 1,
      knowledge: new TargetKnowledge(),
      texts: english,
      trace
    }).play(scenario)
  )

/** The page about these outcomes. */
export const pageOf = (outcomes: ReadonlyArray<Outcome>, texts: Catalogue = english): string =>
  html(runInfo({ scenarios: outcomes.length, texts })).end!(new Summary(outcomes, weighing))

/** A server that grants a name to everybody. */
export const everyNameIsFree: Change = (base) => ({ key: (name) => `${name}${base.clients.size}` })

/** A scenario that fails there, in the middle. */
export const taken = scenarioOf(`scenario: a name is refused while it is in use
proves: [LOGIN-3]
level: must
cast: [alice, bob]
steps:
  - alice logs in
  - bob tries to log in as alice
  - bob is refused:
      because: two users may never hold one name
  - alice receives nothing
`)

/** Text that would take over a page which believes it. */
export const hostile = `</script><img src=x onerror="document.title='taken'">\u202e'"&`

/** A scenario about such text, which fails. */
export const hostileScenario = scenarioOf(`scenario: ${JSON.stringify(hostile)}
cast: [alice, bob]
story: ${JSON.stringify(hostile)}
steps:
  - alice logs in
  - bob logs in
  - alice sends: { type: message, username: alice, content: ${JSON.stringify(hostile)} }
  - bob receives: { type: message, content: ${JSON.stringify(`not ${hostile}`)} }
`)
