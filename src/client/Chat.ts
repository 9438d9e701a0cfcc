import type * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { SessionFailure } from "./Client.ts"
import { promptText } from "./Prompt.ts"
import { type Attempts, type ReconnectSettings, reconnectSettings } from "./Reconnect.ts"
import type { TerminalScreen } from "./Screen.ts"
import type { Servers } from "./Servers.ts"
import type { Session } from "./Session.ts"
import { troubleText } from "./Text.ts"
import type { Whereabouts } from "./Whereabouts.ts"

/** Every limit of the terminal's side, with its unit in its name. */
export interface TerminalSettings extends ReconnectSettings {
  /** The most names remembered for completion. */
  readonly namesMax: number
}

/** The settings of `pnpm client` at a terminal. */
export const terminalSettings: TerminalSettings = { ...reconnectSettings, namesMax: 1_000 }

/** The features of a server that has none. */
export const noFeatures: ReadonlySet<string> = new Set()

/** All that a chat at a terminal knows. */
export interface Chat {
  readonly servers: Servers
  readonly attempts: Attempts
  readonly settings: TerminalSettings
  readonly screen: TerminalScreen
  /** The width of the terminal. */
  readonly columns: () => number
  /** Names seen, for completion. */
  readonly names: Set<string>
  readonly hasBell: boolean
  /** Lasts as long as the chat: answers are waited for in it. */
  readonly scope: Scope.Scope
  whereabouts: Whereabouts
  username: string | undefined
  /** What goes on under that name, across connections. */
  session: Session | undefined
  /** The room to go into once logged in. */
  roomWanted: string | undefined
  /** True once it was told that what is typed waits for the connection. */
  isWaitTold: boolean
  /** True once it was told that what follows was missed. */
  isCatchingUp: boolean
  /** The reason why nobody was ever logged in, if there is one. */
  failure: SessionFailure | undefined
  /** Waits for a name to be typed. */
  naming: Deferred.Deferred<string> | undefined
}

/** Shows that there is no connection. */
export const promptOffline = ({ screen }: Chat): void =>
  screen.setPrompt(screen.paint("dim", "(not connected)> "))

/** Shows where what is typed is said, and what came elsewhere; only while there is a connection. */
export const promptOnline = ({ columns, screen, session, whereabouts }: Chat): void => {
  if (session?.client !== undefined)
    screen.setPrompt(promptText(session.username, whereabouts, columns(), screen.paint))
}

/** Tells that something went wrong. */
export const complain = ({ screen }: Chat, text: string): Effect.Effect<void> =>
  Effect.sync(() => screen.print(troubleText(text, screen.paint)))
