import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ControlGroup } from "../../process/ControlGroup.ts"
import { bytesBelow, killAll, memoryOf, usageOf } from "../../process/Usage.ts"
import type { Limits } from "./ClassFile.ts"

/** What a submission can use too much of. */
export type Limit = "memory" | "processes" | "cpu" | "disk"

/** Keeps an eye on what one submission uses, from its build to its last scenario. */
export class Meter {
  private readonly limits: Limits
  private readonly group: ControlGroup
  private readonly workplace: string
  private looks = 0
  private spentMillis = 0
  private lastMillis: ReadonlyMap<number, number> = new Map()

  constructor(limits: Limits, group: ControlGroup, workplace: string) {
    this.limits = limits
    this.group = group
    this.workplace = workplace
  }

  /** Looks again and again; kills what a process has started whenever that uses too much, until it is to end with that. */
  watch(pid: number, endsWith: (limit: Limit) => boolean): Effect.Effect<Limit> {
    const watching = Effect.repeat(
      Effect.sync(() => this.look(pid)),
      {
        until: (reached) => reached !== undefined && endsWith(reached),
        schedule: Schedule.spaced(LOOK_MILLIS)
      }
    )
    return Effect.map(watching, (reached) => reached!)
  }

  /** What the system itself stopped since this was asked or looked at last: it may be over before the next look. */
  stopped(): Limit | undefined {
    const resource = this.group.exceeded()
    return resource === "pids" ? "processes" : resource
  }

  private look(pid: number): Limit | undefined {
    const { bytes, cpuMillis, pids, tasks } = usageOf(pid)
    for (const [one, millis] of cpuMillis) this.spentMillis += millis - (this.lastMillis.get(one) ?? 0)
    this.lastMillis = cpuMillis
    const { limits } = this
    const stopped = this.stopped()
    const reached: Limit | undefined =
      tasks > limits.tasks || stopped === "processes"
        ? "processes"
        : stopped === "memory" || (bytes > limits.memoryBytes && memoryOf(pids) > limits.memoryBytes)
          ? "memory"
          : this.spentMillis > limits.cpuMillis
            ? "cpu"
            : this.looks++ % DISK_LOOKS === 0 && bytesBelow(this.workplace) > limits.diskBytes
              ? "disk"
              : undefined
    if (reached !== undefined) killAll(pids)
    return reached
  }
}

const LOOK_MILLIS = 100

/** Looking through a folder takes longer: it is done every so many times. */
const DISK_LOOKS = 5
