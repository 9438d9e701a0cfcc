import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pictures } from "./pictures.ts"

const millisMax = 120_000

describe("the pictures of the README", () => {
  for (const { draw, file } of pictures)
    it.live(
      `${file} shows what there is to see; if not, run pnpm pictures`,
      () => Effect.map(draw, (svg) => assert.strictEqual(readFileSync(file, "utf8"), svg)),
      millisMax
    )
})
