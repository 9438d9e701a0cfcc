import { chmodSync, globSync, lstatSync, mkdirSync, readdirSync, readlinkSync } from "node:fs"
import { release } from "node:os"
import { isAbsolute, join } from "node:path"
import * as Effect from "effect/Effect"
import { newFolder, removeFolder } from "./Folder.ts"
import { run, shell } from "./Process.ts"

/** The part of this machine that a program in a sandbox has. */
export interface View {
  /** What `workplace` gave: all that it may change. */
  readonly workplace: string
  /** Folders that it may read beyond those of the system. */
  readonly readable: ReadonlyArray<string>
  /** The network of the process that starts it, or none. */
  readonly hasNetwork: boolean
  /** The processes and threads after which it can start no more, where the system counts those of a sandbox by themselves. */
  readonly tasksMax: number
}

/** Where a program in a sandbox finds what it may change, by the folder of the workplace that this is. */
const mounts = { files: "/work", tmp: "/tmp", shm: "/dev/shm" } as const

/** A new folder with room for all that a program may change; it is removed at the end of this process, if not before. */
export const workplace = (): string => {
  const folder = newFolder("work")
  for (const name of Object.keys(mounts)) mkdirSync(join(folder, name))
  return folder
}

/** Removes a workplace; what a program has forbidden itself to change is no obstacle. */
export const removeWorkplace = (folder: string): void => {
  try {
    removeFolder(folder)
  } catch {
    allowAll(folder)
    removeFolder(folder)
  }
}

/** Lets folders be emptied, such as those of Go's modules, which nobody may write to. */
const allowAll = (folder: string): void => {
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) allowAll(join(folder, entry.name))
}

/** The folder of a workplace that a program works in. */
export const filesIn = (folder: string): string => join(folder, "files")

/**
 * The beginning of a command line that runs the rest of it in a sandbox (bubblewrap): with namespaces of its own, the
 * programs and libraries of the system to read, its workplace to change, and nothing else of this machine.
 */
export const sandbox = ({
  hasNetwork,
  readable,
  tasksMax,
  workplace: folder
}: View): ReadonlyArray<string> => [
  // what asks a program to end must not end bubblewrap, which would kill it at once
  ...words("env --ignore-signal=TERM bwrap --die-with-parent --as-pid-1 --cap-drop ALL"),
  ...words("--unshare-user --uid 1000 --gid 1000 --unshare-pid --unshare-ipc --unshare-uts"),
  ...(hasNetwork ? [] : ["--unshare-net"]),
  ...words("--proc /proc --dev /dev --ro-bind /usr /usr"),
  ...besideUsr.flatMap(likeHere),
  ...globSync(`/etc/{${hasNetwork ? `${settings},resolv.conf` : settings}}`).flatMap(toRead),
  ...Object.entries(mounts).flatMap(([name, place]) => ["--bind", join(folder, name), place]),
  ...readable.flatMap(toRead), // may lie where the workplace is
  ...words(`--remount-ro /dev --remount-ro / --chdir ${mounts.files}`),
  ...words(`--setenv HOME ${mounts.tmp} --setenv TMPDIR ${mounts.tmp} --setenv PATH`),
  pathWithin(["/usr", ...besideUsr, ...readable]),
  ...words("-- env --default-signal=TERM"),
  ...(countsByItself ? ["prlimit", `--nproc=${tasksMax}`] : [])
]

/** Linux 5.14 began to count the processes of a user apart for each namespace of users. */
const countsByItself = release().localeCompare("5.14", undefined, { numeric: true }) >= 0

const words = (text: string): ReadonlyArray<string> => text.split(" ")

/** Folders beside `/usr` that hold programs and libraries; on most systems they are links into it. */
const besideUsr = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

/** What compilers, interpreters and libraries look up in `/etc`; nothing there that is anybody's secret. */
const settings =
  "alternatives,ca-certificates*,fonts,group,host.conf,hosts,java*,ld.so.*,locale.alias,localtime,maven,mime.types,mono," +
  "nsswitch.conf,os-release,passwd,protocols,python*,services,ssl/certs,ssl/openssl.cnf,timezone"

const toRead = (path: string): ReadonlyArray<string> => ["--ro-bind", path, path]

/** A link stays a link: programs are found through it. */
const likeHere = (path: string): ReadonlyArray<string> => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return []
  return stats.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : toRead(path)
}

/** The part of this process's `PATH` that lies in these folders. */
const pathWithin = (folders: ReadonlyArray<string>): string =>
  (process.env["PATH"] ?? "")
    .split(":")
    .filter((path) => isAbsolute(path) && folders.some((folder) => `${path}/`.startsWith(`${folder}/`)))
    .join(":")

/**
 * The beginning of a command line that runs the rest of it in a network of its own, which has a loopback and nothing else.
 * Ports are free again there as soon as nobody listens on them.
 */
export const ownNetwork: ReadonlyArray<string> = [
  ...words("bwrap --die-with-parent --dev-bind / / --unshare-user --unshare-net --cap-add CAP_NET_ADMIN --"),
  ...shell('{ echo 0 >/proc/sys/net/ipv4/tcp_max_tw_buckets; } 2>/dev/null; exec "$@"'),
  // bubblewrap starts no sandbox for a user with capabilities
  ...words("sh setpriv --inh-caps=-all --ambient-caps=-all")
]

/** Tells if the system lets this process make sandboxes, in networks of their own. */
export const canContain: Effect.Effect<boolean> = Effect.runSync(
  Effect.cached(
    Effect.suspend(() => {
      const view = { workplace: workplace(), readable: [], hasNetwork: true, tasksMax: 100 }
      return run({ command: [...ownNetwork, ...sandbox(view), "true"] })
    }).pipe(Effect.map(({ ended }) => ended.code === 0))
  )
)
