// Loaded into a server with --import: counts what the process holds, whenever its parent asks.
import { EventEmitter } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { Session } from "node:inspector"
import { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { Connection } from "../src/net/Connection.ts"
import type { ServerFigures } from "./ServerFigures.ts"

/** The class of what `setTimeout` and `setInterval` give, referenced or not. */
const Timeout = (() => {
  const timer = setTimeout(() => {}, 0)
  clearTimeout(timer)
  return timer.constructor
})()

const Fiber = Effect.runFork(Effect.void).constructor

/** Counts the objects that are alive, by kind. */
const countObjects = (all: ReadonlyArray<unknown>) => {
  const emitters = all.filter((each) => each instanceof EventEmitter).filter(hasListeners)
  return {
    connections: all.filter((each) => each instanceof Connection).length,
    sockets: emitters.filter((each) => each instanceof Socket).length,
    fibers: all.filter((each) => each instanceof Fiber).length,
    timers: all.filter((each) => each instanceof Timeout && isPending(each)).length,
    listeners: emitters.reduce((sum, emitter) => sum + listenersOf(emitter), 0)
  }
}

/** A prototype is an emitter too, but has nothing to keep listeners in. */
const hasListeners = (emitter: object): boolean => Object.hasOwn(emitter, "_events")

/** A timer that is over or cleared may still be alive. */
const isPending = (timer: object): boolean => !(timer as { readonly _destroyed: boolean })._destroyed

const listenersOf = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)

/** Gives all living objects to `countObjects`; what is dead is collected before. */
const survey = (): ReturnType<typeof countObjects> => {
  const session = new Session()
  session.connect()
  let answer: any
  const ask = (method: string, parameters: object) => {
    session.post(method, parameters, (error, result) => {
      if (error !== null) throw error
      if ("exceptionDetails" in (result ?? {})) throw new Error(JSON.stringify(result))
      answer = result
    })
    return answer
  }
  Object.assign(globalThis, { countObjects })
  const { result: prototype } = ask("Runtime.evaluate", { expression: "Object.prototype" })
  const { objects } = ask("Runtime.queryObjects", { prototypeObjectId: prototype.objectId })
  const { result: counts } = ask("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return countObjects(this) }",
    returnByValue: true
  })
  session.disconnect()
  return counts.value
}

/** The longest turn of the event loop: processor time, so that no busy machine lengthens it. */
const turn = { millisMax: 0, from: process.threadCpuUsage() }

const endTurn = (): void => {
  const { system, user } = process.threadCpuUsage(turn.from)
  turn.millisMax = Math.max(turn.millisMax, (system + user) / 1_000)
  turn.from = process.threadCpuUsage()
}

const figures = (): Omit<ServerFigures, "names"> => {
  endTurn()
  const counts = survey()
  const { external, heapUsed, rss } = process.memoryUsage()
  return {
    ...counts,
    handles: process.getActiveResourcesInfo().length,
    openFiles: existsSync(OWN_FILES) ? readdirSync(OWN_FILES).length : 0,
    heapBytes: heapUsed,
    bufferBytes: external,
    residentBytes: rss,
    turnMillis: turn.millisMax
  }
}

/** A turn is measured to within this. */
const TURN_MILLIS = 10

const OWN_FILES = "/proc/self/fd"

/** Acts after some turns, so that what was begun before, such as the server's own start, is done. */
const afterTurns = (turns: number, act: () => void): void => {
  if (turns === 0) act()
  else setImmediate(afterTurns, turns - 1, act)
}

const TURNS = 10

const answer = (): void => {
  process.send!(figures())
  Object.assign(turn, { millisMax: 0, from: process.threadCpuUsage() }) // counting was a long turn of its own
}

setInterval(endTurn, TURN_MILLIS).unref()
process.on("message", () => afterTurns(TURNS, answer))
process.on("disconnect", () => process.exit())
