import type { Outcome } from "../verdict/Outcome.ts"
import type { Weight } from "../verdict/Summary.ts"
import { closing, heading, told } from "./Pretty.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** For people in a hurry: a character for each scenario, the pictures of all failures at the end. */
export const dot = (info: RunInfo): Reporter => {
  let column = 0
  const wanting: Array<Outcome> = []
  return {
    begin: () => `${heading(info)}\n`,
    outcome: (outcome) => {
      const weight = info.weightOf(outcome)
      if (weight === "failed" || weight === "warned") wanting.push(outcome)
      const wrap = column > 0 && column % columnsMax === 0 ? "\n" : ""
      column++
      return wrap + signs[weight]
    },
    end: (summary) =>
      `\n${wanting.map((outcome) => `${told(outcome, info).join("\n")}\n`).join("")}${closing(summary, info)}`
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
