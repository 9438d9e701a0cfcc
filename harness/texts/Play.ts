import type { ClauseId } from "../language/Clauses.ts"
import type { ProgramTexts } from "./Programs.ts"

/** What actors do besides sending. */
type Act = "connect" | "disconnect" | "cutOff" | "goSilent" | "halfClose" | "stopReading" | "readAgain"

/** What is said of a play: what was expected, what came, and how that was judged. */
export interface PlayTexts {
  /** What was done, behind the name of the actor. */
  readonly acts: { readonly [act in Act]: string } & { readonly connectTo: (node: string) => string }
  readonly serverCloses: string
  readonly serverResets: string
  /** What the server does with a connection, behind its name. */
  readonly ends: { readonly [by in "close" | "reset"]: string }
  readonly part: (text: string) => string
  readonly pieces: (text: string, count: number) => string
  readonly bytes: (count: number) => string
  readonly andMore: (caption: string, count: number) => string

  /** Between the last two of a list. */
  readonly and: string
  readonly nothing: string
  readonly closed: string
  readonly reset: string
  readonly noConnection: string
  readonly noOpenConnection: string
  readonly notAnObject: (value: string) => string
  /** The time since an actor's last act: a request, or one of `labels`. */
  readonly after: (ms: number, actor: string, act: string, line: number) => string
  readonly request: (type: string) => string
  readonly labels: { readonly [label: string]: string }
  readonly unfinished: (bytes: number) => string
  readonly cameInstead: { readonly [lane in "reply" | "event" | "noise"]: (value: string) => string }
  readonly oneOfWas: (name: string | undefined) => string
  readonly forOneOf: (names: string, expected: string) => string
  readonly noneCloser: (names: string) => string
  readonly beforeTheEnd: (expected: string) => string
  readonly gathered: (expected: string, count: number, all: number) => string

  readonly isConnected: (actor: string, purpose: string) => string
  readonly purposes: {
    readonly [
      purpose in Exclude<Act, "connect"> | "askAsMember" | "ask" | "sendPart" | "sendRest" | "network"
    ]: string
  }
  readonly toSend: (text: string) => string
  readonly staysConnected: (actor: string) => string
  readonly refusal: string
  readonly endAfterLogout: string
  readonly noMoreMessages: string
  readonly serverEnds: { readonly [by in "either" | "close" | "reset"]: string }
  readonly afterTheLast: (value: string) => string
  readonly goneFromList: (names: string) => string
  readonly users: (users: string) => string
  readonly serverRestarts: string
  readonly noLastingConnection: string
  readonly lastingConnection: string
  readonly untilThen: (expected: string, meanwhile: string) => string
  readonly inTheEnd: (expected: string) => string
  readonly lastAnswer: (value: string) => string
  readonly somebodyMeant: (phrase: string) => string
  readonly nobodyLeft: string
  readonly readsPart: string
  readonly stoppedReading: string
  readonly readsBytes: (count: number, actor: string) => string
  readonly buffersFull: string
  readonly hiddenAnswer: (actor: string) => string
  readonly only: (value: string) => string
  readonly doesItHang: string
  readonly noHalf: string
  readonly half: (bytes: number) => string
  readonly session: (actor: string) => string
  readonly newcomer: (name: string) => string
  readonly accepts: (address: string) => string

  readonly program: ProgramTexts

  /** What was seen in passing: the evidence against a clause, and what would have held. */
  readonly seen: {
    readonly received: (actor: string, value: string) => string
    readonly ownMessage: (actor: string, value: string) => string
    readonly invented: (value: string) => string
    readonly stray: (actor: string, stray: string) => string
    readonly strays: { readonly [stray in "zero byte" | "byte order mark"]: string }
    readonly unlined: (actor: string) => string
    readonly noNewline: (actor: string) => string
    readonly irregular: {
      readonly [kind in "again" | "ack out of place" | "ack without number"]: (
        actor: string,
        value: string
      ) => string
    }
    readonly numbersMissing: (actor: string, seq: number, value: string) => string
    readonly numberOfTwo: (seq: number, one: string, other: string) => string
  }
  readonly heldInPassing: { readonly [clause in ClauseId]?: string }

  /** How it was judged, and why it was not. */
  readonly notVaried: string
  readonly cannotBeAsked: (actor: string) => string
  readonly settles: (ms: number) => string
  readonly idle: (actor: string, fault: string, line: number) => string
  /** A scenario that fails under a change was saved, or could not be. */
  readonly chaosSaved: (file: string) => string
  readonly chaosNotSaved: (file: string) => string
  readonly strangersIgnored: string
  readonly strangersUnknown: string
  readonly strangers: (names: string) => string
  readonly strangersHold: (names: string) => string
  readonly cannotRestart: string
  readonly cannotHalfClose: string
  readonly doesNotClaim: (need: string) => string
  readonly notPlayed: { readonly [stop in "bail" | "target lost" | "nobody logs in"]: string }
}
