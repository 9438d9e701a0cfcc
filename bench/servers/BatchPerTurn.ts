import type * as net from "node:net"
import { serve } from "./HandWritten.ts"

let batch: Array<{ readonly from: net.Socket; readonly message: Buffer }> = []

/**
 * The limit we know of on Node: the messages of one turn of the event loop are joined, and each recipient gets one
 * `write` a turn. A sender gets the batch without its own messages.
 */
serve((users, from, message) => {
  if (batch.length === 0) setImmediate(() => flush(users.values()))
  batch.push({ from, message })
})

function flush(users: Iterable<net.Socket>): void {
  const messages = batch
  batch = []
  const joined = Buffer.concat(messages.map(({ message }) => message))
  const senders = new Set(messages.map(({ from }) => from))
  for (const user of users) {
    if (!senders.has(user)) user.write(joined)
    else {
      const others = messages.filter(({ from }) => from !== user).map(({ message }) => message)
      if (others.length > 0) user.write(Buffer.concat(others))
    }
  }
}
