/** What is said of a program that somebody sits at. */
export interface ProgramTexts {
  readonly starts: string
  readonly connects: (actor: string, port: number) => string
  readonly noConnection: string
  readonly sends: (actor: string, request: string) => string
  readonly granted: (name: string) => string
  readonly refusedIt: string
  readonly noJson: (bytes: string) => string
  readonly nothingMore: (actor: string) => string
  readonly shows: (texts: string) => string
  readonly hasShown: (texts: string) => string
  /** What is held back from now on, behind the name of the actor. */
  readonly holdsBack: { readonly [what in "nothing" | "replies" | "everything"]: string }
  readonly notThere: string
  readonly tooEarly: string
  readonly from: (text: string, name: string) => string
  readonly times: (text: string, times: number) => string
  readonly quits: (actor: string) => string
  readonly staysConnected: string
  readonly goesOn: string
  readonly ended: (how: string) => string
  readonly tellsRefusal: string
  readonly tellsEnd: string
  readonly nothingNew: string
  readonly floods: string

  /** Why a scenario was not played, or proves nothing. */
  readonly noClient: string
  readonly noProgram: string
  readonly notHere: string
  readonly noWord: { readonly [word in "list" | "quit"]: string }
  readonly onePort: string
  readonly noTerminal: string
  readonly notTheClient: (received: string) => string
}
