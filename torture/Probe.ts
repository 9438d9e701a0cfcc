// Loaded into a server with --import: counts what the process holds, whenever its parent asks.
import { EventEmitter } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { Session } from "node:inspector"
import { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { Connection } from "../src/Connection.ts"
import type { Census } from "./Census.ts"

const Fiber = Effect.runFork(Effect.void).constructor

/** What is counted of all objects that are alive. */
const countObjects = (all: ReadonlyArray<unknown>) => {
  const emitters = all.filter((each) => each instanceof EventEmitter).filter(hasListeners)
  return {
    connections: all.filter((each) => each instanceof Connection).length,
    sockets: emitters.filter((each) => each instanceof Socket).length,
    fibers: all.filter((each) => each instanceof Fiber).length,
    listeners: emitters.reduce((sum, emitter) => sum + listenersOf(emitter), 0)
  }
}

/** A prototype is an emitter too, but has nothing to keep listeners in. */
const hasListeners = (emitter: object): boolean => Object.hasOwn(emitter, "_events")

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

const census = (): Omit<Census, "names"> => {
  const counts = survey()
  const { external, heapUsed, rss } = process.memoryUsage()
  return {
    ...counts,
    handles: process.getActiveResourcesInfo().length,
    openFiles: existsSync(OWN_FILES) ? readdirSync(OWN_FILES).length : 0,
    heapBytes: heapUsed,
    bufferBytes: external,
    residentBytes: rss
  }
}

const OWN_FILES = "/proc/self/fd"

process.on("message", () => process.send!(census()))
process.on("disconnect", () => process.exit())
