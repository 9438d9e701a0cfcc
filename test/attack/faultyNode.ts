import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { changed, nodeFaults } from "./nodeFaults.ts"

// For the Node of a server (`--import`): changes its source as a fault says, `?fault=NAME`.

const name = new URL(import.meta.url).searchParams.get("fault") as keyof typeof nodeFaults
const src = fileURLToPath(new URL("../../src/", import.meta.url))

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    const path = url.startsWith("file:") ? fileURLToPath(url) : ""
    if (!path.startsWith(src) || loaded.source === undefined || loaded.source === null) return loaded
    return { ...loaded, source: changed(nodeFaults[name], path.slice(src.length), String(loaded.source)) }
  }
})
