import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { formatAddress, parseAddress } from "../../src/net/Address.ts"
import { wholeFlag } from "../../process/commands/wholeFlag.ts"
import { exitCodes, Failure } from "../../src/commands/Cli.ts"
import { patienceMillis, peakGrowthMax, tlsSeatBytesMax, turnMillisMax } from "../Bounds.ts"
import { noTotals } from "../Chat.ts"
import { mixedRun, type RunOptions, untilTime } from "../MixedRun.ts"
import { onOwnServer } from "../OwnServer.ts"
import { clocksWith, Patience } from "../../process/Patience.ts"
import { failureOf, noServer, totalsText } from "../Report.ts"
import { RawConnection } from "../RawConnection.ts"
import { seedFlag, tlsFlag, watching } from "../Watching.ts"

const description = `Ten hostile clients beside ten conforming ones. The hostile clients send mangled bytes, do not read, freeze and are cut
off; some send objects without end, read nothing of very much, say more than a steady reader can take, or ask for what is
slow to answer; some misuse WebSockets. The conforming clients talk, list, leave and come back, and hold the server to the protocol: each reply
once, in order, with its id, in time (${patienceMillis / 1_000} s, less the time that either process was kept from its work); each of their
messages to each other one, once, in one order for all; true lists; names that are free after leaving.

The server runs in a process of its own, with as many seats as this takes. It must need at most ${peakGrowthMax / 2 ** 20} MiB more than at
its start (over TLS ${tlsSeatBytesMax / 2 ** 10} KiB more for each seat), and work for at most ${turnMillisMax} ms without a pause. At the
end it must hold nothing any more, must still have every seat and no more, must still serve, and must end in order on
SIGTERM.

Exit codes: 0 all of it held, 1 something did not (the report has what was expected, what came, and the command that
plays it again), 2 bad flag or value, 3 no server.`

/** `pnpm fuzz`: hostile clients beside conforming ones, and proof that these lose nothing. */
export const fuzz = Command.make(
  "fuzz",
  {
    seconds: wholeFlag("seconds", 1, "how long", 60),
    seed: seedFlag,
    connect: Flag.String("connect").pipe(
      Flag.withMetavar("HOST:PORT"),
      Flag.withDescription("a server that runs already; what it holds afterwards is not checked"),
      Flag.mapTryCatch(parseAddress, (error) => (error as Error).message),
      Flag.optional
    ),
    tls: tlsFlag
  },
  Effect.fnUntraced(function* ({ connect, seconds, seed, tls }) {
    if (tls && Option.isSome(connect)) return yield* Effect.fail(new Failure(eitherOr, exitCodes.usage))
    const totals = noTotals()
    const options = { ...untilTime, seed, millisMax: seconds * 1_000, crowdMax: 0, totals }
    const to = Option.map(connect, (address) => ` --connect ${formatAddress(address)}`)
    const where = tls ? " --tls" : Option.getOrElse(to, () => "")
    const replay = `pnpm fuzz --seconds ${seconds} --seed ${seed}${where}`
    yield* watching(options.millisMax, () => `fuzz, seed ${seed}`, totals)
    const outcome = yield* Option.match(connect, {
      onNone: () =>
        Effect.as(
          onOwnServer({ crowdMax: 0, tls, replay }, (round) => round(options)),
          "Nothing was lost, everything was given back, the server ended in order."
        ),
      onSome: (address) =>
        Effect.as(
          fuzzOther(
            { ...options, address, isOurs: false, patience: new Patience(clocksWith(undefined)) },
            replay
          ),
          "Nothing was lost."
        )
    })
    yield* Console.log(`fuzz, seed ${seed}: ${totalsText(totals)}\n${outcome}`)
  }, Effect.scoped)
).pipe(
  Command.withShortDescription("Hostile clients beside conforming ones, and proof that these lose nothing"),
  Command.withDescription(description),
  Command.withExamples([
    { command: "pnpm fuzz", description: "a minute against our own server, with a new seed" },
    { command: "pnpm fuzz --seconds 10 --seed 7", description: "the same again" },
    { command: "pnpm fuzz --tls", description: "the same over TLS" },
    { command: "pnpm fuzz --connect 127.0.0.1:9000", description: "another server" }
  ])
)

const eitherOr = "--tls is for our own server, and does not go with --connect"

const fuzzOther = Effect.fnUntraced(function* (options: RunOptions, replay: string) {
  yield* Effect.mapError(Effect.scoped(RawConnection.connect(options.address)), noServer)
  yield* Effect.mapError(mixedRun(options), (error) => failureOf(error, replay))
})
