import type { Settings } from "../../attack/resume/Run.ts"

/** A run of a few seconds, in which the server stays up. */
export const shortRun: Settings = {
  seed: 1,
  clients: 16,
  acked: 400,
  seconds: 0,
  size: 3_000,
  allLong: false,
  bytesPerSecond: 1_000_000,
  allSlow: false,
  thinkMillis: 30,
  stallMillis: 1_000,
  findingsMax: 50,
  restartSeconds: 0,
  kills: 0
}
