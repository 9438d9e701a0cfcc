import { readdirSync, readFileSync } from "node:fs"

/** A process that was started, at some remove, with a mark in its environment. */
export interface MarkedProcess {
  readonly pid: number
  /** The number of its process group. */
  readonly group: number
  readonly command: string
}

/** The variable that holds the mark of a launch. */
export const markVariable = "PALABRE_RUN"

/** What the marks of all launches of this process begin with, and of no other. */
export const ownMarks = `${process.pid}-${Date.now().toString(36)}-`

let launches = 0

/** A mark that no other launch has. */
export const newMark = (): string => `${ownMarks}${++launches}`

/** The processes that carry a mark, as far as the system tells (Linux). */
export const marked = (mark: string): ReadonlyArray<MarkedProcess> =>
  processes().flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0")
      return environment.includes(`${markVariable}=${mark}`) ? [describe(pid)] : []
    } catch {
      return [] // it has ended, or is somebody else's
    }
  })

const processes = (): ReadonlyArray<number> => {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger)
  } catch {
    return [] // not Linux
  }
}

const describe = (pid: number): MarkedProcess => {
  const [, , group] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()
  return { pid, group: Number(group), command }
}
