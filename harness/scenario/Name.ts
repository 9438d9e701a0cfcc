/** A scenario's short name: its file without folder and ending. */
export const nameOf = (file: string): string => file.replace(/^.*\//, "").replace(/\.ya?ml$/, "")
