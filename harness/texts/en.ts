import { runner } from "../../src/Invocation.ts"
import { millis } from "../Format.ts"
import type { Catalogue } from "./Catalogue.ts"
import { clauses } from "./en/clauses.ts"
import { grading } from "./en/grading.ts"
import { gradebook } from "./en/gradebook.ts"
import { mistakes } from "./en/mistakes.ts"
import { patterns, play } from "./en/play.ts"
import { targets } from "./en/targets.ts"

const scenarios = (count: number): string => `${count} scenario${count === 1 ? "" : "s"}`

/** Advice for programs that misuse memory. */
const sanitized = "build it with -g -fsanitize=address to see where"

/** The texts in English. */
export const english: Catalogue = {
  language: "en",
  span: millis,
  tenths: (number) => number.toFixed(1),
  clauses,
  mistakes,
  patterns,
  play,
  targets,
  grading,
  gradebook,
  explanation: {
    why: "Why it matters",
    mistakes: "Usual mistakes",
    likeliest: "The likeliest mistake",
    scenarios: "Scenarios about it",
    clauses: "Clauses it is about",
    steps: "Steps",
    play: "Play",
    more: "More",
    unknown: (name, suggestion) => `there is no clause or scenario "${name}"${suggestion}`
  },
  report: {
    against: (count, target) => `${scenarios(count)} against ${target}`,
    seed: (seed) => `seed ${seed}`,
    verdicts: {
      passed: "passed",
      failed: "failed",
      not_reached: "not reached",
      skipped: "skipped",
      inconclusive: "inconclusive"
    },
    signs: { passed: "pass", failed: "FAIL", warned: "warn" },
    labels: {
      story: "story",
      note: "note",
      nodes: "nodes",
      server: "server",
      screen: "screen",
      also: "also",
      hides: "hides"
    },
    expected: "expected",
    received: "received",
    detail: "detail",
    hint: "hint",
    because: "because",
    theEnd: "the end of the scenario",
    within: (ms) => `within ${millis(ms)}`,
    more: (count) => `and ${count} more`,
    serverEnded: (how) => `the server ended: ${how}`,
    beforeFirstStep: "before the first step:",
    unexpectedPass: "unexpected pass: targets.yaml lists it as a known failure",
    hides: (count) => `${scenarios(count)} could not be judged because of it`,
    counts: {
      passed: (count) => `${count} passed`,
      failed: (count) => `${count} failed`,
      notReached: (count) => `${count} not reached`,
      warned: (count) => `${count} warned (should or may)`,
      known: (count) => `${count} known to fail`,
      skipped: (count) => `${count} skipped`,
      inconclusive: (count) => `${count} inconclusive`
    },
    inTime: (ms) => `in ${millis(ms)}`,
    becauseOf: (counted, reason) => `${counted}: ${reason}`,
    targetLost: (reason) => `the target was lost: ${reason}`,
    scenariosFailed: (count) => `${scenarios(count)} failed`,
    waiting: (how = "all passed", files) => `${how} · waiting for changes in ${files} (Ctrl-C ends)`,
    scenariosInconclusive: (count) => `${scenarios(count)} inconclusive`
  },
  html: {
    causes: "What failed",
    clauses: "Clauses",
    scenarios: "Scenarios",
    weights: {
      passed: "passed",
      failed: "failed",
      notReached: "not reached",
      warned: "warned",
      known: "known to fail",
      skipped: "skipped",
      inconclusive: "inconclusive"
    },
    steps: { passed: "passed", failed: "failed", unplayed: "not played" },
    playAgain: "Play it again",
    explain: "Explain it",
    file: "Scenario file",
    exchange: "Exchange",
    server: "server",
    sends: (actor) => `${actor} sends: `,
    receives: (actor) => `${actor} receives: `,
    fence: (actors) => `hidden list requests of ${actors}`,
    left: (rows) => `${rows} more left out`,
    inPassing: "in passing",
    bytes: {
      heading: "Bytes",
      close: "Close",
      step: "line {n}",
      sent: "{n} bytes sent at",
      received: "{n} bytes received at",
      cut: "… {n} more bytes",
      notKept: "Its bytes were not kept: --trace on keeps those of scenarios that pass, too."
    }
  },
  diagram: {
    theServer: (act) => `the server ${act}`,
    otherwise: "otherwise",
    refusal: "a refusal",
    atTheSameTime: "at the same time",
    times: (count) => `${count} times`,
    firstBytes: (request, count) => `${request} (the first ${count} bytes)`,
    theRest: "(the rest)"
  },
  hints: {
    sentBack: (actor) => `this is what ${actor} sent: your server sent the request back`,
    signals: {
      SIGPIPE:
        "the program was ended by writing to a closed connection: send(…, MSG_NOSIGNAL), or signal(SIGPIPE, SIG_IGN) at the start",
      SIGSEGV: `the program used memory that is not its own; ${sanitized}`,
      SIGBUS: `the program used memory that is not there; ${sanitized}`,
      SIGABRT: `the program gave up: an exception that nobody caught, a failed assertion or damaged memory; ${sanitized}`,
      SIGFPE: "the program divided by zero",
      SIGILL: `the program ran into an invalid instruction, as after a missing return; ${sanitized}`,
      SIGKILL: "something ended the program from outside, often because it took too much memory"
    },
    addressInUse: "another program has this port, or the server lacks SO_REUSEADDR before bind",
    oneNode: (node) => `does it hold at one node alone? Play it with --connect ${node}`
  },
  unreadable: {
    "not UTF-8": "this byte is not UTF-8",
    "zero byte": "a zero byte: send as many bytes as the text has (strlen)",
    "single quote": "JSON has double quotes",
    "control character": "has to be escaped in a string: \\n, \\t",
    unexpected: "this is not JSON from here on",
    "too large": "the object goes on and on",
    unfinished: "the object does not end"
  },
  meaning: {
    musts: ({ all, failed, hold, notReached }) =>
      hold === all
        ? `All ${all} must clauses hold.`
        : `${hold} of ${all} must clauses hold, ${failed} failed, ${notReached} not reached.`,
    mendFirst: "Mend first:",
    folded: (count, clauses) =>
      `${count} should or may scenario${count === 1 ? "" : "s"} did not pass${clauses === "" ? "" : ` (${clauses})`}; --all shows them.`
  },
  next: {
    lessons: {
      login: "login",
      message: "messages",
      list: "list",
      leave: "leaving",
      frames: "framing",
      crowds: "crowds",
      extras: "extras",
      rooms: "rooms",
      client: "your client"
    },
    passed: (count, all) => `${count} of ${all}`,
    progress: ({ all, hold }) =>
      hold === all ? `All ${all} must clauses hold.` : `${hold} of ${all} must clauses hold so far.`,
    all: [`Next: what a careful server does. ${runner} scenario --level should`],
    again: "Again",
    failed: "there is something to mend"
  }
}
