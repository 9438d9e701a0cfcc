/** The beginning of a command line that starts one of our commands: in a clone, or from the installed package. */
export const runner = import.meta.url.endsWith(".ts") ? "pnpm" : "npx palabre"

/** The same where the command writes to a pipe: `pnpm` would add lines of its own. */
export const quietRunner = runner === "pnpm" ? "pnpm --silent" : runner
