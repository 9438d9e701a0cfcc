/** The value of a capture `$name`: a whole scalar. */
export type Scalar = string | number | boolean | null
export type Json = Scalar | ReadonlyArray<Json> | { readonly [key: string]: Json }
export type Captures = ReadonlyMap<string, Scalar>
