import { createContext, Script } from "node:vm"

/** The CPU time that a regular expression may take over one text. */
const millisMax = 250

/** The times that an expression is tried which was stopped while the machine was busy with other things. */
const triesMax = 20

/**
 * A regular expression. Some take longer for each letter more than for all before it: one that does not end in time is
 * stopped, matches nothing, and is not tried again.
 */
export class BoundedRegExp {
  /** True once a text has taken too long. */
  tooSlow = false
  private readonly regexp: RegExp

  constructor(regexp: RegExp) {
    this.regexp = regexp
  }

  matches(text: string): boolean {
    for (let tries = 1; !this.tooSlow; tries++) {
      const before = process.cpuUsage()
      try {
        return inTime(() => this.regexp.test(text))
      } catch {
        // the clock ran out; on a busy machine that says nothing of the expression
        const { system, user } = process.cpuUsage(before)
        this.tooSlow = (system + user) / 1_000 >= millisMax / 2 || tries === triesMax
      }
    }
    return false
  }
}

/** A regular expression that a whole text has to match. */
export class WholeText extends BoundedRegExp {
  readonly source: string

  /** Throws a `SyntaxError` where the text is no regular expression. */
  constructor(source: string) {
    super(new RegExp(`^(?:${source})$`, "su"))
    this.source = source
  }
}

/** Node can stop only what runs as a script. */
const script = new Script("run()")
const context = createContext({ run: (): unknown => undefined })

const inTime = <A>(run: () => A): A => {
  context["run"] = run
  return script.runInContext(context, { timeout: millisMax }) as A
}
