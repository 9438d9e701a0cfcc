import type { Node, Reader } from "../yaml/Source.ts"
import { orValueOf, type Shape } from "../yaml/Shape.ts"
import type { Step } from "./Step.ts"

type Steps = ReadonlyArray<Step>

/** The reader of files knows no steps: what it was given to read them with gives these. */
const readSteps = (items: ReadonlyArray<Node>, reader: Reader): Steps =>
  reader.readSteps(items, reader) as Steps

/** Steps to play one after the other. */
export const steps: Shape<Steps> = {
  what: "a list of steps",
  schema: { $ref: "#/$defs/steps" },
  read: (node, reader) => readSteps(reader.someItems(node), reader)
}

/** Sequences to play at the same time: each item is a step, or a list of them. */
export const branches: Shape<ReadonlyArray<Steps>> = {
  what: "a list of steps, or of lists of steps",
  schema: {
    type: "array",
    minItems: 1,
    items: { anyOf: [{ $ref: "#/$defs/step" }, { $ref: "#/$defs/steps" }] }
  },
  read: (node, reader) =>
    reader
      .someItems(node)
      .map((item) => readSteps(reader.isList(item) ? reader.someItems(item) : [item], reader))
      .filter((branch) => branch.length > 0)
}

/** The steps of `for each`, once for each value of its variable. */
export const turns: Shape<ReadonlyArray<Steps>> = {
  what: "a map of one name with its list of values, and steps",
  schema: {
    type: "object",
    properties: { steps: { $ref: "#/$defs/steps" } },
    required: ["steps"],
    additionalProperties: orValueOf({ type: "array", minItems: 1 })
  },
  read: (node, reader) => {
    const entries = reader.entries(node)
    const body = entries.find(({ key }) => key === "steps")?.value
    const variables = entries.filter(({ key }) => key !== "steps")
    const [variable] = variables
    if (body === undefined) return reader.fail(node, '"steps" is missing here: a list of steps')
    if (variable?.value === undefined || variables.length > 1)
      return reader.fail(
        node,
        "`for each` takes one name with a list of values: { name: [a, b], steps: […] }"
      )
    const { key, value } = variable
    return reader
      .someItems(value)
      .map((item) => readSteps(reader.someItems(body), reader.with(key, reader.resolve(item))))
  }
}
