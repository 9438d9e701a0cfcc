#!/usr/bin/env node
// Plain JavaScript: any Node understands it, also one that is too old for the rest, and with a warm compile cache Node
// never loads its TypeScript stripper (15 MB, 20 ms).
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `palabre needs Node 22.19 or later, and this is ${process.version}: https://nodejs.org has newer ones.`
  )
  process.exitCode = 1
} else {
  const { enableCompileCache } = await import("node:module")
  enableCompileCache()
  const isChat = ["serve", "client"].includes(process.argv[2])
  await import(isChat ? "../src/main.ts" : "./main.ts")
}
