import * as Schema from "effect/Schema"
import { type LogReason, reasons } from "./Failure.ts"

/** A log failed; `detail` is for whoever runs the server. */
export class LogError extends Schema.TaggedError<LogError>()("LogError", {
  reason: Schema.Literals(Object.keys(reasons) as [LogReason, ...Array<LogReason>]),
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }

  /** True if the same may succeed later, with nothing changed by anybody but the engine. */
  get isRetryable(): boolean {
    return reasons[this.reason].isRetryable
  }

  /** True if what was to be appended is certainly not in the log. */
  get isCertain(): boolean {
    return this.reason !== "unavailable"
  }
}
