import { createHash } from "node:crypto"
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  statSync,
  symlinkSync,
  utimesSync
} from "node:fs"
import { basename, matchesGlob } from "node:path"
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
  for (const { kind, place, stats } of walk(path)) {
    const [from, to] = [within(path, place), within(filesIn(folder), place)]
    if (kind === "folder") mkdirSync(to)
    if (kind === "link") symlinkSync(readlinkSync(from, "buffer"), to)
    if (kind !== "file") continue
    copyFileSync(from, to)
    utimesSync(to, stats.atime, stats.mtime) // or `make` might take what is older for newer
  }
  return folder
}

/** All that is in a folder, as far as that is not too much. */
class Tree {
  readonly files: Array<string> = []
  readonly hash = createHash("sha256")
  readonly isTooLarge: boolean

  constructor(folder: string) {
    let [entries, bytes] = [0, 0]
    for (const { kind, place, stats } of walk(folder)) {
      entries++
      if (kind === "file") bytes += stats.size
      if (entries > entriesMax || bytes > bytesMax) break
      this.hash.update(`${kind} ${stats.mode} `).update(place).update("\0")
      if (kind === "link") this.hash.update(readlinkSync(within(folder, place), "buffer")).update("\0")
      if (kind !== "file") continue
      this.hash.update(`${stats.size} `).update(readFileSync(within(folder, place)))
      this.files.push(place.toString())
    }
    this.isTooLarge = entries > entriesMax || bytes > bytesMax
  }
}

/** Something in a folder; its place is seen from there, in bytes: an archive from elsewhere has names that are no UTF-8. */
interface Item {
  readonly kind: "file" | "folder" | "link" | undefined
  readonly place: Buffer
  readonly stats: Stats
}

function* walk(folder: string, place = Buffer.alloc(0)): Generator<Item> {
  for (const name of readdirSync(within(folder, place), "buffer").toSorted(Buffer.compare)) {
    const item = Buffer.concat([place, slash, name])
    const stats = lstatSync(within(folder, item))
    const kind = kindOf(stats)
    yield { kind, place: item, stats }
    if (kind === "folder") yield* walk(folder, item)
  }
}

const slash = Buffer.from("/")

const within = (folder: string, place: Buffer): Buffer => Buffer.concat([Buffer.from(folder), place])

const kindOf = (stats: Stats): Item["kind"] => {
  if (stats.isFile()) return "file"
  if (stats.isDirectory()) return "folder"
  return stats.isSymbolicLink() ? "link" : undefined
}
