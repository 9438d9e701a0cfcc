import { type Document, isMap, isScalar, type Node, type YAMLMap } from "yaml"

/** Writes steps as they stand in a file. */
export class Sentences {
  private readonly document: Document

  constructor(document: Document) {
    this.document = document
  }

  /** A sentence alone, or with what stands behind its colon. */
  step(sentence: string, value?: unknown): Node {
    if (value === undefined) return this.document.createNode(sentence)
    const map = this.document.createNode({ [sentence]: null }) as YAMLMap
    map.set(map.items[0]!.key, this.flow(value))
    return map
  }

  /** A value in the notation of JSON. */
  flow(value: unknown): Node {
    return this.document.createNode(value, { flow: true, aliasDuplicateObjects: false })
  }

  /** The same options beside another sentence; only those that are named, where any are. */
  instead(node: Node, sentence: string, value: Node, options?: ReadonlyArray<string>): YAMLMap {
    const map = this.step(sentence, value) as YAMLMap
    if (!isMap(node)) return map
    for (const { key, value } of node.items)
      if (isScalar(key) && (options ?? optionNames).includes(String(key.value))) map.set(key, value)
    return map
  }

  /** What stands behind the colon of a sentence. */
  valueOf(node: Node): Node | undefined {
    const pair = isMap(node)
      ? node.items.find(({ key }) => !(isScalar(key) && optionNames.includes(String(key.value))))
      : undefined
    return (pair?.value as Node | null | undefined) ?? undefined
  }
}

const optionNames = ["as", "between", "cid", "within", "because", "proves"]
