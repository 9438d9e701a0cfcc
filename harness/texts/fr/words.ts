import { millis } from "../../Format.ts"

/** A span of time; decimals stand behind a comma. */
export const span = (ms: number): string => millis(ms).replace(".", ",")

/** The plural begins at two in French: `0 scénario`, `2 scénarios`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count < 2 ? one : many}`

/** `de bob`, `d'alice`. */
export const of = (name: string): string =>
  /^[aeiouyàâéèêëîïôöùûœæ]/i.test(name) ? `d'${name}` : `de ${name}`
