import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoryLog } from "../../src/log/Memory.ts"
import { contract, openLayer } from "./Contract.ts"

describe("Memory", () => {
  contract(
    { isShared: false, isKept: false, isRemote: false },
    Effect.succeed({ open: openLayer(memoryLog) })
  )
})
