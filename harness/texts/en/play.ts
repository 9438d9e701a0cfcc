import { count, millis } from "../../Format.ts"
import type { PatternTexts } from "../../language/PatternTexts.ts"
import type { PlayTexts } from "../Play.ts"
import { programs } from "./programs.ts"

/** Patterns in English. */
export const patterns: PatternTexts = {
  anything: "anything",
  anyScalar: (capture) => `any scalar ($${capture})`,
  matches: (source) => `a string that matches /${source}/`,
  contains: (text) => `a string that contains ${text}`,
  oneOf: (patterns) => `one of ${patterns}`,
  not: (pattern) => `anything but ${pattern}`,
  length: (length) => `${length} characters or items`,
  inAnyOrder: (patterns) => `in any order ${patterns}`,
  includes: (patterns) => `a list that includes ${patterns}`,
  absent: "no such field",
  exactly: (fields) => `exactly ${fields}`,
  nothing: "nothing",
  mismatch: (expected, received) => `expected ${expected}, received ${received}`,
  tooSlow: "the regular expression takes too long over it",
  oneTooMany: (value) => `${value} is one too many`,
  kinds: {
    null: "null",
    list: "a list",
    string: "a string",
    number: "a number",
    boolean: "a boolean",
    object: "an object"
  },
  otherKind: (expected, received) => `${expected}, not ${received}`,
  composedDifferently: "the same letters, but the accents are composed differently",
  spacesAround: "they differ only in leading or trailing spaces",
  tooManyCharacters: (count) => `${count} characters too many`,
  charactersArrived: (count, all) => `${count} of ${all} characters arrived`,
  differAt: (character) => `they first differ at character ${character}`
}

