import type { Locale } from "../../src/settings/Locales.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { PatternTexts } from "../language/PatternTexts.ts"
import type { MistakeId } from "./Cures.ts"
import type { GradingTexts } from "./Grading.ts"
import type { GradebookTexts } from "./Gradebook.ts"
import type { PlayTexts } from "./Play.ts"
import type { TargetTexts } from "./Targets.ts"

/** A clause for people: `title` is what must hold, as a part of a sentence; `rule` and `why` are sentences. */
interface ClauseTexts {
  readonly title: string
  readonly rule: string
  readonly why: string
}

/** A usual mistake: what is done, and what to do instead. */
interface MistakeTexts {
  readonly title: string
  readonly cure: string
}

/** The headings of an explanation. */
interface ExplanationTexts {
  readonly why: string
  readonly mistakes: string
  readonly likeliest: string
  readonly scenarios: string
  readonly clauses: string
  readonly steps: string
  readonly play: string
  readonly more: string
  /** Neither a clause nor a scenario; `suggestion` is a question, or nothing. */
  readonly unknown: (name: string, suggestion: string) => string
}

/** The words of reports on failures. */
interface ReportTexts {
  readonly against: (scenarios: number, target: string) => string
  readonly seed: (seed: number) => string
  /** In front of a scenario or a cause. */
  readonly signs: { readonly [sign in "passed" | "failed" | "warned"]: string }
  readonly verdicts: {
    readonly [verdict in "passed" | "failed" | "not_reached" | "skipped" | "inconclusive"]: string
  }
  /** In the margin, of at most seven letters. */
  readonly labels: {
    readonly [label in "story" | "note" | "nodes" | "server" | "screen" | "also" | "hides"]: string
  }
  /** Beside a step, of at most nine letters. */
  readonly expected: string
  readonly received: string
  readonly detail: string
  readonly hint: string
  readonly because: string
  readonly theEnd: string
  readonly within: (ms: number) => string
  readonly more: (count: number) => string
  readonly serverEnded: (how: string) => string
  readonly beforeFirstStep: string
  readonly unexpectedPass: string
  readonly hides: (count: number) => string
  /** The result of a run: a part of a line for each, if there are any. */
  readonly counts: {
    readonly [what in "passed" | "failed" | "notReached" | "warned" | "known" | "skipped" | "inconclusive"]: (
      count: number
    ) => string
  }
  readonly inTime: (ms: number) => string
  /** How many were not judged, and why. */
  readonly becauseOf: (counted: string, reason: string) => string
  /** Why the command fails. */
  readonly targetLost: (reason: string) => string
  readonly scenariosFailed: (count: number) => string
  readonly scenariosInconclusive: (count: number) => string
  /** What a run came to that is played again once something changes. */
  readonly waiting: (how: string | undefined, files: string) => string
}

/** The reasons why bytes are not JSON, said below the place where they cease to be. */
export type UnreadableTexts = {
  readonly [
    fault in
      | "not UTF-8"
      | "zero byte"
      | "single quote"
      | "control character"
      | "unexpected"
      | "too large"
      | "unfinished"
  ]: string
}

/** Likely meanings of failures. */
interface HintTexts {
  readonly sentBack: (actor: string) => string
  readonly signals: { readonly [signal: string]: string }
  readonly addressInUse: string
  /** Of a server of several nodes: how to find out if they are the reason. */
  readonly oneNode: (node: string) => string
}

/** The numbers of clauses that must hold, and do. */
interface Musts {
  readonly all: number
  readonly hold: number
  readonly failed: number
  readonly notReached: number
}

/** The words for somebody who is still writing a server. */
interface NextTexts {
  readonly lessons: {
    readonly [
      lesson in "login" | "message" | "list" | "leave" | "frames" | "crowds" | "extras" | "rooms" | "client"
    ]: string
  }
  readonly passed: (count: number, all: number) => string
  readonly progress: (musts: Musts) => string
  /** Where everything passes. */
  readonly all: ReadonlyArray<string>
  readonly again: string
  /** Why the command fails. */
  readonly failed: string
}

/** The last words of a report. */
interface MeaningTexts {
  readonly musts: (musts: Musts) => string
  readonly mendFirst: string
  /** Failures that are not shown: their number, and their clauses. */
  readonly folded: (count: number, clauses: string) => string
}

/** The words of the report in HTML. */
interface HtmlTexts {
  readonly causes: string
  readonly clauses: string
  readonly scenarios: string
  /** The result of one scenario. */
  readonly weights: {
    readonly [
      weight in "passed" | "failed" | "notReached" | "warned" | "known" | "skipped" | "inconclusive"
    ]: string
  }
  readonly steps: { readonly [state in "passed" | "failed" | "unplayed"]: string }
  readonly playAgain: string
  readonly explain: string
  readonly file: string
  readonly exchange: string
  readonly server: string
  readonly sends: (actor: string) => string
  readonly receives: (actor: string) => string
  readonly fence: (actors: string) => string
  readonly left: (rows: number) => string
  readonly inPassing: string
  readonly bytes: BytesTexts
}

/** The words of a diagram that stand in no scenario. */
interface DiagramTexts {
  readonly theServer: (act: string) => string
  readonly otherwise: string
  readonly refusal: string
  readonly atTheSameTime: string
  readonly times: (count: number) => string
  readonly firstBytes: (request: string, count: number) => string
  readonly theRest: string
}

/** The words of the bytes of a selection; the page itself puts them together, `{n}` becomes a number. */
interface BytesTexts {
  readonly heading: string
  readonly close: string
  readonly step: string
  readonly sent: string
  readonly received: string
  readonly cut: string
  readonly notKept: string
}

/** All that reports and explanations say to people, in one language. */
export interface Catalogue {
  /** The language of the texts, as HTML names it: `en`. */
  readonly language: Locale
  /** A span of time in the unit that fits it. */
  readonly span: (ms: number) => string
  /** A number with one decimal. */
  readonly tenths: (number: number) => string
  readonly clauses: { readonly [clause in ClauseId]: ClauseTexts }
  readonly mistakes: { readonly [mistake in MistakeId]: MistakeTexts }
  readonly patterns: PatternTexts
  readonly play: PlayTexts
  readonly targets: TargetTexts
  readonly gradebook: GradebookTexts
  readonly explanation: ExplanationTexts
  readonly report: ReportTexts
  readonly html: HtmlTexts
  readonly diagram: DiagramTexts
  readonly hints: HintTexts
  readonly unreadable: UnreadableTexts
  readonly meaning: MeaningTexts
  readonly next: NextTexts
  readonly grading: GradingTexts
}
