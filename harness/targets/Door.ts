import { type Address, parseAddress } from "../../src/net/Address.ts"

/** Where a server is reached: by TCP, or by the WebSocket at a URL. */
export interface Door extends Address {
  readonly webSocket?: string
}

/** Reads `HOST:PORT`, or the URL of a WebSocket. Throws an error that says what was expected. */
export const parseDoor = (text: string): Door => {
  if (!/^wss?:\/\//i.test(text)) return parseAddress(text)
  if (!URL.canParse(text)) throw new Error("a URL such as ws://127.0.0.1:8080/ws")
  const { hostname, href, port, protocol } = new URL(text)
  return { host: hostname, port: Number(port || (protocol === "wss:" ? 443 : 80)), webSocket: href }
}
