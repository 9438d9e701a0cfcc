import { lstatSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** All that the descendants of a process use. */
export interface Usage {
  readonly pids: ReadonlyArray<number>
  /** Processes, each of their threads counted. */
  readonly tasks: number
  /** Memory that is resident; what several share is counted for each. */
  readonly bytes: number
  /** CPU time of those that are alive. */
  readonly cpuMillis: ReadonlyMap<number, number>
}

/** What the descendants of a process use, as far as the system tells (Linux). */
export const usageOf = (ancestor: number): Usage => {
  const children = Map.groupBy(running(), ({ parent }) => parent)
  const below = (pid: number): ReadonlyArray<Stat> =>
    (children.get(pid) ?? []).flatMap((child) => [child].concat(below(child.pid)))
  const all = below(ancestor)
  return {
    pids: all.map(({ pid }) => pid),
    tasks: all.reduce((sum, { tasks }) => sum + tasks, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    cpuMillis: new Map(all.map(({ cpuMillis, pid }) => [pid, cpuMillis]))
  }
}

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly tasks: number
  readonly bytes: number
  readonly cpuMillis: number
}

const running = (): ReadonlyArray<Stat> => {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter(Number.isInteger)
      .flatMap((pid) => statOf(pid) ?? [])
  } catch {
    return [] // not Linux
  }
}

/** The fields of `/proc/PID/stat` behind the name, which is in brackets and may hold anything. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)!.split(" ").map(Number)
    const [parent, user, system, tasks, pages] = [1, 11, 12, 17, 21].map((index) => fields[index]!)
    return {
      pid,
      parent: parent!,
      tasks: tasks!,
      bytes: pages! * pageBytes,
      cpuMillis: (user! + system!) * tickMillis
    }
  } catch {
    return undefined // it has ended meanwhile
  }
}

/** The bytes of all files below a folder. */
export const bytesBelow = (folder: string): number => {
  let sum = 0
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) sum += bytesBelow(path)
      else sum += (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * blockBytes
    }
  } catch {
    // It is gone meanwhile, or keeps what it holds to itself.
  }
  return sum
}

/** The memory of processes, what they share counted once, as far as the system tells. */
export const memoryOf = (pids: ReadonlyArray<number>): number =>
  pids.reduce((sum, pid) => sum + proportionalBytes(pid), 0)

const proportionalBytes = (pid: number): number => {
  try {
    return Number(/^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))![1]) * 1_024
  } catch {
    return statOf(pid)?.bytes ?? 0
  }
}

/** What Linux counts in, on all machines that Node runs on but few. */
const pageBytes = 4_096
const tickMillis = 10
const blockBytes = 512

/** Kills processes, as far as they are still there. */
export const killAll = (pids: ReadonlyArray<number>): void => {
  for (const pid of pids)
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has ended meanwhile.
    }
}
