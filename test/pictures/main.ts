import { writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { pictures } from "./pictures.ts"

// Draws the pictures of the documentation: `pnpm pictures`, after a change of what they show.
for (const { draw, file } of pictures) writeFileSync(file, await Effect.runPromise(draw))
