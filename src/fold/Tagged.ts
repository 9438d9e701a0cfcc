import * as Schema from "effect/Schema"

/** The types of a table of structs, each with its key in the table as `t`. */
export type Tagged<Table extends Readonly<Record<string, Schema.Struct.Fields>>> = {
  readonly [T in keyof Table & string]: Schema.Struct<Table[T]>["Type"] & { readonly t: T }
}

/** A schema for all the types of such a table. */
export const tagged = <const Table extends Readonly<Record<string, Schema.Struct.Fields>>>(
  table: Table
): Schema.Codec<Tagged<Table>[keyof Table & string]> =>
  Schema.Union(
    Object.entries(table).map(([t, fields]) => Schema.Struct({ t: Schema.Literal(t), ...fields }))
  ) as never
