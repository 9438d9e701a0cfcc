import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import { type Kind, withoutPassword } from "../settings/Kinds.ts"
import { environmentName, type Setting } from "../settings/Setting.ts"

/** A value that may be given as a flag, or in the environment variable of the flag. */
export const flag = <A>(name: string, kind: Kind<A>, description: string): Flag.Flag<Option.Option<A>> => {
  const variable = environmentName(name)
  const parse = (option: string) => (text: string) =>
    Option.match(kind.parse(text), {
      onNone: () =>
        Effect.fail(
          new CliError.InvalidValue({
            option,
            value: withoutPassword(text),
            expected: kind.expected,
            kind: "flag"
          })
        ),
      onSome: Effect.succeedSome
    })
  const fromEnvironment = Config.String(variable).pipe(
    Config.option,
    Effect.orElseSucceed(() => Option.none<string>()),
    Effect.flatMap(
      Option.match({ onNone: () => Effect.succeedNone, onSome: parse(`${name} (from ${variable})`) })
    )
  )
  const text = Flag.String(name)
  return (kind.alone === undefined ? text : Flag.withOptionalValue(text, kind.alone)).pipe(
    Flag.mapEffect(parse(name)),
    Flag.withMetavar(kind.metavar),
    Flag.withDescription(`${description} [${variable}]`),
    Flag.withDefault(fromEnvironment)
  )
}

/** The flag of a setting. */
export const flagOf = <A>(setting: Setting<A>): Flag.Flag<Option.Option<A>> =>
  flag(setting.flag, setting, `${setting.description}; ${defaultsText(setting)}`)

const defaultsText = <A>({ defaults: { lab, public: open }, format }: Setting<A>): string =>
  lab === open ? `default ${format(lab)}` : `default ${format(lab)}, public ${format(open)}`
