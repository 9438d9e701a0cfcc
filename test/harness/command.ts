import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

/** How a command ended, and what it wrote. */
export interface Ran {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** The file that is the command. */
export const program = fileURLToPath(new URL("../../harness/main.ts", import.meta.url))

/** Runs a file of this clone with Node, in a process of its own. */
export const node = (
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv = {},
  input = "",
  cwd = process.cwd()
): Promise<Ran> =>
  new Promise((resolve) => {
    const clean = {
      ...process.env,
      GITHUB_ACTIONS: undefined,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      ...env
    }
    const child = execFile(process.execPath, args, { env: clean, cwd }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr })
    )
    child.stdin?.on("error", () => {}).end(input) // it may end before it has read all
  })

/** The command as people run it. */
export const harness = (
  args: ReadonlyArray<string>,
  ...how: [env?: NodeJS.ProcessEnv, input?: string, cwd?: string]
): Promise<Ran> => node([program, ...args], ...how)
