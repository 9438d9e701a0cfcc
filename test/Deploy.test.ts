import { execFile, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { defaults } from "../src/settings/Settings.ts"
import { MiB, memoryBytesMax } from "./support/memory.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const run = promisify(execFile)
const has = (command: string, ...args: ReadonlyArray<string>): boolean =>
  spawnSync(command, args).status === 0

/** `docker compose`, or the older program of its own; neither needs a daemon to read a file. */
const compose = [["docker", "compose"], ["docker-compose"]].find(([command, ...args]) =>
  has(command!, ...args, "version")
)

const hasSystemd = has("systemd-analyze", "--version")
if (!hasSystemd) console.warn("SKIPPED: there is no systemd-analyze, so the unit was not looked at")
if (compose === undefined) console.warn("SKIPPED: there is no Compose, so its file was not looked at")

/** Debian puts it where not everybody looks. */
const broker = ["nats-server", "/usr/sbin/nats-server"].find((path) => has(path, "--version"))
if (broker === undefined) console.warn("SKIPPED: there is no nats-server, so its settings were not looked at")

/** A unit with this in the place of one of its lines, where everything else that it names exists. */
const unit = (key: string, line: string, source = "palabre.service", name = source): string => {
  const folder = temporaryFolder()
  const file = join(folder, name)
  const text = readFileSync(join("deploy", source), "utf8")
    .replace(/^ExecStart=.*$/m, "ExecStart=/bin/true")
    .replace(new RegExp(`^${key}=.*$`, "m"), line)
  writeFileSync(file, text)
  return file
}

/** Has a broker of these variables read its settings. */
const readBroker = (env: NodeJS.ProcessEnv) =>
  run(broker!, ["-t", "-c", "deploy/nodes/nats.conf"], { env: { ...process.env, ...env } })

/** What systemd has to say of a unit. */
const verify = async (file: string): Promise<string> =>
  (await run("systemd-analyze", ["verify", file])).stderr

describe("deploy/", () => {
  it.skipIf(!hasSystemd)("the unit is one that systemd takes whole", async () => {
    assert.strictEqual(await verify(unit("MemoryMax", "MemoryMax=6G")), "")
    assert.match(await verify(unit("MemoryMax", "MemoryMax=much")), /palabre\.service:\d+: .*much/)
  })

  it.skipIf(!hasSystemd)(
    "the units of nodes and their brokers are ones that systemd takes whole",
    async () => {
      for (const [source, name] of [
        ["palabre.service", "palabre@1.service"],
        ["nodes/nats@.service", "nats@1.service"]
      ] as const) {
        assert.strictEqual(await verify(unit("TasksMax", "TasksMax=64", source, name)), "")
        assert.match(await verify(unit("TasksMax", "TasksMax=few", source, name)), /@1\.service:\d+: .*few/)
      }
    }
  )

  it.skipIf(compose === undefined)("the compose files are ones that Compose takes", async () => {
    const [command, ...args] = compose!
    const config = (file: string, env: NodeJS.ProcessEnv = {}) =>
      run(command!, [...args, "-f", file, "config"], { env: { ...process.env, ...env } })
    assert.match((await config("deploy/compose.yaml")).stdout, /pids_limit: 64/)
    const nodes = await config("deploy/nodes/compose.yaml", { NATS_VERSION: "2", PASSWORD: "x1" })
    assert.strictEqual(nodes.stdout.match(/nats:\/\/palabre:x1@broker3:4222/g)?.length, 2)
  })

  it.skipIf(broker === undefined)("the settings of a broker are ones that NATS takes", async () => {
    const settings = {
      NAME: "b1",
      LISTEN: "127.0.0.1:4222",
      CLUSTER: "127.0.0.1:6222",
      STORE: tmpdir(),
      PASSWORD: "x1",
      ROUTES: '["nats-route://broker:x1@127.0.0.1:6222"]'
    }
    await readBroker(settings)
    const { ROUTES: _, ...fewer } = settings
    const message = await readBroker(fewer).catch(({ stderr }: { stderr: string }) => stderr)
    assert.match(String(message), /ROUTES/)
  })

  it("unit and image serve the open network, with the same limits", () => {
    const [service, image, composition] = ["palabre.service", "Dockerfile", "compose.yaml"].map((name) =>
      readFileSync(join("deploy", name), "utf8")
    )
    assert.match(service!, /^Environment=PALABRE_PROFILE=public$/m)
    assert.match(image!, /^ENV PALABRE_PROFILE=public /m)
    for (const [text, limits] of [
      [service!, [/^MemoryMax=6G$/m, /^TasksMax=64$/m, /^LimitNOFILE=65536$/m, /^TimeoutStopSec=15$/m]],
      [image!, [/--memory 6g --pids-limit 64 --stop-timeout 15 /]],
      [composition!, [/mem_limit: 6g/, /pids_limit: 64/, /nofile: 65536/, /stop_grace_period: 15s/]]
    ] as const)
      for (const limit of limits) assert.match(text, limit)
  })

  it("the limit on memory lets a server take all that its settings let it take, with TLS", () => {
    const limit = 6 * 1_024 * MiB
    const most = memoryBytesMax(defaults("public"), true)
    assert.isBelow(most, 0.9 * limit)
  })
})
