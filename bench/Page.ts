import { capitalised } from "./Notes.ts"
import { headline, measuredSections, sectionTable, targetTable, withSpread } from "./Report.ts"
import { outcome, type Result } from "./Result.ts"
import { saturated } from "./sections/Saturated.ts"
import { markdown } from "./Table.ts"

/** The page with all that was measured, in Markdown; the plot is a file beside it. */
export const page = (result: Result, plot: string): string =>
  [
    "# Benchmarks",
    `Written by \`pnpm bench --write\`: ${headline(result)}. \`pnpm bench\` measures the same on your machine.`,
    `![What one delivery costs on each server](${plot})`,
    caption(result),
    "## Targets",
    markdown(targetTable(result)),
    ...measuredSections(result).flatMap((section) => [
      `## ${section.name}`,
      `${capitalised(section.about)}.`,
      markdown(sectionTable(result, section))
    ]),
    ...(result.notes.length === 0 ? [] : ["## Notes", result.notes.map((note) => `- ${note}`).join("\n")]),
    "## How it is measured",
    method
  ].join("\n\n") + "\n"

/** What the plot shows. */
const caption = ({ date, machine }: Result): string =>
  `CPU time of the server for one message to one client: 1,000 clients, 64-byte messages, ${machine.processors} × ${machine.processor}, ${date.slice(0, 10)}.`

/** The headline for the README, in one line. */
export const excerpt = (result: Result, pageFile: string): string => {
  const found = outcome(result, "palabre", "saturated", saturated.figures["saturated"]!)
  const all = `[all figures, and how they are measured](${pageFile})`
  return found?.ratio === undefined
    ? `What a message costs: ${all}.`
    : `Saturated, palabre takes ${withSpread(found.ratio, "×")} × the CPU time of the best server that we can write by hand on \`node:net\`: ${all}.`
}

const method = `- **A delivery** is one message that reaches one client. Clients, senders (ten) and content (64 bytes) are the same for
  every server; all of it is on 127.0.0.1.
- **The load generator** (\`bench/generator/\`, C++, compiled on the spot) is a process of its own: one epoll loop that
  drives all clients and counts every delivery by a mark in its content. Where it was the bottleneck, or late, the notes
  say so.
- **CPU** is the time of all threads of the server, user and system, from the kernel's clock of that process, between the
  first byte of a phase and its last delivery. **Memory** is its resident set in \`/proc\`.
- **Rounds**: in each round every server is started afresh, visited, and killed; the servers take turns, and every other
  round goes the other way round. A ratio is against the reference in the same round: figures of different minutes or
  machines are never compared. Cells show the middle of the rounds and, in brackets, the least and the most.
- **Latency** counts from the moment a message was due, so that a late generator cannot hide a slow server.
- **Acknowledgements** count from the moment a message was due, too. The file is in the system's folder for temporary
  files; where that is in memory, \`TMPDIR\` should name one on a disk.
- **Pauses** are seen from outside: pings on a connection of their own, sent every 2 ms whether or not the last one was
  answered, timed by when the kernel took in the answer.
- **The hand-written servers** (\`bench/servers/\`) have no limits, checks or rules. They are what is left when everything but
  the work itself is taken away: the floor, not a rival.
- A busy machine makes every figure worse and the ratios wider. Close what you can, and look at the brackets first.`
