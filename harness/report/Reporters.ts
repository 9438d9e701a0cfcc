import type { Reporter, RunInfo } from "./Reporter.ts"

/** The reporters by name, each loaded only when it is asked for. */
export const reporters = {
  pretty: async () => (await import("./Pretty.ts")).pretty,
  dot: async () => (await import("./Dot.ts")).dot,
  tap: async () => (await import("./Tap.ts")).tap,
  junit: async () => (await import("./Junit.ts")).junit,
  json: async () => (await import("./Json.ts")).json,
  html: async () => (await import("./html/Html.ts")).html,
  github: async () => (await import("./Github.ts")).github
} satisfies Record<string, () => Promise<(info: RunInfo) => Reporter>>

export type ReporterName = keyof typeof reporters
