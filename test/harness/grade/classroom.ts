import { execFile } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Grade } from "../../../harness/grade/Grade.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const program = fileURLToPath(new URL("../../../harness/main.ts", import.meta.url))
const chat = fileURLToPath(new URL("chat.mjs", import.meta.url))

interface Ran {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

/** A class in a folder of its own, whose submissions are servers in JavaScript; it is removed at the end of the tests. */
export class Classroom {
  readonly folder = temporaryFolder()
  /** The variables of the teacher. */
  readonly env: Record<string, string>
  /** Where the teacher's programs keep what is temporary. */
  readonly temporary: string

  constructor() {
    this.temporary = this.path("temporary")
    mkdirSync(this.temporary)
    this.env = { TMPDIR: this.temporary }
    this.put("reference", `import { serve } from "./chat.mjs"\nserve(process.argv[2])\n`)
  }

  path(...names: ReadonlyArray<string>): string {
    return join(this.folder, ...names)
  }

  write(text: string, ...names: ReadonlyArray<string>): string {
    const file = this.path(...names)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  /** Hands in a server: the text of its `server.mjs`, and more files. */
  put(name: string, server: string, more: Readonly<Record<string, string>> = {}): void {
    const place = name === "reference" ? [name] : ["rendus", name]
    for (const [file, text] of Object.entries({ "server.mjs": server, ...more }))
      this.write(text, ...place, file)
    copyFileSync(chat, this.path(...place, "chat.mjs"))
  }

  /** Writes the class file: what every class of these tests has, and these lines. */
  rules(...lines: ReadonlyArray<string>): void {
    this.write(
      [
        "submissions: rendus/*",
        "reference: reference",
        `readable: [${JSON.stringify(dirname(process.execPath))}]`,
        `javascript: { start: "${process.execPath} server.mjs {port}" }`,
        ...lines,
        ""
      ].join("\n"),
      "class.yaml"
    )
  }

  /** Runs `pnpm grade` as the teacher would. */
  grade(...flags: ReadonlyArray<string>): Promise<Ran> {
    return this.start(...flags).ended
  }

  /** The same, to be watched and interrupted. */
  start(...flags: ReadonlyArray<string>) {
    const env = { ...process.env, ...this.env }
    const { promise, resolve } = Promise.withResolvers<Ran>()
    const child = execFile(
      process.execPath,
      [program, "grade", this.path("class.yaml"), ...flags],
      { env },
      (error, out, err) => resolve({ code: error?.code ?? 0, out, err })
    )
    return {
      ended: promise,
      interrupt: () => child.kill("SIGINT"),
      /** Waits for a text in its output. */
      until: (pattern: RegExp) =>
        new Promise<void>((done) => {
          let text = ""
          child.stdout!.on("data", (data: string) => pattern.test((text += data)) && done())
        })
    }
  }

  gradeOf(name: string): Grade {
    return JSON.parse(readFileSync(this.path("grades", name, "grade.json"), "utf8")) as Grade
  }

  /** Makes bubblewrap fail, as it does where the system allows no namespaces. */
  withoutBubblewrap(): void {
    const file = this.write("#!/bin/sh\nexit 1\n", "bin", "bwrap")
    chmodSync(file, 0o755)
    this.env["PATH"] = `${dirname(file)}:${process.env["PATH"]}`
  }
}
