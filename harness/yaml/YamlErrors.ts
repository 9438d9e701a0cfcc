import { type Document, isScalar, type Node, visit, type YAMLParseError, type YAMLWarning } from "yaml"

/** What is to be mended in a file, and where. */
export interface Complaint {
  readonly offset: number
  readonly message: string
}

/** What YAML's first complaint means in a scenario, or `undefined` where it has none: others usually follow from it. */
export const complaintOf = (document: Document, text: string): Complaint | undefined => {
  const bare = /\r(?!\n)/.exec(text)
  if (bare !== null)
    return { offset: bare.index, message: "this line ends in CR alone; save the file with LF or CRLF" }
  const [first] = [...document.errors, ...document.warnings].toSorted((a, b) => a.pos[0] - b.pos[0])
  return first === undefined ? undefined : explained(first, document, text)
}

const explained = (error: YAMLParseError | YAMLWarning, document: Document, text: string): Complaint => {
  const { code, message } = error
  const [offset] = error.pos
  const rest = /^.*/.exec(text.slice(offset))![0].trimEnd()
  const here = (message: string): Complaint => ({ offset, message })
  switch (code) {
    case "MULTILINE_IMPLICIT_KEY":
      return here(`a sentence with options ends in a colon: "${rest}:"`)
    case "BLOCK_AS_IMPLICIT_KEY":
      if (/^\S.*:\s/.test(rest))
        return here(`YAML reads ": " as the start of a value; quote this text: ${JSON.stringify(rest)}`)
      return /^\S/.test(rest) ? here("the line below this one is indented too far") : misplaced(offset, rest)
    case "BLOCK_IN_FLOW":
      return here(`a comma is missing here; or, if this is one text, quote it: "${upToBracket(rest)}"`)
    case "TAG_RESOLVE_FAILED":
      return here("tags (!) are not part of scenario files; remove it")
    case "DUPLICATE_KEY":
      return here(`this key stands here twice: "${rest.replace(/:.*$/, "")}"`)
    case "TAB_AS_INDENT":
      return here("indent with spaces, not with tabs")
    case "BAD_SCALAR_START":
      return here(`a text cannot start with ${rest[0]}; quote this text: ${JSON.stringify(rest)}`)
    case "BAD_DQ_ESCAPE":
      return here(`${rest.slice(0, 2)} means nothing in double quotes; write \\${rest.slice(0, 2)}`)
    case "BAD_INDENT":
      return message.startsWith("Flow") ? unclosed(document, offset) : misplaced(offset, rest)
    case "MISSING_CHAR":
      return message.startsWith("Missing closing")
        ? unclosed(document, offset)
        : here("a dash is missing before this line, or a colon behind it")
    case "MULTIPLE_DOCS":
      return here("a file is one scenario; what follows this line goes into a file of its own")
    case "UNEXPECTED_TOKEN":
      return here(unexpected(rest))
    case "RESOURCE_EXHAUSTION":
      return here("brackets are nested too deep here")
    default:
      return here(message)
  }
}

/** The closing bracket or quote that is missing is told of where the opening one stands. */
const unclosed = (document: Document, end: number): Complaint => {
  let opened: Node | undefined
  visit(document, {
    Node: (_, node) => {
      const [from, to] = node.range ?? [0, 0]
      const brackets = isScalar(node) ? node.type?.startsWith("QUOTE") : "flow" in node && node.flow
      if (brackets === true && from <= end && to >= end) opened ??= node
    }
  })
  const offset = opened?.range?.[0] ?? end
  return { offset, message: "what begins here is never closed; add the bracket or quote at its end" }
}

const misplaced = (offset: number, rest: string): Complaint => ({
  offset: offset + /^\s*/.exec(rest)![0].length,
  message: "this line is indented otherwise than those it belongs to"
})

const unexpected = (rest: string): string =>
  /^[\]}]/.test(rest)
    ? `this ${rest[0]} closes nothing; the bracket before is missing, or the colon before that`
    : `nothing may stand here, behind a closing quote or a sign of YAML; quote the whole text`

const upToBracket = (rest: string): string => rest.replace(/\s*[\]}].*$/, "")
