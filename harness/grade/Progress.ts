import { millis } from "../Format.ts"
import type { GradingTexts } from "../texts/Grading.ts"

/** Who is being judged, how far that is, and how long the rest may take. */
export class Progress {
  private readonly all: number
  private readonly jobs: number
  private readonly scenarios: number
  private readonly texts: GradingTexts
  private readonly begun = new Map<string, Set<string>>()
  private graded = 0
  private spentMillis = 0

  constructor(all: number, jobs: number, scenarios: number, texts: GradingTexts) {
    this.all = all
    this.jobs = jobs
    this.scenarios = scenarios
    this.texts = texts
  }

  /** A scenario begins; none where the submission itself does. */
  begins(name: string, file?: string): void {
    const files = this.begun.get(name) ?? new Set()
    if (file !== undefined) files.add(file)
    this.begun.set(name, files)
  }

  ends(name: string, tookMillis: number): void {
    this.begun.delete(name)
    this.graded++
    this.spentMillis += tookMillis
  }

  get line(): string {
    const running = [...this.begun].map(([name, files]) => `${name} ${files.size}/${this.scenarios}`)
    const parts = [this.texts.progress(this.graded, this.all), running.join(", "), ...this.left]
    return parts.filter((part) => part !== "").join(" · ")
  }

  /** By what those took that are graded. */
  private get left(): ReadonlyArray<string> {
    if (this.graded === 0 || this.graded === this.all) return []
    const each = this.spentMillis / this.graded
    const leftMillis = Math.ceil((this.all - this.graded) / this.jobs) * each
    return [
      this.texts.timeLeft(
        leftMillis < 90_000
          ? millis(Math.ceil(leftMillis / 1_000) * 1_000)
          : `${Math.round(leftMillis / 60_000)} min`
      )
    ]
  }
}