/** A play in English. */
export const play: PlayTexts = {
  acts: {
    connect: "connects",
    connectTo: (node) => `connects to ${node}`,
    disconnect: "disconnects",
    cutOff: "is cut off (RST)",
    goSilent: "goes silent",
    halfClose: "half-closes (FIN)",
    stopReading: "stops reading",
    readAgain: "reads again"
  },
  serverCloses: "the server closes",
  serverResets: "the server resets the connection",
  ends: { close: "closes the connection", reset: "resets the connection" },
  part: (text) => `${text} … (a part)`,
  pieces: (text, pieces) => `${text} (in ${count(pieces, "piece")})`,
  bytes: (bytes) => count(bytes, "byte"),
  andMore: (caption, count) => `${caption} + ${count} more`,

  and: "and",
  nothing: "nothing",
  closed: "the server closed the connection",
  reset: "the server reset the connection",
  noConnection: "nothing: it has no connection",
  noOpenConnection: "it has no open connection",
  notAnObject: (value) => `${value}, which is not a JSON object`,
  after: (ms, actor, act, line) => `${millis(ms)} after ${actor}'s ${act} (line ${line})`,
  request: (type) => type,
  labels: {
    bytes: "bytes",
    part: "part",
    end: "end",
    FIN: "FIN",
    change: "change",
    connection: "connection"
  },
  unfinished: (bytes) => `received ${count(bytes, "byte")} of an unfinished object`,
  cameInstead: {
    reply: (value) => `a reply came instead: ${value}`,
    event: (value) => `an event came instead: ${value}`,
    noise: (value) => `an event came instead: ${value}`
  },
  oneOfWas: (name = "nobody") => `"one of" was ${name}`,
  forOneOf: (names, expected) => `for one of ${names}: ${expected}`,
  noneCloser: (names) => `none of ${names} came closer`,
  beforeTheEnd: (expected) => `${expected} before the end`,
  gathered: (expected, count, all) => `${expected} (after ${count} of ${all})`,

  isConnected: (actor, purpose) => `${actor} is connected ${purpose}`,
  purposes: {
    disconnect: "to disconnect",
    cutOff: "to be cut off",
    goSilent: "to go silent",
    halfClose: "to half-close",
    stopReading: "to stop reading",
    readAgain: "to read again",
    askAsMember: "and logged in, to ask for the list",
    ask: "to ask for the list",
    sendPart: "to send part of an object",
    sendRest: "and has sent part of an object",
    network: "to have a bad network"
  },
  toSend: (text) => `to send ${text}`,
  staysConnected: (actor) => `${actor} stays connected`,
  refusal: 'a refusal: status other than "success", or the end of the connection',
  endAfterLogout: "the server ends the connection after a logout",
  noMoreMessages: "no more messages before it leaves",
  serverEnds: {
    either: "the server ends the connection",
    close: "the server ends the connection by close",
    reset: "the server ends the connection by reset"
  },
  afterTheLast: (value) => `${value} after what should have been the last`,
  goneFromList: (names) => `${names} gone from the list`,
  users: (users) => `users ${users}`,
  serverRestarts: "the server restarts",
  noLastingConnection: "no connection, or one that ends after at most one error",
  lastingConnection: "a connection that stays open",
  untilThen: (expected, meanwhile) => `${expected}, and until then only ${meanwhile}`,
  inTheEnd: (expected) => `${expected} in the end`,
  lastAnswer: (value) => `${value} as the last answer`,
  somebodyMeant: (phrase) => `somebody that "${phrase}" refers to`,
  nobodyLeft: "nobody is left",
  readsPart: "the server reads the part",
  stoppedReading: "it stopped reading",
  readsBytes: (bytes, actor) => `the server reads the ${count(bytes, "byte")} that ${actor} sends`,
  buffersFull: "it stopped reading, and all buffers in between are full",
  hiddenAnswer: (actor) =>
    `an answer to ${actor}'s hidden list request (sent to make sure that everything has arrived)`,
  only: (value) => `only ${value}`,
  doesItHang: "does the server still serve this connection, or does it hang?",
  noHalf: "no unfinished object at the end",
  half: (bytes) => `${count(bytes, "byte")} of an unfinished object`,
  session: (actor) => `${actor} has a session to go on with`,
  newcomer: (name) => `a new client can still log in at the end (as ${name})`,
  accepts: (address) => `${address} accepts a connection`,

  program: programs,

  seen: {
    received: (actor, value) => `${actor} received ${value}`,
    ownMessage: (actor, value) => `${actor} received its own message ${value}`,
    invented: (value) => `a client received a message that nobody sent: ${value}`,
    stray: (actor, stray) => `${actor} received ${stray} between two objects`,
    strays: { "zero byte": "a zero byte", "byte order mark": "a byte order mark" },
    unlined: (actor) => `${actor} received an object that was not on a line of its own`,
    noNewline: (actor) => `${actor} received an object without a newline after it`,
    irregular: {
      again: (actor, value) => `${actor} received a number that was not due any more: ${value}`,
      "ack out of place": (actor, value) =>
        `${actor} received an ack that stands before or behind the place of its message: ${value}`,
      "ack without number": (actor, value) => `${actor} received an ack without \`seq\`: ${value}`
    },
    numbersMissing: (actor, seq, value) => `${actor} was not shown ${seq}; what came instead is ${value}`,
    numberOfTwo: (seq, one, other) => `the number ${seq} names two messages, ${one} and ${other}`
  },
  heldInPassing: {
    "WIRE-1": "one line for each object",
    "PLAIN-1": "only replies and messages, for it asked for no feature",
    "MSG-1": "only messages that somebody sent",
    "MSG-3": "no message of its own",
    "ROOM-2": "no message of its own",
    "DM-1": "no message of its own",
    "SEQ-1": "numbers that rise by exactly 1",
    "SEQ-2": "each number once, in rising order, and none left out without a gap",
    "SEQ-3": "acks with the number of their message, in its place",
    "SEQ-4": "one message for each number"
  },

  notVaried: "its bytes matter, so --vary left its names as they are",
  cannotBeAsked: (actor) =>
    `${actor} cannot be asked if everything has arrived, so only the senders' answers show it (weaker)`,
  settles: (ms) => `the server does not answer list, so the harness waits ${millis(ms)} instead`,
  idle: (actor, fault, line) => `${actor}'s ${fault} (line ${line}) affected no bytes, so nothing was proved`,
  chaosSaved: (file) => `without --chaos the scenario passes; as it was played here it is saved as ${file}`,
  chaosNotSaved: (file) =>
    `without --chaos the scenario passes; as it was played here it cannot be saved as ${file}`,
  strangersIgnored: "strangers are connected: they and what they say are ignored",
  strangersUnknown: "cannot tell whether strangers are connected: nobody answers list",
  strangers: (names) => `strangers are connected: ${names}`,
  strangersHold: (names) => `strangers are logged in as ${names}`,
  cannotRestart: "this target cannot be restarted",
  cannotHalfClose: "over a WebSocket no side alone can end (this is about TCP)",
  doesNotClaim: (need) => `this target does not claim ${need}`,
  notPlayed: {
    bail: "not played: the run stopped at a failure (--bail)",
    "target lost": "not played: the target was lost earlier",
    "nobody logs in": "not played: nobody can log in (--no-bail plays it all the same)"
  }
}
