import { tlsAdvice } from "../../../src/net/SpeaksTls.ts"
import { millis } from "../../Format.ts"
import type { TargetTexts } from "../Targets.ts"

/** Targets in English. */
export const targets: TargetTexts = {
  ended: (how, port) => `it ended (${how}) before it listened on port ${port}`,
  inBackground: (ended) => `${ended}; if it goes on in the background, start it in the foreground`,
  lacksVariables: (ended) =>
    `${ended}; it was started without your variables: pass on what it needs, such as --env GOPATH`,
  cannotStart: (why) => `this machine cannot start it (${why})`,
  tooSlow: (port, ms) => `it did not listen on port ${port} within ${millis(ms)}`,
  portTaken: (port) => `another program listens on port ${port} already; end it first`,
  noPort: (host, why) => `nobody can listen on ${host} here (${why}): is the loopback interface up?`,
  leftBehind: (commands) =>
    `left in the background, and ended with the scenario: ${commands}; start the server in the foreground`,
  more: (count) => `${count} more`,
  nobodyAccepts: (address, elsewhere) =>
    `nobody accepts connections at ${address}${elsewhere === undefined ? "" : `, but somebody does at ${elsewhere}`}`,
  cannotConnect: (address, why) => `cannot connect to ${address}: ${why}`,
  speaksTls: tlsAdvice.missing,
  reasons: {
    "connection refused": "connection refused: nothing is listening there",
    "no answer": "no answer"
  },
  troubles: {
    "open files": () => "the harness may open no more connections: raise its limit, as in ulimit -n 4096",
    "no port left": () => "this machine has no port left for one more connection: wait a minute",
    "no memory": () => "this machine has no memory left for one more connection",
    "no way": (host) => `there is no way from here to ${host}: is the network up?`,
    forbidden: (host) => `this machine forbids connections to ${host}: is there a firewall?`,
    "no such name": (host) => `the name ${host} cannot be looked up: is it right, and the network up?`,
    "other name": (host) => `the server's certificate is for another name than ${host}`,
    "not valid now": () => "the server's certificate is not valid now: is the clock right?",
    "not trusted": () => "the server's certificate is not trusted: pass it with --ca FILE",
    "no TLS": () => tlsAdvice.unwanted
  }
}
