import { performance } from "node:perf_hooks"
import type { Weight } from "../verdict/Summary.ts"
import { ending, heading } from "./Pretty.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** For people in a hurry: a character for each scenario, then what failed and what it means. */
export const dot = (info: RunInfo): Reporter => {
  const startMillis = performance.now()
  let column = 0
  return {
    begin: () => `${heading(info)}\n`,
    outcome: (outcome) => {
      const wrap = column > 0 && column % columnsMax === 0 ? "\n" : ""
      column++
      return wrap + signs[info.weightOf(outcome)]
    },
    end: (summary) =>
      `\n${ending(summary, performance.now() - startMillis, [], info)
        .map((line) => `${line}\n`)
        .join("")}`
  }
}

const columnsMax = 80

const signs: Record<Weight, string> = {
  passed: ".",
  failed: "F",
  warned: "w",
  known: "k",
  skipped: "-",
  inconclusive: "?"
}
