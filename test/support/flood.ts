import type { TestClient } from "./TestClient.ts"

/** What a message of a flood says. */
export const long = "x".repeat(60_000)

/** Says as much as is taken. */
export const flood = ({ socket }: TestClient): void => {
  const message = Buffer.from(JSON.stringify({ type: "message", content: long }) + "\n")
  const say = () => {
    while (!socket.destroyed && socket.write(message));
  }
  socket.on("drain", say)
  say()
}
