import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 15_000,
    hookTimeout: 15_000,
    maxWorkers: availableParallelism() + 1, // many tests wait for the programs that they start
    env: { LC_ALL: "C" }
  }
})
