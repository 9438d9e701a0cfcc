import { h } from "./Dom.ts"

/** An address of the web, up to a blank, a quote, or anything that could turn the direction of reading. */
const link = /https?:\/\/[^\s"<>\p{Cc}\p{Cf}]+/gu

/** What ends a sentence around an address, rather than the address. */
const punctuation = /[.,;:!?'»”’…]+$/u

/** The most characters that are shown of a message unasked. */
const shownMax = 4_000

/** The content of a message: texts, and links to addresses in it that a browser can open safely. */
export const contentOf = (content: string): ReadonlyArray<Node> => {
  const nodes: Array<Node> = []
  let end = 0
  for (const { 0: found, index } of content.matchAll(link)) {
    const address = trimmed(found)
    if (!URL.canParse(address)) continue
    nodes.push(document.createTextNode(content.slice(end, index)), anchor(address))
    end = index + address.length
  }
  nodes.push(document.createTextNode(content.slice(end)))
  return nodes
}

/** The beginning of a long content, cut between two characters; `undefined` if it is short. */
export const beginningOf = (content: string): string | undefined =>
  content.length <= shownMax ? undefined : `${content.slice(0, shownMax).replace(/[\ud800-\udbff]$/, "")}…`

const anchor = (address: string): Node =>
  h("a", { href: address, rel: "noopener noreferrer nofollow", target: "_blank" }, address)

/** Without the punctuation behind it, and a closing bracket that it does not open. */
const trimmed = (address: string): string => {
  const bare = address.replace(punctuation, "")
  return bare.endsWith(")") && !bare.includes("(") ? trimmed(bare.slice(0, -1)) : bare
}
