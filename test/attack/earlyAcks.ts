import { SqliteFile } from "../../src/log/SqliteFile.ts"

// For the Node of a server (`--import`): its log says that entries are in the file, and writes them a little later.

const { append } = SqliteFile.prototype
const lateMillis = 100

let late: Array<string> = []

SqliteFile.prototype.append = function (texts) {
  if (late.length === 0)
    setTimeout(() => {
      append.call(this, late)
      late = []
    }, lateMillis)
  late = [...late, ...texts]
  return this.last + late.length
}
