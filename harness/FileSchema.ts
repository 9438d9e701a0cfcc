import { commonOptions } from "./StepReader.ts"
import { castShape, clause, fileShapes } from "./Scenario.ts"
import { sentencePattern, verbs } from "./Sentence.ts"
import type { JsonSchema } from "./Shape.ts"
import type { Verb } from "./Step.ts"

/** The JSON Schema of scenario files: what editors complete, with a snippet for each sentence of the verb table. */
export const fileSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A scenario of a chat, as docs/HARNESS.md describes it",
  type: "object",
  properties: {
    ...Object.fromEntries(
      Object.entries(fileShapes).map(([key, shape]) => [key, { ...shape.schema, description: shape.what }])
    ),
    cast: castShape.schema
  },
  required: ["scenario", "cast", "steps"],
  additionalProperties: false,
  $defs: {
    steps: { type: "array", items: { $ref: "#/$defs/step" } },
    step: {
      defaultSnippets: verbs.map((verb) => ({
        label: verb.example,
        description: verb.meaning,
        bodyText: verb.example
      })),
      anyOf: [
        {
          type: "string",
          anyOf: verbs
            .filter(standsAlone)
            .map((verb) => ({ pattern: sentencePattern(verb), description: verb.meaning }))
        },
        {
          type: "object",
          properties: Object.fromEntries(
            verbs.flatMap((verb) =>
              Object.entries({ ...commonOptions(clause), ...verb.options }).map(([key, shape]) => [
                key,
                shape.schema
              ])
            )
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
function standsAlone(verb: Verb): boolean {
  return verb.value === undefined && (verb.required ?? []).length === 0
}

function valueSchema(verb: Verb): JsonSchema {
  if (verb.value !== undefined) return { ...verb.value.schema, description: verb.meaning }
  const fields = Object.entries({ ...commonOptions(clause), ...verb.options })
  const named = verb.sentence.endsWith("{name}") ? [{ type: "string" }] : []
  return {
    description: verb.meaning,
    anyOf: [
      { type: "null" },
      ...named,
      {
        type: "object",
        properties: Object.fromEntries(fields.map(([key, shape]) => [key, shape.schema])),
        additionalProperties: false
      }
    ]
  }
}
