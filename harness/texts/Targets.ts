/** Troubles of the machine that the harness runs on, or with what it was told. */
export type TroubleKind =
  | "open files"
  | "no port left"
  | "no memory"
  | "no way"
  | "forbidden"
  | "no such name"
  | "other name"
  | "not valid now"
  | "not trusted"
  | "no TLS"

/** What is said of servers that do not start, or cannot be reached. */
export interface TargetTexts {
  readonly ended: (how: string, port: number) => string
  readonly inBackground: (ended: string) => string
  readonly lacksVariables: (ended: string) => string
  readonly cannotStart: (why: string) => string
  readonly tooSlow: (port: number, ms: number) => string
  readonly portTaken: (port: number) => string
  readonly noPort: (host: string, why: string) => string
  readonly leftBehind: (commands: string) => string
  readonly more: (count: number) => string
  readonly nobodyAccepts: (address: string, elsewhere: string | undefined) => string
  readonly cannotConnect: (address: string, why: string) => string
  readonly speaksTls: string
  /** Why there is no connection, where the server is the reason. */
  readonly reasons: { readonly [reason in "connection refused" | "no answer"]: string }
  readonly troubles: { readonly [kind in TroubleKind]: (host: string) => string }
}
