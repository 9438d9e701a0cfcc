import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { removeAtEnd } from "./Guard.ts"
import { shell } from "./Process.ts"

/** The most that all processes of a group may have together. */
export interface Bounds {
  readonly memory: number
  /** Processes, each of their threads counted. */
  readonly pids: number
}

type Resource = keyof Bounds

/** A control group of Linux, as far as this process may make one: the system itself holds what is in it to its bounds. */
export interface ControlGroup {
  /** The beginning of a command line that runs the rest of it in the group; empty where there is none. */
  readonly enter: ReadonlyArray<string>
  /** The resource that ran out since this was asked last, if one did. */
  readonly exceeded: () => Resource | undefined
}

/** The files of a group that hold a bound, and count how often it was met, in both versions of control groups. */
const files = {
  memory: { 1: ["memory.limit_in_bytes", "memory.oom_control"], 2: ["memory.max", "memory.events"] },
  pids: { 1: ["pids.max", "pids.events"], 2: ["pids.max", "pids.events"] }
} as const
const counters = { memory: "oom_kill", pids: "max" } as const

/** Makes a group that goes with the scope; the part of it that the system refuses is left out. */
export const controlGroup = (bounds: Bounds): Effect.Effect<ControlGroup, never, Scope.Scope> => {
  const name = `palabre-${process.pid}-${++groups}`
  const make = Effect.sync(() =>
    (Object.keys(files) as ReadonlyArray<Resource>).flatMap((resource) => {
      for (const { folder, version } of placesFor(resource)) {
        const made = makeIn(join(folder, name), resource, version, bounds[resource])
        if (made !== undefined) return [made]
      }
      return []
    })
  )
  return Effect.map(
    Effect.acquireRelease(make, (parts) => removed([...new Set(parts.map(({ folder }) => folder))])),
    (parts) => ({
      enter: parts.length === 0 ? [] : entering(parts),
      exceeded: () => parts.find((part) => part.wasMet())?.resource
    })
  )
}

let groups = 0

interface Part {
  readonly folder: string
  readonly resource: Resource
  readonly wasMet: () => boolean
}

/** The folders that a group for a resource may be made in, the nearest first: our own, and those above it. */
const placesFor = (
  resource: Resource
): ReadonlyArray<{ readonly folder: string; readonly version: 1 | 2 }> => {
  const lines = textOf("/proc/self/cgroup")
    .trim()
    .split("\n")
    .map((line) => line.split(":"))
  const own = lines.find(([, controllers = ""]) => controllers.split(",").includes(resource))
  const [, controllers = "", path = "/"] = own ?? lines.find(([id]) => id === "0") ?? []
  const root = join("/sys/fs/cgroup", controllers)
  return upFrom(path).map((place) => ({ folder: join(root, place), version: own === undefined ? 2 : 1 }))
}

const upFrom = (path: string): ReadonlyArray<string> =>
  path === dirname(path) ? [path] : [path, ...upFrom(dirname(path))]

const makeIn = (folder: string, resource: Resource, version: 1 | 2, bound: number): Part | undefined => {
  const [limit, events] = files[resource][version]
  try {
    if (!existsSync(folder)) mkdirSync(folder)
    removeAtEnd(folder)
    writeFileSync(join(folder, limit), String(bound), { flag: "r+" }) // the system made it, or there is none
  } catch {
    remove(folder)
    return undefined
  }
  const count = () =>
    Number(new RegExp(`^${counters[resource]} (\\d+)`, "m").exec(textOf(join(folder, events)))?.[1] ?? 0)
  let known = 0
  const wasMet = () => {
    const before = known
    known = count()
    return known > before
  }
  return { folder, resource, wasMet }
}

const entering = (parts: ReadonlyArray<Part>): ReadonlyArray<string> => {
  const joined = parts.map(({ folder }) => `echo $$ >'${folder}/cgroup.procs'`).join("; ")
  return [...shell(`{ ${joined}; } 2>/dev/null; exec "$@"`), "sh"]
}

/** A group can be removed once the last of its processes is gone. */
const removed = (folders: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(
      Effect.sync(() => folders.filter((folder) => !remove(folder)).length),
      { until: (left) => left === 0, schedule: Schedule.spaced(10), times: removalsMax }
    )
  )

const removalsMax = 100

const remove = (folder: string): boolean => {
  try {
    rmdirSync(folder)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
  }
  return true
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return "" // not Linux, or not of this version
  }
}
