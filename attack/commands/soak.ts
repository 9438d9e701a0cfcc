import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Failure } from "../../src/commands/Cli.ts"
import { checkSeats, awaitEmpty, checkShutdown } from "../LeakCheck.ts"
import { bytesSlack, moreBytes, table } from "../ServerFigures.ts"
import { makeCertificate } from "../Certificate.ts"
import { noTotals } from "../Chat.ts"
import { mixedRun, seatsFor } from "../MixedRun.ts"
import { totalsText, noServer, reporting } from "../Report.ts"
import { startServer } from "../ServerProcess.ts"
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
    yield* watching(millisMax, () => `soak, seed ${seed}, round ${rounds + 1}`, totals)
    const certificate = tls ? yield* makeCertificate : undefined
    const server = yield* Effect.mapError(startServer({ seats: seatsFor(CROWD_MAX), certificate }), noServer)
    const empty = yield* Effect.mapError(server.figures, noServer)
    const round = Effect.gen(function* () {
      const { address, patience } = server
      const options = {
        address,
        patience,
        isOurs: true,
        seed: seed + rounds,
        millisMax: Math.min(ROUND_MILLIS, millisMax / ROUNDS_MIN),
        episodesMax: Number.POSITIVE_INFINITY,
        crowdMax: CROWD_MAX,
        freezeMillis: FREEZE_MILLIS,
        totals
      }
      yield* Effect.raceFirst(mixedRun(options), server.ended)
      rounds++
      return yield* awaitEmpty(server, empty)
    })
    const [start, end] = yield* Effect.gen(function* () {
      const start = yield* round
      let end = yield* round
      while ((yield* Clock.currentTimeMillis) < endsAtMillis) end = yield* round
      yield* checkSeats(server, empty)
      yield* checkShutdown(server)
      return [start, end] as const
    }).pipe(reporting(server, replay))
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

/** The longest time that a frozen client stays: long enough for the server to end it. */
const FREEZE_MILLIS = 8_000
