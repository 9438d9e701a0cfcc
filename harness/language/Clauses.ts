/** The force of a clause; `must` clauses may have parts that are only `should`. */
export const levels = ["must", "should", "may"] as const
export type Level = (typeof levels)[number]

/** Every clause of docs/PROTOCOL.md with its level, in the order of that page. */
export const clauses = {
  "WIRE-1": "should",
  "FRAME-1": "must",
  "FRAME-2": "must",
  "FRAME-3": "must",
  "FRAME-4": "must",
  "FRAME-5": "should",
  "FRAME-6": "must",
  "FRAME-7": "should",
  "FRAME-8": "must",
  "FRAME-9": "must",
  "REQ-1": "should",
  "REQ-2": "must",
  "REQ-3": "should",
  "ID-1": "should",
  "CODE-1": "should",
  "END-1": "should",
  "PLAIN-1": "should",
  "SYNC-1": "should",
  "LOGIN-1": "must",
  "LOGIN-2": "should",
  "LOGIN-3": "must",
  "LOGIN-4": "must",
  "LOGIN-5": "should",
  "LOGIN-6": "should",
  "LOGIN-7": "should",
  "LOGIN-8": "should",
  "LOGIN-9": "should",
  "LOGIN-10": "should",
  "MSG-1": "must",
  "MSG-2": "must",
  "MSG-3": "must",
  "MSG-4": "must",
  "MSG-5": "should",
  "MSG-6": "must",
  "MSG-7": "should",
  "MSG-8": "should",
  "MSG-9": "should",
  "MSG-10": "should",
  "LIST-1": "must",
  "LIST-2": "must",
  "LEAVE-1": "must",
  "LEAVE-2": "must",
  "LEAVE-3": "should",
  "LEAVE-4": "must",
  "LEAVE-5": "should",
  "PING-1": "should",
  "LOGOUT-1": "should",
  "CONC-1": "must",
  "PRES-1": "may"
} as const satisfies Record<string, Level>

export type ClauseId = keyof typeof clauses

export const isClauseId = (id: string): id is ClauseId => Object.hasOwn(clauses, id)
