import { clauses } from "../language/Clauses.ts"
import { castShape, clause, fileShapes } from "./ScenarioReader.ts"
import { sentencePattern, verbs } from "./Grammar.ts"
import { type JsonSchema, orValueOf, type Shape, loopVariable } from "../yaml/Shape.ts"
import type { Verb } from "../verbs/Step.ts"
import { request } from "../language/Notation.ts"
import { commonOptions } from "./StepReader.ts"

const common = commonOptions(clause)
const duration = common.within

/** The JSON Schema of scenario files: what editors complete, with a snippet for each sentence of the verb table. */
export const fileSchema: JsonSchema = withReferences({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A scenario of a chat (docs/HARNESS.md)",
  type: "object",
  properties: { ...described(fileShapes), cast: { ...castShape.schema, description: castShape.what } },
  required: ["scenario", "cast", "steps"],
  additionalProperties: false,
  $defs: {
    ...described({ duration, reason: common.because, clauses: common.proves, request }),
    options: optionsSchema(common),
    object: request.schema,
    loopVariable,
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
          properties: described(Object.assign({ ...common }, ...verbs.map(({ options }) => options))),
          patternProperties: Object.fromEntries(
            verbs.map((verb) => [sentencePattern(verb), valueSchema(verb)])
          ),
          additionalProperties: false
        }
      ]
    }
  }
})

/** True if a sentence may be a step without a colon. */
function standsAlone({ required = [], value }: Verb): boolean {
  return value === undefined && required.length === 0
}

/** The schema of what may follow the colon of a sentence. */
function valueSchema(verb: Verb): JsonSchema {
  const description = verb.meaning
  if (verb.value !== undefined) return { ...verb.value.schema, description }
  const named = verb.sentence.endsWith("{name}") ? [{ type: "string" }] : []
  const options = optionsSchema({ ...common, ...verb.options }, named.length > 0)
  return { description, anyOf: [{ type: "null" }, ...named, options] }
}

interface Shapes {
  readonly [key: string]: Shape<unknown>
}

function optionsSchema(shapes: Shapes, additionalProperties = false): JsonSchema {
  return { type: "object", properties: described(shapes), additionalProperties }
}

function described(shapes: Shapes): { [key: string]: JsonSchema } {
  return Object.fromEntries(
    Object.entries(shapes).map(([key, { schema, what }]) => [
      key,
      "$ref" in schema ? schema : { description: what, ...schema }
    ])
  )
}

/** The same schema, referring to one of its `$defs` wherever that occurs in it. */
function withReferences(schema: JsonSchema & { readonly $defs: JsonSchema }): JsonSchema {
  const { $defs } = schema
  const refs = new Map(
    Object.entries($defs).map(([name, def]) => [JSON.stringify(def), { $ref: `#/$defs/${name}` }])
  )
  const text = JSON.stringify(schema, function (this: unknown, _, value: unknown) {
    return this === $defs ? value : (refs.get(JSON.stringify(value)) ?? value)
  })
  return JSON.parse(text) as JsonSchema
}
