import { spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { once } from "node:events"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { createInterface } from "node:readline"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { LogFailure } from "../../src/log/Failure.ts"
import { SqliteFile, type SqliteOptions } from "../../src/log/SqliteFile.ts"
import { openToRead, openToWrite, steps } from "../../src/log/SqliteSchema.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

let folder: string
let path: string
const files: Array<SqliteFile> = []

beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder, "chat.db")
})
afterEach(() => {
  for (const file of files.splice(0)) file.close()
})

const open = (options: Partial<SqliteOptions> = {}): SqliteFile => {
  const file = new SqliteFile({ path, sync: "full", bytesMax: 2 ** 30, ...options })
  files.push(file)
  return file
}
const close = () => files.pop()!.close()
/** Makes a file with three texts, and closes it. */
const make = (texts = ["a", "b", "c"]) => {
  open().append(texts)
  close()
}

const failureOf = (body: () => unknown) => {
  try {
    return { reason: "none", detail: JSON.stringify(body()) }
  } catch (error) {
    if (error instanceof LogFailure) return error.failure
    throw error
  }
}
const edit = (file: string, change: string) => {
  const db = new DatabaseSync(file)
  db.exec(change)
  db.close()
}

/** Opening it fails, and leaves it as it was. */
const stays = (expected: { readonly reason: string; readonly detail: RegExp }) => {
  const before = readFileSync(path)
  const { detail, reason } = failureOf(open)
  assert.strictEqual(reason, expected.reason)
  assert.match(detail, expected.detail)
  assert.include(detail, path)
  assert.deepStrictEqual(readFileSync(path), before)
}

const continues = () => {
  const { continues } = open()
  close()
  return continues
}

describe("The file of a log that cannot be used", () => {
  it("is one that another has open", () => {
    make()
    open()
    stays({ reason: "in_use", detail: /in use by another process/ })
  })

  it("is one that another has open under another name", () => {
    make()
    open()
    const link = join(folder, "link.db")
    symlinkSync("chat.db", link)
    assert.strictEqual(failureOf(() => open({ path: link })).reason, "in_use")
    close()
    assert.isTrue(open({ path: link }).continues)
    assert.isFalse(existsSync(`${link}-lock`))
  })

  it("is a file of something else, which gets nothing beside it either", () => {
    for (const content of ["Dear diary,\n".repeat(20), "x"]) {
      writeFileSync(path, content)
      stays({ reason: "refused", detail: /is a file of something else; nothing was changed/ })
      assert.isFalse(existsSync(`${path}-lock`))
    }
  })

  it("is a database of something else", () => {
    edit(path, "create table photo (x)")
    stays({ reason: "refused", detail: /an SQLite database of something else/ })
  })

  it("is one of a newer version", () => {
    make()
    edit(path, `pragma user_version = ${steps.length + 1}`)
    stays({
      reason: "newer",
      detail: /written by a newer palabre \(version 2 of its format, and this one knows 1\)/
    })
  })

  it("is in a folder that is not there, or is one", () => {
    path = join(folder, "nowhere", "chat.db")
    assert.strictEqual(failureOf(open).reason, "refused")
    path = folder
    assert.strictEqual(failureOf(open).reason, "refused")
  })

  it("may not be written", () => {
    make()
    for (const file of [path, `${path}-lock`]) chmodSync(file, 0o444)
    chmodSync(folder, 0o555)
    const module = join(import.meta.dirname, "../../src/log/SqliteFile.ts")
    const script = `
      const { SqliteFile } = await import(${JSON.stringify(module)})
      process.setuid?.(${process.getuid?.() === 0 ? 65_534 : "process.getuid()"})
      try { new SqliteFile({ path: ${JSON.stringify(path)}, sync: "full", bytesMax: 1e9 }); console.log("opened") }
      catch ({ failure }) { console.log(JSON.stringify(failure)) }`
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8"
    })
    chmodSync(folder, 0o755)
    assert.match(stdout, /"reason":"refused".*may not be written: see the permissions/)
  })

  it("is damaged, which shows where it is read", () => {
    make(Array.from({ length: 200 }, (_, i) => `${i}`.repeat(1_000)))
    const bytes = readFileSync(path)
    bytes.fill(0xaa, bytes.length / 2, bytes.length / 2 + 20_000)
    writeFileSync(path, bytes)
    const file = open()
    const { detail, reason } = failureOf(() => {
      let after = 0
      while (after < file.last) after += file.read(after).length
    })
    assert.strictEqual(reason, "damaged")
    assert.include(detail, "restore it from a backup")
    close()
    assert.deepStrictEqual(readFileSync(path), bytes)
  })

  it("has a hole", () => {
    make()
    edit(path, "delete from entry where position = 2")
    const file = open()
    const { detail, reason } = failureOf(() => file.read(0))
    assert.strictEqual(reason, "damaged")
    assert.include(detail, "entry 2 is missing")
  })
})

