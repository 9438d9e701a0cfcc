import { type Document, isScalar, type Node, visit, type YAMLParseError, type YAMLWarning } from "yaml"

/** Something to be mended in a file, and its place. */
export interface Complaint {
  readonly offset: number
  readonly message: string
}

/** YAML's first complaint in the terms of scenarios, or `undefined` if it has none: others usually follow from it. */
export const complaintOf = (document: Document, text: string): Complaint | undefined => {
  const bare = /\r(?!\n)/.exec(text)
  if (bare !== null)
    return {
      offset: bare.index,
      message: "this line ends in a bare CR; save the file with LF or CRLF line endings"
    }
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
      return here(`a sentence with options must end with a colon: "${rest}:"`)
    case "BLOCK_AS_IMPLICIT_KEY":
      if (/^\S.*:\s/.test(rest))
        return here(`YAML reads ": " as the start of a value; quote the text: ${JSON.stringify(rest)}`)
      return /^\S/.test(rest) ? here("the line below this one is indented too far") : misplaced(offset, rest)
    case "BLOCK_IN_FLOW":
      return here(`missing comma; or, if this is one string, quote it: "${upToBracket(rest)}"`)
    case "TAG_RESOLVE_FAILED":
      return here("YAML tags (!) are not supported in scenario files; remove this one")
    case "TAB_AS_INDENT":
      return here("indent with spaces, not tabs")
    case "BAD_SCALAR_START":
      return here(`an unquoted string cannot start with ${rest[0]}; quote it: ${JSON.stringify(rest)}`)
    case "BAD_DQ_ESCAPE":
      return here(`${rest.slice(0, 2)} is not a valid escape in double quotes; write \\${rest.slice(0, 2)}`)
    case "BAD_INDENT":
      return message.startsWith("Flow") ? unclosed(document, offset) : misplaced(offset, rest)
    case "MISSING_CHAR":
      return message.startsWith("Missing closing")
        ? unclosed(document, offset)
        : here("missing dash before this line, or missing colon after it")
    case "MULTIPLE_DOCS":
      return here("a file holds one scenario; move what follows this line into its own file")
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
  return { offset, message: "this bracket or quote is never closed" }
}

const misplaced = (offset: number, rest: string): Complaint => ({
  offset: offset + /^\s*/.exec(rest)![0].length,
  message: "the indentation of this line does not match the lines it belongs to"
})

const unexpected = (rest: string): string =>
  /^[\]}]/.test(rest)
    ? `unmatched ${rest[0]}; the opening bracket, or a colon before it, is missing`
    : "unexpected text after a closing quote or YAML syntax; quote the whole text"

const upToBracket = (rest: string): string => rest.replace(/\s*[\]}].*$/, "")
