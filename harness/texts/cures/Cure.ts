/** The languages that cures are shown in. */
export const languages = ["C", "C++", "Python"] as const
export type Language = (typeof languages)[number]

/** Code that mends a mistake; none where words say it better. */
export type Cure = { readonly [language in Language]?: string }