describe("A log that forgot", () => {
  it("is none that was closed, nor one whose process was killed", async () => {
    assert.isFalse(continues())
    const module = join(import.meta.dirname, "../../src/log/SqliteFile.ts")
    const script = `
      const { SqliteFile } = await import(${JSON.stringify(module)})
      const { writeSync } = await import("node:fs")
      const file = new SqliteFile({ path: ${JSON.stringify(path)}, sync: process.argv[1], bytesMax: 1e9 })
      for (;;) writeSync(1, file.append(["x", "y", "z"]) + "\\n")`
    let acked = 0
    for (let round = 0; round < 6; round++) {
      const sync = round % 2 ? "normal" : "full"
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, sync], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      for await (const line of createInterface(child.stdout)) {
        acked = Number(line)
        if (acked > (round + 1) * 200) child.kill("SIGKILL")
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
      const file = open()
      assert.isTrue(file.continues)
      assert.isAtLeast(file.last, acked)
      assert.strictEqual(file.last % 3, 0)
      close()
    }
    assert.isAbove(acked, 1_200)
  })

  it("was restored from a backup, and stays so until something is appended", () => {
    make()
    copyFileSync(path, `${path}.backup`)
    make()
    assert.isTrue(continues())
    copyFileSync(`${path}.backup`, path)
    assert.isFalse(continues())
    assert.isFalse(continues())
    make(["epoch"])
    assert.isTrue(continues())
  })

  it("is another one, or came without what is remembered of it", () => {
    make()
    renameSync(path, `${path}.other`)
    make(["a", "b", "c", "d"])
    renameSync(`${path}.other`, path)
    assert.isFalse(continues())
    make()
    rmSync(`${path}-lock`)
    assert.isFalse(continues())
  })

  it("may have lost its end with the power of the machine, unless each append was made safe", () => {
    for (const sync of ["full", "normal"] as const) {
      // not closed: as if it had been killed
      const file = new SqliteFile({ path, sync, bytesMax: 2 ** 30 })
      file.append(["a"])
      for (const name of ["", "-wal", "-lock"]) copyFileSync(path + name, `${path}.cut${name}`)
      file.close()
      const cut = `${path}.cut`
      edit(`${cut}-lock`, "update mark set boot = 'another' where boot <> ''")
      const again = open({ path: cut })
      assert.strictEqual(again.continues, sync === "full" || process.platform !== "linux")
      close()
    }
  })

  it("was removed or exchanged under the server: nothing is acked any more", () => {
    const file = open()
    file.append(["a"])
    renameSync(path, `${path}.away`)
    assert.strictEqual(failureOf(() => file.append(["b"])).reason, "forgot")
    writeFileSync(path, "")
    assert.strictEqual(failureOf(() => file.append(["b"])).reason, "forgot")
    assert.strictEqual(file.last, 1)
  })
})

describe("The file of a log", () => {
  it("is upgraded from an older version after a copy", () => {
    make()
    openToWrite(path, [...steps, "create table more (x text) strict"]).close()
    const upgraded = new DatabaseSync(path, { readOnly: true })
    assert.deepStrictEqual({ ...upgraded.prepare("pragma user_version").get() }, { user_version: 2 })
    assert.deepStrictEqual(upgraded.prepare("select * from more").all(), [])
    upgraded.close()
    renameSync(`${path}.v1`, path)
    assert.deepStrictEqual(open().read(0), ["a", "b", "c"])
  })

  it("that is full refuses what has no room, keeps all that was acked, and goes on once there is room", () => {
    const file = open({ bytesMax: 200_000 })
    let acked = 0
    const fill = () => {
      for (;;) acked = file.append([`${"x".repeat(1_000)}`, "y"])
    }
    const { detail, reason } = failureOf(fill)
    assert.strictEqual(reason, "full")
    assert.include(detail, "raise --store-max")
    assert.strictEqual(file.last, acked)
    assert.isAbove(acked, 50)
    while (file.trim(acked - 10)) continue
    assert.strictEqual(file.append(["z"]), acked + 1)
    close()
    assert.deepStrictEqual(open().read(acked), ["z"])
  })

  it("on a disk that refuses to be written says so, and acks nothing that is not there", () => {
    const module = join(import.meta.dirname, "../../src/log/SqliteFile.ts")
    const script = `
      const { SqliteFile } = await import(${JSON.stringify(module)})
      const file = new SqliteFile({ path: ${JSON.stringify(path)}, sync: "full", bytesMax: 1e9 })
      let acked = 0
      try { for (;;) acked = file.append(["x".repeat(5000)]) }
      catch ({ failure }) { console.log(JSON.stringify({ acked, ...failure })) }`
    const command = `trap '' XFSZ; ulimit -f 400; exec "$0" --input-type=module -e "$1"`
    const { stdout } = spawnSync("sh", ["-c", command, process.execPath, script], { encoding: "utf8" })
    const { acked, detail, reason } = JSON.parse(stdout)
    assert.strictEqual(reason, "unavailable")
    assert.include(detail, "see the disk")
    assert.isAbove(acked, 3)
    const file = open()
    assert.isAtLeast(file.last, acked)
    assert.strictEqual(file.append(["y"]), file.last)
  })

  it("drops a checkpoint that was never completed", () => {
    const file = open()
    file.append(["a", "b"])
    file.put(1, 0, "one")
    file.complete(1)
    file.put(2, 0, "two, and more would follow")
    assert.deepStrictEqual(file.saved(), { position: 1, pieces: ["one"] })
    close()
    const db = (open(), close(), openToRead(path))
    assert.deepStrictEqual(
      db
        .prepare("select position from piece")
        .all()
        .map(({ position }) => position),
      [1]
    )
    db.close()
  })

  it("stays of a bounded size where it is trimmed, however much is said", () => {
    const file = open({ sync: "normal" })
    const sizes: Array<number> = []
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 100; i++) file.append(Array.from({ length: 20 }, () => "x".repeat(300)))
      file.put(file.last, 0, "s".repeat(100_000))
      file.complete(file.last)
      while (file.trim(file.last + 1)) continue
      sizes.push(readFileSync(path).length)
    }
    assert.isBelow(sizes.at(-1)!, 1.5 * sizes[3]!)
  })
})
