/** The files that show the language of a submission, for each key that a class file may have. */
export const languages = {
  c: ["*.c"],
  cpp: ["*.cpp", "*.cc", "*.cxx"],
  csharp: ["*.cs"],
  go: ["*.go"],
  haskell: ["*.hs"],
  java: ["*.java"],
  javascript: ["*.js", "*.mjs"],
  kotlin: ["*.kt"],
  ocaml: ["*.ml"],
  php: ["*.php"],
  python: ["*.py"],
  ruby: ["*.rb"],
  rust: ["*.rs"],
  typescript: ["*.ts"]
} as const

export type Language = keyof typeof languages

export const isLanguage = (key: string): key is Language => Object.hasOwn(languages, key)
