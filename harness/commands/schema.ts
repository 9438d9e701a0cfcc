import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"

/** `pnpm scenario schema`: the JSON Schema of scenario files, for editors. */
export const schema = Command.make(
  "schema",
  {},
  Effect.fnUntraced(function* () {
    const { fileSchema } = yield* Effect.promise(() => import("../scenario/FileSchema.ts"))
    yield* Console.log(JSON.stringify(fileSchema, null, 2))
  })
).pipe(
  Command.withDescription(
    "Prints the JSON Schema of scenario files, with a snippet for each sentence, for editors"
  )
)
