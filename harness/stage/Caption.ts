import { Frames } from "../../src/wire/Frames.ts"
import type { Json } from "../language/Json.ts"
import type { PlayTexts } from "../texts/Play.ts"
import type { End } from "./WireEvent.ts"
import { clip, concealTokens, show, visible } from "../Format.ts"

/** The whole JSON values that stand in some bytes. */
export const valuesIn = (bytes: Buffer): ReadonlyArray<Json> => {
  const frames = new Frames(bytes.length)
  const values: Array<Json> = []
  frames.push(bytes)
  for (let frame = frames.next(); typeof frame === "string"; frame = frames.next())
    values.push(JSON.parse(frame) as Json)
  return values
}

/** Sent bytes in a few words, and in one. */
export const captionSent = (
  bytes: Buffer,
  texts: PlayTexts
): { readonly caption: string; readonly label: string } => {
  const values = bytes.length > bytesLookedAtMax ? [] : valuesIn(bytes)
  const [first, ...more] = values
  if (first === undefined) return { caption: captionOfBytes(bytes, texts), label: "bytes" }
  const label = typeOf(first) ?? "bytes"
  const text = caption(first)
  return { caption: more.length > 0 ? texts.andMore(text, more.length) : text, label }
}

/** Bytes that are no whole request, by their number and the first of them. */
export const captionOfBytes = (bytes: Buffer, texts: PlayTexts): string =>
  `${texts.bytes(bytes.length)} ${clip(visible(concealTokens(bytes.subarray(0, 24).toString())), 24)}`

/** The end of a connection, as it stands in a finding. */
export const captionOfEnd = (end: End, texts: PlayTexts): string =>
  end === "close" ? texts.closed : texts.reset

/** An object of the protocol in a few words: `login alice`, `success [alice, bob]`, `error username_taken`. */
export const caption = (value: Json): string => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return show(value, 40)
  const { code, content, status, type, username, users } = value as { readonly [key: string]: Json }
  const words = [status ?? type, code, status === undefined ? username : undefined]
    .filter((word) => word !== undefined)
    .map((word) => (typeof word === "string" ? visible(word) : show(word, 20)))
  if (content !== undefined) words.push(show(content, 30))
  if (Array.isArray(users)) words.push(clip(visible(`[${users.map(String).join(", ")}]`), 40))
  return words.length === 0 ? show(value, 40) : words.join(" ")
}

const bytesLookedAtMax = 64 * 1024

const typeOf = (value: Json): string | undefined => {
  const type =
    typeof value === "object" && value !== null ? (value as { readonly type?: Json }).type : undefined
  return typeof type === "string" ? type : undefined
}
