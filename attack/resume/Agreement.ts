import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { Line, type Received } from "./Line.ts"
import { features } from "./Login.ts"
import { lobby } from "./Member.ts"
import type { Run } from "./Run.ts"

/** What a node has of each room. */
type View = Readonly<Record<string, string>>

/** Reads what every node has kept of each room, while nothing is said: it must be the same everywhere. */
export const checkAgreement = Effect.fnUntraced(function* (run: Run) {
  if (run.addresses.length === 1) return
  const rooms = [...new Set([...run.book.rooms.keys(), ...run.book.acks.map(({ room }) => room)])]
  const views = yield* Effect.forEach(run.addresses, (address, i) => viewOf(run, address, i, rooms), {
    concurrency: "unbounded"
  })
  for (const room of rooms)
    for (const [i, view] of views.entries())
      if (view[room] !== views[0]![room])
        run.book.find(
          "NODE-6",
          formatAddress(run.addresses[i]!),
          `it has another ${room} than ${formatAddress(run.addresses[0]!)}`,
          [views[0]![room] ?? "nothing", view[room] ?? "nothing"].map((text) => text.slice(-shownMax))
        )
})

/** What a node has, once it answers. */
const viewOf = (run: Run, address: Address, i: number, rooms: ReadonlyArray<string>): Effect.Effect<View> =>
  Effect.callback<View>((resume) => {
    const { book } = run
    const who = `reader${i}-${run.tag}`
    const view: Record<string, string> = {}
    const expected: Array<(reply: Received, text: string) => void> = []
    const ask = (request: object, onReply: (reply: Received, text: string) => void = () => {}) => {
      expected.push(onReply)
      line.send(request)
    }
    const line: Line = new Line(
      address,
      {
        connected: () => {
          ask({ type: "login", username: who, features }, ({ status }) => {
            if (status !== "success") line.cut("close") // its node is about to begin anew
          })
          for (const room of rooms) {
            const where = room === lobby ? {} : { room }
            if (room !== lobby) ask({ type: "join", ...where })
            ask({ type: "history", ...where, limit: limitMax }, ({ messages }, text) => {
              view[room] = text
              for (const { content, seq, username } of messages ?? [])
                book.see(room, Number(seq), String(username), String(content), who)
            })
          }
          ask({ type: "logout" })
        },
        received: (object, text) => {
          if (object?.status !== undefined) expected.shift()?.(object, text)
        },
        ended: () => {
          if (Object.keys(view).length === rooms.length) run.onProgress()
          resume(Effect.succeed(view))
        }
      },
      undefined
    )
    return Effect.sync(() => line.cut("reset"))
  }).pipe(
    Effect.repeat({
      until: (view) => rooms.every((room) => view[room]?.includes('"success"') === true),
      schedule: Schedule.spaced(lookMillis)
    })
  )

const limitMax = 200
const lookMillis = 200
const shownMax = 300
