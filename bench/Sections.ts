import type { Section } from "./Section.ts"
import { flat } from "./sections/Flat.ts"
import { frozen } from "./sections/Frozen.ts"
import { harness } from "./sections/Harness.ts"
import { lists } from "./sections/List.ts"
import { history } from "./sections/History.ts"
import { login } from "./sections/Login.ts"
import { nodes } from "./sections/Nodes.ts"
import { oneLog } from "./sections/OneLog.ts"
import { recalls } from "./sections/Recall.ts"
import { reopens } from "./sections/Reopen.ts"
import { resumes } from "./sections/Resume.ts"
import { room } from "./sections/Room.ts"
import { saturated } from "./sections/Saturated.ts"
import { starts } from "./sections/Start.ts"
import { store } from "./sections/Store.ts"
import { steady } from "./sections/Steady.ts"
import { webs } from "./sections/Web.ts"

/** All that the benchmark can measure, in the order in which it reports. */
export const sections: ReadonlyArray<Section> = [
  saturated,
  steady,
  frozen,
  login,
  room,
  flat,
  lists,
  history,
  resumes,
  recalls,
  webs,
  store,
  starts,
  reopens,
  harness,
  nodes,
  oneLog
]
