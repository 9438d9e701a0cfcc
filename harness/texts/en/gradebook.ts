import type { GradebookTexts } from "../Gradebook.ts"

/** The pages about a class in English. */
export const gradebook: GradebookTexts = {
  notPlayed: "not played",
  notAsked: "not asked for",
  outOf: (earned, max) => `${earned} of ${max}`,
  submissions: (count) => `${count} submission${count === 1 ? "" : "s"}`,
  waiting: (count) => `${count} still to be graded`,
  median: (marks) => `median ${marks}`,
  student: "Submission",
  marks: "Marks",
  outcome: "Outcome",
  clauses: "Clauses",
  report: "report",
  inWords: "in words",
  hiddenScenario: "a hidden scenario",
  passedBy: "passed by",
  suspect: "Nearly everybody fails these: suspect the scenario before the students",
  suspectThis: "nearly everybody fails it: suspect the scenario",
  notContained: "Not contained: they could read what you can read, and reach the network",
  inconclusive: "Inconclusive: this machine could not judge them, so they have no marks; grade them again",
  unsteady: "Unsteady: these failed a scenario once and passed it when it was played again",
  keys: "Choose a cell with a click or the arrow keys to see what went wrong; Enter opens the report there.",
  page: {
    title: (name) => `Report on ${name}`,
    noMarks: "no marks: it could not be judged",
    log: "The end of what it wrote:",
    causes: "What failed",
    nothingFailed: "Nothing failed.",
    likeliest: "The likeliest mistake:",
    otherScenarios: "Scenarios about no clause",
    notReached: "Not reached",
    notReachedWhy:
      "Something above stood in the way of these. They earn nothing yet, and are not called wrong.",
    notPlayedWhy: "These were not played.",
    undecided: "Undecided",
    undecidedWhy: "The machine that grades could not decide these.",
    marks: (level) => `Marks for ${level}`,
    conditions: "How it was graded",
    contained: "In a sandbox of its own: it could reach its own folder and nothing else.",
    notContained: "Without a sandbox.",
    gradedAt: (date, span) => `On ${date}, in ${span}.`,
    unsteady: (scenarios) =>
      `Some scenarios failed and passed when they were played again: ${scenarios}. They do not count as failed, but something is left to chance: look for threads that share data without a lock.`
  }
}
