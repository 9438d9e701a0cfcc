import * as os from "node:os"
import { openFilesMax } from "../src/net/OpenFiles.ts"

/** The machine that the figures were measured on. */
export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
}

/** This machine. */
export const thisMachine = (): Machine => ({
  processor: os.cpus()[0]?.model.trim() ?? "unknown processor",
  processors: os.availableParallelism(),
  memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.release()}`,
  node: process.versions.node
})

/** Files that a server or the generator needs beside one for each client. */
const SPARE_FILES = 100

/** The clients that a server and the generator can hold: each is an open file in both. */
export const clientsMax = (): number => openFilesMax() - SPARE_FILES
