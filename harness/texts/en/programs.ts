import type { ProgramTexts } from "../Programs.ts"

/** What is said of programs, in plain English. */
export const programs: ProgramTexts = {
  starts: "a terminal for the program",
  connects: (actor, port) => `${actor}'s program connects to 127.0.0.1:${port}`,
  noConnection: "no connection",
  sends: (actor, request) => `${actor}'s program sends ${request}`,
  granted: (name) => `our server grants the name ${name}`,
  refusedIt: "a refusal",
  noJson: (bytes) => `bytes that are not JSON: ${bytes}`,
  nothingMore: (actor) => `${actor}'s program sends only what was typed, and that once`,
  shows: (texts) => `${texts} on its screen`,
  hasShown: (texts) => `shows ${texts}`,
  holdsBack: {
    nothing: "gets what was held back",
    replies: "gets no replies for now",
    everything: "gets nothing for now"
  },
  notThere: "a screen without it",
  tooEarly: "it only before what was looked for last",
  from: (text, name) => `the name "${name}" beside ${text} on its screen`,
  times: (text, times) =>
    times === 0
      ? `no ${text} on its screen`
      : `${text} ${times === 1 ? "once" : `${times} times`} on its screen`,
  quits: (actor) => `${actor}'s program closes its connection and ends`,
  staysConnected: "it stays connected",
  goesOn: "it goes on without a connection",
  ended: (how) => `its program ended (${how})`,
  tellsRefusal: "something new on its screen after the refusal, or the end of the program",
  tellsEnd: "something new on its screen after the end of the connection, or the end of the program",
  nothingNew: "nothing new, and it goes on",
  floods: "a screen that it fills without end",

  noClient: "it judges a client: name one with --client",
  noProgram: "nobody in it sits at a client",
  notHere: "clients are judged at our own server alone",
  noWord: { list: "this client has no word for the list", quit: "this client has no word for quitting" },
  onePort: "two programs cannot share a port that is compiled in",
  noTerminal: "there is no terminal for a program: it needs the command `script` of util-linux",
  notTheClient: (received) => `something else than the client went wrong: ${received}`
}
