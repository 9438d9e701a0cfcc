import { openSync, readdirSync, readFileSync } from "node:fs"

/**
 * What a child gets for each descriptor from 3 on, as `spawn` takes it, so that it inherits none: those that this process
 * itself has inherited and would hand on are covered by `/dev/null`. Node keeps its own to itself, as far as the system
 * tells (Linux).
 */
export const covers = (): ReadonlyArray<number | "ignore"> => (known ??= coversOf(handedOn()))
let known: ReadonlyArray<number | "ignore"> | undefined

const coversOf = (descriptors: ReadonlyArray<number>): ReadonlyArray<number | "ignore"> => {
  if (descriptors.length === 0) return []
  const nothing = openSync("/dev/null", "r")
  const inherited = new Set(descriptors)
  return Array.from({ length: Math.max(...descriptors) - 2 }, (_, index) =>
    inherited.has(index + 3) ? nothing : "ignore"
  )
}

/**
 * The descriptors from 3 on that stay open in a program that this process starts; but for those above the limit of open
 * files, which nothing can be put in the place of.
 */
const handedOn = (): ReadonlyArray<number> => {
  try {
    const most = Number(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))![1])
    return readdirSync("/proc/self/fd")
      .map(Number)
      .filter((descriptor) => descriptor > 2 && descriptor < most && !isClosedOnExec(descriptor))
  } catch {
    return [] // not Linux
  }
}

const isClosedOnExec = (descriptor: number): boolean => {
  try {
    const [, flags] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))!
    return (Number.parseInt(flags!, 8) & CLOEXEC) !== 0
  } catch {
    return true // it was open only while the others were read
  }
}

/** The flag of Linux for a descriptor that no other program gets. */
const CLOEXEC = 0o2_000_000
