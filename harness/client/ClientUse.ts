/** A client of somebody else that is to be judged, and the way in which people use it. */
export interface ClientUse {
  /** A shell command, which `{client}` in a cast stands for; in it `{host}`, `{port}` and `{name}` are put in. */
  readonly command?: string | undefined
  /** The port that is compiled into it. */
  readonly port?: number | undefined
  /** The folder that it is started in; without one, that of the harness. */
  readonly cwd?: string | undefined
  /** The beginning of a command line that puts it into a sandbox. */
  readonly sandbox?: ReadonlyArray<string> | undefined
  /** Its variables beyond those that any program gets. */
  readonly variables?: Readonly<Record<string, string>>
  /** The line that asks it who is there; none where it has none. */
  readonly list: string | undefined
  /** The line that ends it; none where it has none. */
  readonly quit: string | undefined
}

/** The words of the lab sheet's own client. */
export const wordsOfTheSheet = { list: "/list", quit: "/quit" } as const

/** What stands in a cast for the client that is to be judged. */
export const clientSlot = "{client}"

/** The command that a program is started by; a name that the command has no place for is typed. */
export const commandOf = (
  command: string,
  at: { readonly host: string; readonly port: number; readonly name: string }
): string => command.replaceAll(/\{(host|port|name)\}/g, (_, slot: keyof typeof at) => String(at[slot]))

/** True if a person types their name once the program runs. */
export const typesName = (command: string): boolean => !command.includes("{name}")
