import { globSync, readFileSync } from "node:fs"

/** Tells if a command runs on this machine, as far as the system tells; a process that has ended has none. */
export const isRunning = (command: string): boolean =>
  globSync("/proc/[0-9]*/cmdline").some((file) => {
    try {
      return readFileSync(file, "utf8").split("\0").join(" ").trim() === command
    } catch {
      return false
    }
  })
