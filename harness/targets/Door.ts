import type { NonEmptyReadonlyArray } from "effect/Array"
import { type Address, parseAddress } from "../../src/net/Address.ts"

/** Where a server is reached: by TCP, or by the WebSocket at a URL. */
export interface Door extends Address {
  readonly webSocket?: string
}

/** Reads doors, with commas between them. Throws an error that says what was expected. */
export const parseDoors = (text: string): NonEmptyReadonlyArray<Door> => {
  const [first = "", ...more] = text.split(",")
  return [parseDoor(first), ...more.map(parseDoor)]
}

/** Reads `HOST:PORT`, or the URL of a WebSocket. */
const parseDoor = (text: string): Door => {
  if (!/^wss?:\/\//i.test(text)) return parseAddress(text)
  if (!URL.canParse(text)) throw new Error("a URL such as ws://127.0.0.1:8080/ws")
  const { hostname, href, port, protocol } = new URL(text)
  return { host: hostname, port: Number(port || (protocol === "wss:" ? 443 : 80)), webSocket: href }
}
