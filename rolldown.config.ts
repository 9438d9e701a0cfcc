import { defineConfig } from "rolldown"

const common = { format: "esm", codeSplitting: false, minify: true } as const

export default defineConfig([
  // the whole program as one file that runs on plain Node
  {
    input: "src/main.ts",
    platform: "node",
    external: /^@nats-io\//, // loaded with `--store nats://…` only, from where it is installed
    output: { ...common, file: "dist/palabre.js", banner: "#!/usr/bin/env node" }
  },
  // the thread of its log in a file
  {
    input: "src/log/SqliteWorker.ts",
    platform: "node",
    output: { ...common, file: "dist/SqliteWorker.js" }
  }
])
