import { parentPort, workerData } from "node:worker_threads"
import { LogFailure } from "./Failure.ts"
import { SqliteFile, type SqliteOptions } from "./SqliteFile.ts"
import type { Answer, Call } from "./SqliteThread.ts"

// The thread that has the file: it answers each call in turn, the first time when the file is open.

const answer = (body: () => unknown): void => {
  let answer: Answer
  try {
    answer = { value: body() }
  } catch (error) {
    if (!(error instanceof LogFailure)) throw error
    answer = { failure: error.failure }
  }
  parentPort!.postMessage(answer)
}

answer(() => {
  const file = new SqliteFile(workerData as SqliteOptions)
  parentPort!.on("message", ({ task, values }: Call) =>
    answer(() => {
      if (task === "close") parentPort!.close()
      return (file[task] as (...values: ReadonlyArray<unknown>) => unknown)(...values)
    })
  )
  return { continues: file.continues, last: file.last }
})
