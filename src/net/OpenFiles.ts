import { readFileSync } from "node:fs"

/** How many files this process may have open at once; `Infinity` where the system does not tell. */
export const openFilesMax = (): number => {
  try {
    const [, soft] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []
    return soft === undefined || soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY // no /proc: not Linux
  }
}
