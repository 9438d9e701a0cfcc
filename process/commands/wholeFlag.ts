import * as Flag from "effect/cli/Flag"

/** A flag for a whole number from the least one on; `told` is what its description says of the default. */
export const wholeFlag = (
  name: string,
  least: number,
  text: string,
  fallback: number,
  told = fallback.toLocaleString("en")
): Flag.Flag<number> =>
  Flag.Int(name).pipe(
    Flag.filter(
      (value) => value >= least,
      () => `a whole number from ${least} on`
    ),
    Flag.withDescription(`${text} [default ${told}]`),
    Flag.withDefault(fallback)
  )
