import { createHash } from "node:crypto"
import { cpSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs"
import { basename, join, matchesGlob } from "node:path"
import { filesIn, workplace } from "../../process/Sandbox.ts"
import type { ClassFile, Program } from "./ClassFile.ts"
import { languages } from "./Languages.ts"

/** The folder of somebody, read as far as it can be. */
export interface Submission {
  readonly name: string
  readonly path: string
  /** Changes with everything that is in it. */
  readonly digest: string
  /** How it becomes a server; none where nothing in it says so, or where it cannot be read. */
  readonly program?: Program | undefined
  /** Why it cannot be judged, if so. */
  readonly trouble?: Trouble
}

/** The reasons for which a submission is not even copied. */
type Trouble = "no folder" | "too large" | "unreadable" | "no program"

/** The most that a submission may hold. */
const bytesMax = 1_073_741_824
const entriesMax = 100_000

/** Reads the folder of somebody. */
export const readSubmission = (path: string, rules: ClassFile): Submission => {
  const name = basename(path)
  try {
    if (!statSync(path).isDirectory()) return { name, path, digest: "", trouble: "no folder" }
    const tree = new Tree(path)
    const digest = tree.hash.digest("hex")
    if (tree.isTooLarge) return { name, path, digest, trouble: "too large" }
    const program = programOf(name, tree.files, rules)
    return { name, path, digest, program, ...(program === undefined && { trouble: "no program" }) }
  } catch {
    return { name, path, digest: "", trouble: "unreadable" }
  }
}

/** The program that is meant for it: by its name, by the first language that it has a file of, or that of the class. */
const programOf = (name: string, files: ReadonlyArray<string>, rules: ClassFile): Program | undefined =>
  rules.folders.get(name) ??
  rules.languages.find(({ language }) =>
    files.some((file) => languages[language].some((pattern) => matchesGlob(basename(file), pattern)))
  )?.program ??
  rules.program

/** A copy of a submission that it may work in; links are copied as links, what is neither file nor folder not at all. */
export const copyOf = ({ path }: Submission): string => {
  const folder = workplace()
  cpSync(path, filesIn(folder), {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (from) => kindOf(from) !== undefined
  })
  return folder
}

/** All that is in a folder, as far as that is not too much. */
class Tree {
  readonly files: Array<string> = []
  readonly hash = createHash("sha256")
  private entries = 0
  private bytes = 0

  constructor(folder: string) {
    this.walk(folder, "")
  }

  get isTooLarge(): boolean {
    return this.entries > entriesMax || this.bytes > bytesMax
  }

  private walk(folder: string, place: string): void {
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(folder, name)
      this.entries++
      if (this.isTooLarge) return
      this.add(path, `${place}/${name}`)
    }
  }

  private add(path: string, place: string): void {
    const kind = kindOf(path)
    this.hash.update(`${kind} ${place}\0`)
    if (kind === "folder") return this.walk(path, place)
    if (kind === "link") return void this.hash.update(`${readlinkSync(path)}\0`)
    if (kind === undefined) return
    const { mode, size } = lstatSync(path)
    this.bytes += size
    if (this.isTooLarge) return
    this.files.push(place)
    this.hash.update(`${mode} ${size}\0`).update(readFileSync(path))
  }
}

const kindOf = (path: string): "file" | "folder" | "link" | undefined => {
  const stats = lstatSync(path)
  if (stats.isFile()) return "file"
  if (stats.isDirectory()) return "folder"
  return stats.isSymbolicLink() ? "link" : undefined
}
