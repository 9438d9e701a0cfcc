import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import type { ActorConnection } from "../stage/ActorConnection.ts"
import { fail } from "../stage/Finding.ts"
import { type Faults, BadNetwork } from "../stage/BadNetwork.ts"
import { notConnected } from "./Sending.ts"
import { bandwidth, duration, integer, text } from "../yaml/Shape.ts"
import { CaptureScope } from "../language/CaptureScope.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { branches, steps, turns } from "./Blocks.ts"
import { each } from "./ResolveSubject.ts"
import { together } from "./Together.ts"

type Steps = ReadonlyArray<Step>
interface Repeat {
  readonly times: number
  readonly steps: Steps
}

/** Sentences about the network between, and about the order in which things happen. */
export const ordering: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} stops|stop reading",
    theme: "the network",
    meaning: "leaves what comes in the kernel, until the buffers are full and the server has to wait",
    example: "bob stops reading",
    needs: "connected",
    reading: "stops",
    play: each(change("stopReading", (connection) => connection.pause()))
  }),
  verb({
    sentence: "{subject} reads|read again",
    theme: "the network",
    meaning: "reads what has come in the meantime, and goes on reading",
    example: "bob reads again",
    needs: "connected",
    reading: "resumes",
    play: each(change("readAgain", (connection) => connection.resume()))
  }),
  verb({
    sentence: "{subject}'s network",
    theme: "the network",
    meaning:
      "from now on its bytes wait (`delay`, up to `jitter` more), trickle (`bandwidth`) or come in segments of `slice` bytes; a fault that touches no byte makes the run inconclusive",
    example: "bob's network: { delay: 20ms, jitter: 10ms, bandwidth: 64KiB/s, slice: 3 }",
    options: { delay: duration, jitter: duration, bandwidth, slice: integer(1, 65_536) },
    needs: "connected",
    problem: ({ options }: Step<undefined, Faults>) =>
      Object.keys(options).length === 0 ? "needs delay, jitter, bandwidth or slice" : undefined,
    atProgram: (actor, step: Step<undefined, Faults>, { stage }) =>
      Effect.map(
        BadNetwork.between(
          { out: (bytes) => actor.program!.writeNow(bytes), in: () => undefined },
          step.options
        ),
        (network) => {
          actor.program!.network = network
          stage.networks.push({ actor: actor.name, line: step.line, network })
        }
      ),
    play: each((actor, step: Step<undefined, Faults>, scene) => worsen(actor, step, scene))
  }),
  verb({
    sentence: "at the same time",
    theme: "order",
    meaning:
      "starts all of these together and waits for all; each actor keeps the order of its own steps, a list is one sequence",
    example: "at the same time: [alice says: a, bob says: b]",
    value: branches,
    simultaneous: true,
    steps: (step: Step<ReadonlyArray<Steps>>) => step.value,
    play: (step: Step<ReadonlyArray<Steps>>, scene) => together(step.value, scene)
  }),
  verb({
    sentence: "repeat",
    theme: "order",
    meaning: "plays the steps that many times; captures are fresh each turn",
    example: "repeat: { times: 5, steps: [alice says: hello] }",
    options: { times: integer(1, 10_000), steps },
    required: ["times", "steps"],
    steps: ({ options }: Step<undefined, Repeat>) =>
      Array.from({ length: Math.min(2, options.times) }, () => options.steps),
    times: ({ options }: Step<undefined, Repeat>) => options.times,
    play: ({ options }: Step<undefined, Repeat>, scene) =>
      Effect.forEach(
        Array.from({ length: options.times }),
        () => scene.playAll(options.steps, new CaptureScope(scene.captures)),
        { discard: true }
      )
  }),
  verb({
    sentence: "for each",
    theme: "order",
    meaning: "plays the steps once for each value; `<name>` stands for it, also in sentences",
    example: "for each: { name: [carol, dave], steps: [bob tries to log in as <name>] }",
    value: turns,
    steps: (step: Step<ReadonlyArray<Steps>>) => step.value,
    play: (step: Step<ReadonlyArray<Steps>>, scene) =>
      Effect.forEach(step.value, (turn) => scene.playAll(turn, new CaptureScope(scene.captures)), {
        discard: true
      })
  }),
  verb({
    sentence: "the server restarts",
    theme: "order",
    meaning:
      "ends the server and starts it again on the same port; all connections end with it (not with --connect)",
    example: "the server restarts",
    restarts: true,
    play: (_step, { stage }) =>
      Effect.suspend(() => {
        for (const { connection } of stage.actors.values()) connection?.allowEnd()
        stage.ledger.restarted()
        return stage.server.restart.pipe(
          Effect.mapError(({ reason }) =>
            fail({ expected: stage.texts.play.serverRestarts, received: reason, lost: true })
          )
        )
      })
  }),
  verb({
    sentence: "note",
    theme: "order",
    meaning: "a remark, shown in the diagram",
    example: "note: now the name is free",
    value: text,
    remark: true,
    play: (step: Step<string>, { stage }) =>
      Effect.sync(() => {
        stage.transcript.add({
          atMillis: stage.nowMillis,
          actor: "",
          kind: "note",
          text: step.value,
          caption: step.value,
          label: "note"
        })
      })
  })
]

/** Changes the way an open connection is read. */
function change(act: "stopReading" | "readAgain", how: (connection: ActorConnection) => void) {
  return (actor: Actor, step: Step<any, any>, { stage }: Scene) =>
    Effect.suspend(() => {
      const { connection } = actor
      const { acts, purposes } = stage.texts.play
      if (connection?.open !== true) return Effect.fail(notConnected(actor, purposes[act], stage))
      how(connection)
      stage.did(actor, step.line, { kind: "note", text: acts[act], caption: acts[act], label: "change" })
      return Effect.void
    })
}

const worsen = (actor: Actor, step: Step<undefined, Faults>, { stage }: Scene) =>
  Effect.suspend(() => {
    const { connection } = actor
    if (connection?.open !== true)
      return Effect.fail(notConnected(actor, stage.texts.play.purposes.network, stage))
    const socket = {
      out: (bytes: Buffer) => connection.writeNow(bytes),
      in: (bytes: Buffer) => connection.read(bytes)
    }
    return Effect.map(BadNetwork.between(socket, step.options), (network) => {
      connection.network = network
      stage.networks.push({ actor: actor.name, line: step.line, network })
    })
  })
