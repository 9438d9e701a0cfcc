import { type Locale, locales } from "../../src/settings/Locales.ts"
import type { Catalogue } from "./Catalogue.ts"

/** The texts of each language, loaded only where they are wanted. */
export const catalogues: { readonly [locale in Locale]: () => Promise<Catalogue> } = {
  fr: async () => (await import("./fr.ts")).french,
  en: async () => (await import("./en.ts")).english
}

/** The language that an environment asks for, by the first of these variables that is set; English where there is no other. */
export const localeOf = (environment: NodeJS.ProcessEnv): Locale => {
  const name = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || ""
  return locales.find((locale) => new RegExp(`^${locale}(?![a-z])`, "i").test(name)) ?? "en"
}
