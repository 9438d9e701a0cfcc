import { isUtf8 } from "node:buffer"
import { Frames, malformed } from "../../src/wire/Frames.ts"
import type { UnreadableTexts } from "../texts/Catalogue.ts"

/** Bytes from the server that are not JSON, or not yet, from the start of their object on. */
export interface Unreadable {
  readonly text: string
  /** Characters before the one that is at fault. */
  readonly at: number
  readonly fault: Fault
}

type Fault = keyof UnreadableTexts

/** The object that is coming in, kept to be shown where it turns out not to be JSON. */
export class ObjectBytes {
  private held: Buffer = nothing

  /** Takes note of a piece once it has been read: the last so many bytes, with those before, are an object without end. */
  keep(piece: Buffer, pendingBytes: number): void {
    if (pendingBytes === 0) this.held = nothing
    else if (pendingBytes <= heldBytesMax)
      this.held = Buffer.concat([this.held, piece]).subarray(-pendingBytes)
  }

  /** The beginning of an object that is not finished, or larger than any object may be. */
  beginning(fault: "too large" | "unfinished", piece: Buffer = nothing): Unreadable {
    const text = Buffer.concat([this.held, piece]).toString()
    return { text, at: text.length, fault }
  }

  /** The object that this piece has made malformed, up to the end of the piece. */
  malformed(piece: Buffer): Unreadable {
    const bytes = Buffer.concat([this.held, piece])
    const { at, start } = faultIn(bytes)
    const before = bytes.toString("utf8", start, at)
    const after = bytes.toString("utf8", at)
    return {
      text: before + (after.trim() === "" ? after : after.trimEnd()),
      at: before.length,
      fault: faultAt(bytes, start, at)
    }
  }
}

/** The start of the object that is malformed, and the byte that makes it so: the first without which it might be JSON. */
const faultIn = (bytes: Buffer): { readonly start: number; readonly at: number } => {
  const frames = new Frames(bytes.length, true)
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    if (at === start && isBlank(bytes[at]!)) start++
    frames.push(bytes.subarray(at, at + 1))
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      if (frame === malformed) return { start, at }
      start = at + 1
    }
  }
  return { start, at: bytes.length }
}

const faultAt = (bytes: Buffer, start: number, at: number): Fault => {
  const byte = bytes[at]
  if (byte === undefined) return "unexpected"
  const isCharacter = [1, 2, 3, 4].some((length) => isUtf8(bytes.subarray(at, at + length)))
  if (!isCharacter || !isUtf8(bytes.subarray(start, at))) return "not UTF-8"
  if (byte === 0) return "zero byte"
  if (byte < FIRST_PRINTABLE) return "control character"
  return byte === SINGLE_QUOTE ? "single quote" : "unexpected"
}

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** An object that gets longer than this is shown from its last piece on. */
const heldBytesMax = 16 * 1024
const FIRST_PRINTABLE = 0x20
const SINGLE_QUOTE = 0x27
const nothing = Buffer.alloc(0)
