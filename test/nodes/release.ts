import { readFileSync } from "node:fs"
import { loadChanged } from "../support/changes.ts"
import { type Release, releases } from "./releases.ts"

// For the Node of a server (`--import`): makes it the release whose name is in a file, `?of=FILE`.

const file = new URL(import.meta.url).searchParams.get("of")!
loadChanged(releases[readFileSync(file, "utf8") as Release])
