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
  /** The lines that are typed once it runs, slots and all; the name alone, unless the command has a place for that. */
  readonly login?: ReadonlyArray<string> | undefined
  /** The line that asks it who is there; none where it has none. */
  readonly list: string | undefined
  /** The line that ends it; none where it has none. */
  readonly quit: string | undefined
}

/** The words of the lab sheet's own client. */
export const wordsOfTheSheet = { list: "/list", quit: "/quit" } as const

/** What stands in a cast for the client that is to be judged. */
export const clientSlot = "{client}"

/** What a person can tell a client: where the server is, and their name. */
export interface Told {
  readonly host: string
  readonly port: number
  readonly name: string
}

/** A command or a line with what is told in the slots of it. */
export const filled = (text: string, told: Told): string =>
  text.replaceAll(/\{(host|port|name)\}/g, (_, slot: keyof Told) => String(told[slot]))

/** The lines that are typed into a client once it runs, before all others. */
export const loginLines = (command: string, { login }: Pick<ClientUse, "login">): ReadonlyArray<string> =>
  login ?? (command.includes("{name}") ? [] : ["{name}"])

/** True if a client is told the port: in its command, on a line, or by its author. */
export const knowsPort = (use: Pick<ClientUse, "command" | "login" | "port">): boolean =>
  use.port !== undefined || [use.command ?? "", ...(use.login ?? [])].some((text) => text.includes("{port}"))
