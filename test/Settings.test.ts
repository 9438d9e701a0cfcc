import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"
import { Server } from "../src/index.ts"
import { checked, covers, SettingsInvalid } from "../src/settings/Check.ts"
import { defaults, table, type Values } from "../src/settings/Settings.ts"
import { palabre } from "./support/program.ts"
import { server } from "./support/server.ts"
import { dial } from "./support/dial.ts"

const problemsOf = (values: object) =>
  Effect.flip(checked(values as Partial<Values>)).pipe(Effect.map(({ problems }) => problems.join("\n")))

const strange = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    Number.NaN,
    Infinity,
    -1,
    0,
    0.5,
    70_000,
    2 ** 53,
    "",
    "xx",
    "127.0.0.1",
    true
  ),
  fc.constantFrom([], [""], ["127.0.0.1"], [7], {}, Symbol("x"), () => 1, 10n),
  fc.anything()
)

describe("Settings from a program", () => {
  it("are the defaults where they are left out, given as undefined, or off", async () => {
    const given = {
      port: 0,
      frameBytesMax: undefined,
      loginMillisMax: undefined
    } as unknown as Partial<Values>
    assert.deepStrictEqual(await Effect.runPromise(checked(given)), {
      ...defaults(),
      port: 0,
      loginMillisMax: undefined
    })
  })

  it("that no flag could have are named, each with what it must be", async () => {
    for (const [values, problem] of [
      [{ frameBytesMax: Number.NaN }, "--max-frame (frameBytesMax) is NaN; expected bytes from 256"],
      [{ clientsMax: -1 }, "--max-clients (clientsMax) is -1; expected a whole number from 1"],
      [{ port: 70_000 }, "--port (port) is 70000; expected a whole number from 0 to 65535"],
      [{ locale: "xx" }, "--locale (locale) is 'xx'; expected one of fr, en"],
      [{ hosts: "127.0.0.1" }, "--host (hosts) is '127.0.0.1'; expected an address"],
      [{ frameBytesMx: 1 }, "there is no setting frameBytesMx; did you mean frameBytesMax?"],
      [{ port: 9_000, metricsPort: 9_000 }, "--metrics-port and --port are the same (9000)"]
    ] as const)
      assert.include(await Effect.runPromise(problemsOf(values)), problem)
  })

  it("of any kind serve, or fail as invalid before anything listens", async () => {
    const names = fc.constantFrom(...Object.keys(table), "__proto__", "toString")
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, strange, { maxKeys: 4 }), async (values) => {
        const exit = await Effect.runPromiseExit(checked(values))
        if (Exit.isFailure(exit))
          assert.instanceOf(await Effect.runPromise(Effect.flip(checked(values))), SettingsInvalid)
        else for (const name of Object.keys(table)) assert.property(exit.value, name)
      }),
      { numRuns: 2_000 }
    )
    const invalid = Layer.build(server({ frameBytesMax: Number.NaN, metricsPort: -1 }))
    assert.instanceOf(await Effect.runPromise(Effect.flip(Effect.scoped(invalid))), SettingsInvalid)
  })
})

describe("--host", () => {
  it("names each address once, however often and by whatever names it is given", async () => {
    for (const hosts of [
      ["127.0.0.1", "127.0.0.1"],
      ["localhost", "127.0.0.1", "::1"],
      ["127.0.0.1", "0.0.0.0"],
      ["0.0.0.0", "127.0.0.1", "127.0.0.2"]
    ]) {
      const said = Effect.gen(function* () {
        const { addresses } = yield* Server
        assert.isFalse(
          addresses.some(({ host }) =>
            addresses.some((other) => other.host !== host && covers(other.host, host))
          )
        )
        const port = addresses[0]!.port
        return yield* Effect.promise(() => text(dial(port).end('{"type":"ping"}')))
      })
      assert.include(await Effect.runPromise(said.pipe(Effect.provide(server({ hosts })))), "pong")
    }
  })

  it("and --metrics-port on one address and port is one clear line, and exit code 2", async () => {
    const args = ["serve", "--host", "0.0.0.0", "--port", "9000", "--metrics-port", "9000"]
    const { code, err } = await palabre(args).finished()
    assert.match(
      err,
      /^palabre: --metrics-port and --port are the same \(9000\); choose another for one of them\n$/
    )
    assert.strictEqual(code, 2)
  })
})
