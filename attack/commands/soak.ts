import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Failure } from "../../src/commands/Cli.ts"
import { bytesSlack, moreBytes, table } from "../ServerFigures.ts"
import { noTotals } from "../Chat.ts"
import { untilTime } from "../MixedRun.ts"
import { onOwnServer } from "../OwnServer.ts"
import { totalsText } from "../Report.ts"
import { seedFlag, tlsFlag, watching } from "../Watching.ts"

const description = `Rounds of what pnpm fuzz does, and crowds of hundreds that log in, speak and leave in every way: FIN, RST, half frames,
slow readers, watchers of presence. Between rounds all are gone, and what the server still holds is counted after a
garbage collection. The first round warms up; then names, connections, sockets, fibers, listeners, timers, handles and
open files must come back to what they were, and the heap and buffers to within ${bytesSlack * 100} %. At the end every seat must be there.

Exit codes: 0 nothing is left over, 1 something is or the server broke a clause, 2 bad flag or value, 3 no server.`

/** `pnpm soak`: logins and leaves for minutes, and proof that nothing of them is left over. */
export const soak = Command.make(
  "soak",
  {
    minutes: Flag.Finite("minutes").pipe(
      Flag.filter(
        (minutes) => minutes > 0,
        () => "a number above 0"
      ),
      Flag.withDescription("how long, such as 15 or 0.5 [default 15]"),
      Flag.withDefault(15)
    ),
    seed: seedFlag,
    tls: tlsFlag
  },
  Effect.fnUntraced(function* ({ minutes, seed, tls }) {
    const replay = `pnpm soak --minutes ${minutes} --seed ${seed}${tls ? " --tls" : ""}`
    const millisMax = minutes * 60_000
    const endsAtMillis = (yield* Clock.currentTimeMillis) + millisMax
    const totals = noTotals()
    let rounds = 0
    yield* watching(millisMax, () => `soak, seed ${seed}, round ${rounds}`, totals)
    const [start, end] = yield* onOwnServer({ crowdMax: CROWD_MAX, tls, replay }, (play) => {
      const round = Effect.suspend(() =>
        play({
          ...untilTime,
          seed: seed + rounds++,
          millisMax: Math.min(ROUND_MILLIS, millisMax / ROUNDS_MIN),
          crowdMax: CROWD_MAX,
          totals
        })
      )
      const isOver = Effect.map(Clock.currentTimeMillis, (nowMillis) => nowMillis >= endsAtMillis)
      return Effect.all([round, Effect.repeat(round, { until: () => isOver })])
    })
    yield* Console.log(`soak, seed ${seed}, ${rounds} rounds: ${totalsText(totals)}\n\n${table(start, end)}`)
    if (moreBytes(start, end).length > 0)
      return yield* Effect.fail(
        new Failure(
          `more bytes are held than at the start, by more than ${bytesSlack * 100} %\n  replay    ${replay}`
        )
      )
  }, Effect.scoped)
).pipe(
  Command.withShortDescription("Logins and leaves for minutes, and proof that nothing is left over"),
  Command.withDescription(description),
  Command.withExamples([
    { command: "pnpm soak", description: "a quarter of an hour" },
    { command: "pnpm soak --minutes 0.5 --seed 7", description: "a short one, the same again" },
    { command: "pnpm soak --tls", description: "the same over TLS" }
  ])
)

/** A round takes so long, or less where there is no time for so many. */
const ROUND_MILLIS = 20_000
const ROUNDS_MIN = 3

const CROWD_MAX = 300
