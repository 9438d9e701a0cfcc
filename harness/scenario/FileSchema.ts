import { clauses } from "../language/Clauses.ts"
import { castShape, clause, fileShapes } from "./ScenarioReader.ts"
import { sentencePattern, verbs } from "./Grammar.ts"
import { type JsonSchema, orValueOf, type Shape } from "../yaml/Shape.ts"
import type { Verb } from "../verbs/Step.ts"
import { commonOptions } from "./StepReader.ts"

/** The JSON Schema of scenario files: what editors complete, with a snippet for each sentence of the verb table. */
export const fileSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A scenario of a chat (docs/HARNESS.md)",
  type: "object",
  properties: { ...described(fileShapes), cast: { ...castShape.schema, description: castShape.what } },
  required: ["scenario", "cast", "steps"],
  additionalProperties: false,
  $defs: {
    clause: orValueOf({ enum: Object.keys(clauses) }),
    steps: { type: "array", minItems: 1, items: { $ref: "#/$defs/step" } },
    step: {
      defaultSnippets: verbs.map((verb) => ({
        label: verb.example,
        description: verb.meaning,
        bodyText: verb.example
      })),
      anyOf: [
        {
          type: "string",
          anyOf: verbs.filter(standsAlone).map((verb) => ({ pattern: sentencePattern(verb) }))
        },
        {
          type: "object",
          properties: Object.assign(
            described(commonOptions(clause)),
            ...verbs.map(({ options }) => described(options))
          ),
          patternProperties: Object.fromEntries(
            verbs.map((verb) => [sentencePattern(verb), valueSchema(verb)])
          ),
          additionalProperties: false
        }
      ]
    }
  }
}

/** Whether a sentence may be a step without a colon. */
function standsAlone({ required = [], value }: Verb): boolean {
  return value === undefined && required.length === 0
}

/** What may stand behind the colon of a sentence. */
function valueSchema(verb: Verb): JsonSchema {
  const description = verb.meaning
  if (verb.value !== undefined) return { ...verb.value.schema, description }
  const named = verb.sentence.endsWith("{name}") ? [{ type: "string" }] : []
  const options = {
    type: "object",
    properties: described({ ...commonOptions(clause), ...verb.options }),
    additionalProperties: named.length > 0
  }
  return { description, anyOf: [{ type: "null" }, ...named, options] }
}

function described(shapes: { readonly [key: string]: Shape<unknown> } = {}): { [key: string]: JsonSchema } {
  return Object.fromEntries(
    Object.entries(shapes).map(([key, { schema, what }]) => [
      key,
      "$ref" in schema ? schema : { description: what, ...schema }
    ])
  )
}
