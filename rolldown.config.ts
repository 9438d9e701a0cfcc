import { defineConfig } from "rolldown"

/** The program for plain Node, and the thread of its log in a file; chunks are loaded, and found compiled, as needed. */
export default defineConfig({
  input: { palabre: "src/main.ts", SqliteWorker: "src/log/SqliteWorker.ts" },
  platform: "node",
  external: /^@nats-io\//, // loaded with `--store nats://…` only, from where it is installed
  output: {
    format: "esm",
    minify: true,
    dir: "dist/bundle",
    cleanDir: true,
    chunkFileNames: "[name].js", // beside the thread, which is found by its address
    banner: "#!/usr/bin/env node"
  }
})
