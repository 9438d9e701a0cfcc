import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { type Address, formatAddress, parseAddress } from "../../src/Address.ts"
import { awaitEmpty, endInOrder } from "../Aftermath.ts"
import { noFigures } from "../Chat.ts"
import { type Invitation, party } from "../Party.ts"
import { failureOf, figuresText, noServer, reporting } from "../Report.ts"
import { startServer } from "../ServerProcess.ts"
import { open } from "../Sockets.ts"
import { seedFlag, watching } from "../Watching.ts"

const description = `Ten polite clients talk, list, leave and come back, while ten rude ones send mangled bytes, do not read, freeze and
are cut off. The polite ones hold the server to the protocol: each reply once, in order, with its id; each message of
theirs to each other one, once, in one order for all; true lists; names that are free after leaving.

Its own server runs in a process of its own. At the end it must hold nothing any more, must still serve, and must end
in order on SIGTERM.

Exit codes: 0 all of it held, 1 something did not (the report has what was expected, what came, and the command that
plays it again), 2 bad flag or value, 3 no server.`

/** `pnpm fuzz`: mutated traffic against a server, and proof that nobody else suffers. */
export const fuzz = Command.make(
  "fuzz",
  {
    seconds: Flag.Int("seconds").pipe(
      Flag.filter(
        (seconds) => seconds > 0,
        () => "a whole number from 1 on"
      ),
      Flag.withDescription("how long [default 60]"),
      Flag.withDefault(60)
    ),
    seed: seedFlag,
    connect: Flag.String("connect").pipe(
      Flag.withMetavar("HOST:PORT"),
      Flag.withDescription("a server that runs already; what it holds afterwards is not looked at"),
      Flag.mapTryCatch(parseAddress, (error) => (error as Error).message),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ connect, seconds, seed }) {
    const figures = noFigures()
    const invitation = {
      seed,
      millisMax: seconds * 1_000,
      episodesMax: Number.POSITIVE_INFINITY,
      crowdMax: 0,
      freezeMillis: FREEZE_MILLIS,
      figures
    }
    const to = Option.map(connect, (address) => ` --connect ${formatAddress(address)}`)
    const replay = `pnpm fuzz --seconds ${seconds} --seed ${seed}${Option.getOrElse(to, () => "")}`
    yield* watching(invitation.millisMax, () => `fuzz, seed ${seed}`, figures)
    const outcome = yield* Option.match(connect, {
      onNone: () => fuzzOwn(invitation, replay),
      onSome: (address) => fuzzOther({ ...invitation, address }, replay)
    })
    yield* Console.log(`fuzz, seed ${seed}: ${figuresText(figures)}\n${outcome}`)
  }, Effect.scoped)
).pipe(
  Command.withShortDescription(
    "Mangled traffic of rude clients, and proof that the polite ones lose nothing"
  ),
  Command.withDescription(description),
  Command.withExamples([
    { command: "pnpm fuzz", description: "a minute against our own server, with a new seed" },
    { command: "pnpm fuzz --seconds 10 --seed 7", description: "the same again" },
    { command: "pnpm fuzz --connect 127.0.0.1:9000", description: "another server" }
  ])
)

/** How long a frozen client stays: long enough for the server to have had enough of it. */
const FREEZE_MILLIS = 8_000

const fuzzOwn = Effect.fnUntraced(function* (invitation: Omit<Invitation, "address">, replay: string) {
  const server = yield* Effect.mapError(startServer(), noServer)
  const start = yield* Effect.mapError(server.census, noServer)
  const { address } = server
  yield* Effect.gen(function* () {
    yield* Effect.raceFirst(party({ ...invitation, address }), server.ended)
    yield* awaitEmpty(server, start)
    yield* endInOrder(server)
  }).pipe(reporting(server, replay))
  return "Nothing was lost, everything was given back, the server ended in order."
})

const fuzzOther = Effect.fnUntraced(function* (
  invitation: Invitation & { address: Address },
  replay: string
) {
  const probe = yield* Effect.mapError(open(invitation.address), noServer)
  probe.destroy()
  yield* Effect.mapError(party(invitation), (error) => failureOf(error, replay))
  return "Nothing was lost."
})
