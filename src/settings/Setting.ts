import type { Kind } from "./Kinds.ts"

/** Sets of defaults: for a machine in a classroom, and for the open network. */
export const profiles = ["lab", "public"] as const
export type Profile = (typeof profiles)[number]

/** One tunable: its meaning, its written form, and its default in each profile. */
export interface Setting<A> extends Kind<A> {
  /** The flag of `serve`, without dashes; the name of the environment variable follows from it. */
  readonly flag: string
  readonly description: string
  readonly defaults: Readonly<Record<Profile, A>>
}

/** The environment variable of a flag: `max-clients` is also `PALABRE_MAX_CLIENTS`. */
export const environmentName = (flag: string): string => `PALABRE_${flag.toUpperCase().replaceAll("-", "_")}`

/** A row of the table of settings. */
export const setting = <A>(
  flag: string,
  kind: Kind<A>,
  lab: A,
  description: string,
  forPublic = lab
): Setting<A> => ({
  ...kind,
  flag,
  description,
  defaults: { lab, public: forPublic }
})

export const KiB = 1024
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
