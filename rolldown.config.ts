import { defineConfig } from "rolldown"

/** The whole program as one file that runs on plain Node. */
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  output: {
    file: "dist/palabre.js",
    format: "esm",
    codeSplitting: false,
    minify: true,
    banner: "#!/usr/bin/env node"
  }
})
