import type { GradingTexts } from "../Grading.ts"

/** Grading in English. */
export const grading: GradingTexts = {
  outcomes: {
    graded: "graded",
    nothing_to_run: "nothing to run",
    not_built: "does not build",
    not_started: "does not start",
    timed_out: "out of time",
    inconclusive: "inconclusive"
  },
  troubles: {
    "no folder": "this is not a folder: unpack it first",
    "too large": "the folder is larger than 1 GiB, or has more than 100,000 entries",
    unreadable: "the folder cannot be read",
    "no program": "the folder has no file of a language that the class file names"
  },
  notBuilt: (how) => `the build failed (${how})`,
  buildTooLong: (span) => `the build took longer than ${span}`,
  timedOut: (span) => `building and judging took longer than ${span}; what was not played does not count`,
  notCopied: (why) => `the folder could not be copied: ${why}`,
  judgeEnded: "judging ended by itself, which is no fault of the submission",
  limits: {
    memory: (most) => `memory limit reached (${most}): the program was killed`,
    processes: (most) => `process limit reached (${most} processes and threads): the program was killed`,
    cpu: (most) => `CPU time limit reached (${most}): the program was killed`,
    disk: (most) => `disk limit reached (${most}): the program was killed`
  },
  failed: (expected, received) => `expected ${expected}, received ${received}`,
  notContained:
    "not contained: bubblewrap (bwrap) does not work here, so submissions can read your files and use the network, and are judged one at a time",
  begins: (submissions, left) =>
    left === submissions ? `${submissions} to grade` : `${left} of ${submissions} left to grade`,
  reference: "the reference",
  referenceHolds: "the reference passes everything",
  referenceFails: (where) => `the reference does not pass, so nobody is graded: ${where}`,
  counts: (passed, failed, others) => `clauses: ${passed} hold, ${failed} failed, ${others} not judged`,
  unsteady: (scenarios) => `failed only once: ${scenarios}`,
  progress: (graded, all) => `${graded} of ${all} graded`,
  timeLeft: (span) => `about ${span} left`,
  written: (folder) => `written to ${folder}`,
  nothingGraded: "nothing could be graded",
  someInconclusive: (count) =>
    `${count} submission${count === 1 ? " is" : "s are"} inconclusive: run it again to grade what is left`,
  noSuchSubmission: (name, suggestion) => `there is no submission "${name}"${suggestion}`
}
