/** The protocol that the load generator speaks with a server; `generator/Protocols.hpp` has the bytes. */
export type Dialect = "json" | "history" | "web" | "irc" | "nats" | "redis" | "mqtt"

/** Where a server is to run: its port on 127.0.0.1, and a folder of its own that goes with it. */
interface Place {
  readonly port: number
  readonly folder: string
  /** What is spoken on that port, if it is not the peer's own. */
  readonly dialect?: Dialect | undefined
}

/** A program to run: a script of ours on this Node, an installed program, or C++ that is compiled first. */
export type Program =
  | { readonly script: URL }
  | { readonly installed: string; readonly version: ReadonlyArray<string> }
  | { readonly compiled: string }

/** A server under test: data, and how to start it. */
export interface Peer {
  /** Its name in commands and files. */
  readonly name: string
  readonly title: string
  readonly role: "ours" | "hand-written" | "peer"
  readonly dialect: Dialect
  readonly program: Program
  readonly arguments: (place: Place) => ReadonlyArray<string>
  /** Files that are written into its folder before it starts. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>
  /** The largest room it holds well; it is measured with so many clients where others have more. */
  readonly clientsMax?: number
  /** Clients that may log in at the same time. */
  readonly loginsAtOnce?: number
}
