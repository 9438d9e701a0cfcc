import { styleText } from "node:util"
import { formatAddress } from "../net/Address.ts"
import { tlsAdvice } from "../net/SpeaksTls.ts"
import { type Event, inbox, lobby, type Reply, type RoomEntry } from "../Protocol.ts"
import type { CannotConnect, ConnectionEnded } from "./Client.ts"
import type { Unsent } from "./Session.ts"
import { commands } from "./Input.ts"
import { excerpt } from "../Problem.ts"
import { type Format, painted, printable, printableLines } from "./Printable.ts"
import { type Message } from "./Received.ts"

/** The texts of the client for people, made safe for a terminal. None needs colour to be understood. */

/** Colours a text, or leaves it as it is if colour is not wanted. */
export type Paint = (format: Format | ReadonlyArray<Format>, text: string) => string

/** Colours where the stream is a terminal that can, and `NO_COLOR` does not forbid it. */
export const painterFor = (stream: NodeJS.WritableStream): Paint => {
  const hasColours = styleText("red", "x", { stream }) !== "x"
  return (format, text) => (hasColours ? painted(format, text) : text)
}

/** An event as one text: `<bob> hello`, `[lab] <bob> hello`, `* bob joined`, `* bob left lab`. */
export const eventText = (event: Event, paint: Paint): string => {
  if (event.type === "gap") return troubleText(gapText(event), paint)
  if (event.type === "message") {
    const isInLobby = event.room === undefined && event.to === undefined
    return `${isInLobby ? "" : markText(event, paint)}${messageText(event, paint)}`
  }
  const room = event.room === undefined ? "" : ` ${nameText(event.room)}`
  return noticeText(`${nameText(event.username)} ${event.type}${room}`, paint)
}

/** A message without where it was said: `<bob> hello`. `content` shows its content. */
export const messageText = (
  { content, username }: { readonly username: string; readonly content: string },
  paint: Paint,
  show = printable
): string => `${paint(colourOf(username), `<${speakerText(username)}>`)} ${show(content)}`

/** Where a message was said: `[lab] `, `[lobby] `, or `[to you] ` where nobody else can read it. */
export const markText = ({ room, to }: Message, paint: Paint): string =>
  to === undefined
    ? `${paint("dim", `[${printable(room === undefined ? lobby : nameText(room))}]`)} `
    : `${paint("bold", "[to you]")} `

/** What cannot be shown: `3 messages in lab were missed, and are no longer kept`. */
const gapText = ({ from = NaN, reason, room, to = NaN }: Extract<Event, { type: "gap" }>): string => {
  const [messages, where] = room === inbox ? ["direct messages", ""] : ["messages", ` in ${roomText(room)}`]
  const count = to - from + 1
  if (reason === "expired") {
    const many = count >= 1 ? `${count} ${count === 1 ? messages.slice(0, -1) : messages}` : messages
    return `${many}${where} ${count === 1 ? "was" : "were"} missed, and ${count === 1 ? "is" : "are"} no longer kept`
  }
  const why = reason === "epoch" ? "the server has begun anew: " : ""
  return `${why}${messages}${where} may be missing here`
}

/** A room among other words. */
export const roomText = (room: string | undefined): string =>
  room === undefined ? "the lobby" : nameText(room)

/** The name of a speaker, which cannot pose as the end of itself. */
const speakerText = (username: string): string =>
  printable(excerpt(username)).replaceAll("<", "\u2039").replaceAll(">", "\u203a")

/** A name among other words: one that could pose as some of them is quoted. */
export const nameText = (username: string): string =>
  /^[\p{L}\p{M}\p{N}_.-]+$/u.test(username)
    ? excerpt(username)
    : `"${excerpt(username).replaceAll('"', "\u201d")}"`

/** The content of a message on several lines, each after the first indented; of very long ones the beginning. */
export const contentLines = (content: string): string => {
  const lines = printableLines(content.slice(0, contentUnitsMax)).split("\n")
  const more = content.length > contentUnitsMax || lines.length > contentLinesMax
  return [
    ...lines.slice(0, contentLinesMax),
    ...(more ? ["    … and more, which is too long to be shown"] : [])
  ].join("\n")
}

const contentUnitsMax = 16_384
const contentLinesMax = 100

