/** What a text holds as an object of whatever fields it should have, or `undefined` where it holds none. */
export const parseObject = <Fields extends object>(text: string): Partial<Fields> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Partial<Fields>) : undefined
  } catch {
    return undefined
  }
}
