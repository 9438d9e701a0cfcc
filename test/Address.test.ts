import { assert, describe, it } from "@effect/vitest"
import { formatAddress, parseAddress, parseAddresses } from "../src/net/Address.ts"

describe("HOST:PORT", () => {
  for (const [text, host, port] of [
    ["", "127.0.0.1", 12345],
    [":9000", "127.0.0.1", 9000],
    ["localhost", "localhost", 12345],
    ["chat.example.org:80", "chat.example.org", 80],
    ["10.0.0.1:65535", "10.0.0.1", 65535],
    ["[::1]:9000", "::1", 9000],
    ["[fe80::1%eth0]", "fe80::1%eth0", 12345],
    ["::1", "::1", 12345]
  ] as const)
    it(`"${text}" is ${host}, port ${port}`, () => {
      assert.deepStrictEqual(parseAddress(text), { host, port })
      assert.deepStrictEqual(parseAddress(formatAddress({ host, port })), { host, port })
    })

  for (const [text, why] of [
    ["9000", "write :9000 for a port alone"],
    ["a:b:c", "an IPv6 address needs brackets"],
    ["[localhost]:1", '"localhost" is not an IPv6 address'],
    ["[::1", "an IPv6 address needs brackets"],
    ["[]:5", '"" is not an IPv6 address'],
    ["host:0", "a port is a number from 1 to 65535"],
    ["host:65536", "a port is a number from 1 to 65535"],
    ["host:", "a port is a number from 1 to 65535"],
    ["host:http", "a port is a number from 1 to 65535"],
    ["my host", "a host name has no spaces"],
    ["http://host:80", "leave out http://"]
  ] as const)
    it(`"${text}" is refused: ${why}`, () => {
      assert.throws(() => parseAddress(text), `HOST:PORT such as 127.0.0.1:12345 or [::1]:12345 (${why})`)
    })

  it("several have commas between them", () => {
    assert.deepStrictEqual(parseAddresses("a,[::1]:2"), [
      { host: "a", port: 12345 },
      { host: "::1", port: 2 }
    ])
    for (const text of ["a,", ",", "a,,b"])
      assert.throws(() => parseAddresses(text), "an address is missing beside a comma")
  })
})
