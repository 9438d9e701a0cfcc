import { runner } from "../../src/Invocation.ts"
import { fstatSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { linesOf } from "../../src/wire/Lines.ts"
import { Failure } from "../../src/commands/Cli.ts"
import { standardOutput } from "../../src/commands/Stdio.ts"
import { Screen } from "../report/Output.ts"
import { openStage } from "../run/OpenStage.ts"
import { Session } from "../repl/Session.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import { english } from "../texts/en.ts"
import { exitCodes } from "./exitCodes.ts"
import { runFlags, targetFlags } from "./flags.ts"
import { chooseTarget, whyMute } from "./target.ts"

/** `pnpm repl`: the sentences of scenarios, live; from a pipe, a scripted client. */
export const repl = Command.make(
  "repl",
  {
    ...targetFlags,
    timeoutScale: runFlags.timeoutScale,
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("from a pipe: one line of JSON for each event"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* (input) {
    const target = yield* chooseTarget({ ...input, locale: english })
    const setting = {
      cast: new Map(),
      ignoring: [],
      target,
      knowledge: new TargetKnowledge(),
      timeScale: input.timeoutScale,
      texts: english
    }
    const stage = yield* Effect.mapError(
      openStage(setting),
      ({ lastLines, reason }) => new Failure([reason, ...lastLines].join("\n"), exitCodes.targetLost)
    )
    const session = new Session(stage)
    if (process.stdin.isTTY && !input.json) {
      const { converse } = yield* Effect.promise(() => import("../repl/Prompt.ts"))
      const { style } = new Screen(process.env).writing
      const isDumb = process.env["TERM"] === "dumb"
      return yield* converse(session, { input: process.stdin, output: process.stdout, isDumb }, style)
    }
    if (fstatSync(process.stdin.fd).isDirectory())
      return yield* Effect.fail(new Failure("standard input is a folder, not a script", exitCodes.usage))
    const { jsonLines, plain, playScript } = yield* Effect.promise(() => import("../repl/Script.ts"))
    const end = yield* playScript(session, linesOf(process.stdin), input.json ? jsonLines : plain, (text) =>
      standardOutput.write(text)
    )
    const { happenings } = stage.transcript
    const whyNothing = end.result === "failed" ? yield* whyMute(input, happenings, english) : undefined
    if (whyNothing !== undefined) return yield* Effect.fail(new Failure(whyNothing, exitCodes.targetLost))
    if (end.message !== undefined) return yield* Effect.fail(new Failure(end.message, exitCodes[end.result]))
  }, Effect.scoped)
).pipe(
  Command.withDescription(
    "The sentences of scenarios, live, with several actors in one window; from a pipe a scripted client, whose exit code is that of a scenario"
  ),
  Command.withExamples([
    { command: `${runner} repl`, description: "against our own server, started for the session" },
    {
      command: `${runner} repl --connect 127.0.0.1:12345`,
      description: "against a server that is already running"
    },
    {
      command: `${runner} repl --json < script.txt`,
      description: "a script, one line of JSON for each event"
    }
  ])
)
