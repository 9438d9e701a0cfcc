import { exitCodes as shared } from "../../src/commands/Cli.ts"

/** The exit codes of the harness: those that all commands share, and one for each way a run can end. */
export const exitCodes = { ...shared, passed: shared.ok, targetLost: 3, inconclusive: 4 } as const
