import { loadChanged } from "../support/changes.ts"
import { nodeFaults } from "./nodeFaults.ts"

// For the Node of a server (`--import`): changes its source as a fault says, `?fault=NAME`.

const name = new URL(import.meta.url).searchParams.get("fault") as keyof typeof nodeFaults
loadChanged(nodeFaults[name].changes)
