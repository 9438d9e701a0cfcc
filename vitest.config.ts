import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 600_000, // ends what hangs, and nothing that is slow on a busy machine
    hookTimeout: 600_000,
    maxWorkers: availableParallelism() + 1, // many tests wait for the programs that they start
    env: { LC_ALL: "C" }
  }
})