/** A text with a name wherever it stands in it as a word, highlighted; `undefined` if it does not. */
export const highlighted = (text: string, name: string, paint: Paint): string | undefined => {
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}_])${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![\\p{L}\\p{N}_])`,
    "giu"
  )
  return word.test(text) ? text.replace(word, (found) => paint("inverse", found)) : undefined
}

/** The time of a message, as clocks on the wall show it; with the date where that is another day. */
export const timeText = (millis: number, paint: Paint, nowMillis = millis): string => {
  const date = new Date(millis)
  if (Number.isNaN(date.getTime())) return paint("dim", "--:--")
  const time = date.toTimeString().slice(0, "00:00".length)
  const isToday = date.toDateString() === new Date(nowMillis).toDateString()
  return paint("dim", isToday ? time : `${dayText(date)} ${time}`)
}

const dayText = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-")

/** Something worth knowing: `* 2 here: alice, bob`. */
export const noticeText = (text: string, paint: Paint): string => paint("dim", `* ${printable(text)}`)

/** Something that went wrong: `! "hello" was refused: …`. */
export const troubleText = (text: string, paint: Paint): string => paint("red", `! ${printable(text)}`)

/** The names of those in the lobby or another room; people get only the first few. */
export const usersText = (
  users: ReadonlyArray<string>,
  room: string | undefined,
  namesMax = namesShownMax
): string => {
  const where = room === undefined ? "here" : `in ${nameText(room)}`
  return `${users.length} ${where}: ${someOf(users.map(nameText), namesMax)}`
}

/** The rooms there are: `2 rooms: lab (3 here, you too), dev (1 here)`. */
export const roomsText = (rooms: ReadonlyArray<RoomEntry>, namesMax = namesShownMax): string => {
  const all = rooms.map(
    ({ joined, room, users }) => `${nameText(room)} (${users} here${joined ? ", you too" : ""})`
  )
  return rooms.length === 0
    ? "there is no room but the lobby; /join ROOM begins one"
    : `${rooms.length} ${rooms.length === 1 ? "room" : "rooms"}: ${someOf(all, namesMax)}`
}

const someOf = (texts: ReadonlyArray<string>, max: number): string => {
  const more = texts.length - max
  return `${texts.slice(0, max).join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

/** The commands that a server with these features has, one per line. */
export const helpText = (granted: ReadonlySet<string>): ReadonlyArray<string> => [
  ...Object.entries(commands)
    .filter(([, { needs }]) => needs === undefined || granted.has(needs))
    .map(([name, { argument = "", meaning }]) => `${`/${name} ${argument}`.trim()}  ${meaning}`),
  "//text  says /text",
  `Anything else is said to everyone${granted.has("rooms") ? " in the room where you are" : ""}. Up and down bring back what you typed, tab completes names and commands.`
]

/** A message that nobody will send any more, or that may have been said or not. */
export const unsentText = ({ content, wasWritten }: Pick<Unsent, "content" | "wasWritten">): string =>
  wasWritten
    ? `${quoted(content)} may not have been sent: it was never confirmed`
    : `${quoted(content)} was not sent`

/** An unknown command, and how to say it as a message. */
export const unknownText = (word: string): string =>
  `unknown command ${excerpt(word)}: /help lists the commands, /${excerpt(word)} says it as a message`

/** A refusal, its reason, and what to do about it. */
export const refusalText = (what: string, reply: Reply): string =>
  [`${what} was refused: ${replyText(reply)}`, adviceOn(reply)].filter(Boolean).join(". ")

/** A message as reports name it. */
export const quoted = (content: string): string => `"${excerpt(content)}"`

/** The reason why a connection ended. */
export const endText = ({ lastWords, reason }: ConnectionEnded): string =>
  lastWords === undefined ? endings[reason] : `the server ended the connection: ${replyText(lastWords)}`

/** The reason why there is no connection, and what to do about it. */
export const cannotConnectText = (failure: CannotConnect): string =>
  `cannot connect to ${formatAddress(failure)}: ${problemText(failure)}`

const problemText = ({ code, hasCa }: CannotConnect): string => {
  const problem = connectProblems[code] ?? `the system says ${code}`
  return problem === untrusted && hasCa ? "its certificate is not the one given with --ca" : problem
}

/** A time for people: `0.4 s`, `12 s`. */
export const secondsText = (millis: number): string =>
  `${millis < 10_000 ? (millis / 1000).toFixed(1) : Math.round(millis / 1000)} s`

const namesShownMax = 20

/** The server's own words with the code that programs and manuals know it by. */
export const replyText = ({ code, message, status }: Reply): string => {
  const words = message ?? (code === undefined ? `it answered "${status}"` : "")
  return code === undefined ? words : `${words} (${code})`.trimStart()
}

const adviceOn = ({ code, retryAfterMs }: Reply): string | undefined =>
  retryAfterMs === undefined ? advice.get(code) : `Send it again in ${secondsText(retryAfterMs)}`

const adviceOnCode: Readonly<Record<string, string>> = {
  rate_limited: "Wait a little, then send it again",
  too_large: "Shorten it or send it in parts",
  invalid_username: "Choose another name",
  username_taken: "Choose another name, or wait a few minutes if it is yours",
  unknown_type: "This server does not know that command",
  invalid_room: "Choose another name for it",
  not_in_room: "Go into it with /join",
  too_many_rooms: "Leave one with /leave",
  no_such_user: "/list tells who is here",
  not_logged_in: "Leave with /quit and start again",
  username_mismatch: "Leave with /quit and start again"
}
const advice = new Map<string | undefined, string>(Object.entries(adviceOnCode))

const endings: Readonly<Record<ConnectionEnded["reason"], string>> = {
  closed: "the server closed the connection",
  lost: "the connection broke",
  no_answer: "the server did not answer in time",
  not_json: "the server sent something that is not JSON, so it is not a palabre server",
  too_large: "the server sent an object longer than this client accepts",
  speaks_tls: tlsAdvice.missing,
  speaks_http: "this port is for browsers, or for metrics: the chat has another one"
}

const untrusted = "the system does not trust its certificate; if you do, give that with --ca FILE"

const connectProblems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name; use the name it is for",
  ERR_SSL_WRONG_VERSION_NUMBER: tlsAdvice.unwanted,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: tlsAdvice.unwanted,
  ECONNREFUSED: "nothing is listening there; check host and port, and that the server is running",
  ENOTFOUND: "there is no host of that name; check its spelling",
  EAI_AGAIN: "the name could not be looked up; check the network and the spelling",
  ETIMEDOUT: "no answer; check host, port and firewall",
  EHOSTUNREACH: "there is no route to it; check the address and the network",
  ENETUNREACH: "there is no route to it; check the address and the network",
  ECONNRESET: "it closed the connection at once"
}

/** The colour of a name, the same for everyone who sees it. */
const colourOf = (username: string): (typeof colours)[number] => {
  let hash = 0
  for (const character of username) hash = (hash * 31 + character.codePointAt(0)!) % 65_521
  return colours[hash % colours.length]!
}

const colours = ["cyan", "magenta", "yellow", "blue", "greenBright", "cyanBright", "magentaBright"] as const
