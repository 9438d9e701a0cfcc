import * as Effect from "effect/Effect"
import type { Result } from "./Result.ts"
export const writeDocuments = (_: Result) => Effect.succeed([] as Array<string>)
