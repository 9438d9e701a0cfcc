import type { Scenario } from "../../scenario/Scenario.ts"
import { flatten } from "../../scenario/Carriers.ts"
import type { Exchange, StepState } from "../../trace/Exchange.ts"
import type { RunInfo } from "../Reporter.ts"
import { html, type Markup } from "./Markup.ts"

/**
 * The file of a scenario, each line with how its step went; the first line of a step can be selected. The script of the
 * page numbers the lines.
 */
export const sourceView = (
  scenario: Scenario,
  exchange: Exchange | undefined,
  { texts }: RunInfo
): Markup => {
  const lines = linesOf(scenario, exchange)
  const views = lines.map(({ isStep, state, text }) => {
    const sign = state === undefined ? undefined : html`<b>${signs[state]}</b>`
    const look = state === undefined ? undefined : html` class="${state}"`
    if (!isStep || state === undefined) return html`<p${look}>${sign}<code>${text}</code></p>`
    return html`<a${look}>${sign}<code>${text}</code><span class="unseen"> ${texts.html.steps[state]}</span></a>`
  })
  return html`<div class="source" tabindex="0" role="group" aria-label="${texts.html.file}">${views}</div>`
}

interface Line {
  readonly text: string
  /** How its step went; nothing where no exchange tells, and between steps. */
  readonly state: keyof typeof signs | undefined
  /** True for the line of a sentence itself, false for what belongs to it. */
  readonly isStep: boolean
}

const linesOf = (scenario: Scenario, exchange: Exchange | undefined): ReadonlyArray<Line> => {
  const steps = new Map(
    flatten([...scenario.before, ...scenario.steps, ...scenario.after]).map(({ step }) => [step.line, step])
  )
  let current: { readonly column: number; readonly state: Line["state"] } | undefined
  return scenario.text
    .trimEnd()
    .split("\n")
    .map((text, index) => {
      const step = steps.get(index + 1)
      const isInside = text.trim() === "" || text.search(/\S/) >= (current?.column ?? 0) - 1
      if (step !== undefined)
        current = { column: step.column, state: exchange && stateOf(exchange.steps.get(step.line)) }
      else if (!isInside) current = undefined
      return { text, state: current?.state, isStep: step !== undefined }
    })
}

const stateOf = (state: StepState | undefined): keyof typeof signs =>
  state === "passed" || state === "failed" ? state : "unplayed"

const signs = { passed: "✓", failed: "✗", unplayed: "○" } as const
