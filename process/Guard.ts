import { type ChildProcess, spawn } from "node:child_process"
import type { Socket } from "node:net"
import { markVariable, ownMarks } from "./Marked.ts"

/** The groups of processes that may still have a member, by the number of their first one. */
const alive = new Set<number>()

/** Folders to remove when this process has ended. */
const folders = new Set<string>()

/**
 * A process of its own that cleans up after this one, however it ends: it kills groups, and what carries a mark of this
 * process (Linux), and removes folders.
 */
let guard: ChildProcess | undefined

/**
 * `+ 123` adds a group, `- 123` takes one away, `rm PATH` adds a folder; the end of the input is that of this process. What
 * carries a mark is looked for until there is none: it may be starting others meanwhile.
 */
const script = `
while read -r what which; do
  case $what in
    +) groups="$groups $which" ;;
    -) others=
      for group in $groups; do [ "$group" = "$which" ] || others="$others $group"; done
      groups=$others ;;
    rm) set -- "$@" "$which" ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
looks=0
while marked=$(grep -lza "$0" /proc/[0-9]*/environ) || [ "$marked" ] && [ $((looks += 1)) -le 100 ]; do
  for file in $marked; do file=\${file%/environ}; kill -KILL "\${file#/proc/}"; done
done
for folder; do
  rm -rf "$folder" || { chmod -R u+rwX "$folder"; rm -rf "$folder"; } || rmdir "$folder"
done`

const startGuard = (): ChildProcess => {
  const started = spawn("/bin/sh", ["-c", script, `^${markVariable}=${ownMarks}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"]
  })
  const isGone = () => {
    if (guard === started) guard = undefined
  }
  started.on("error", isGone).on("exit", isGone).unref()
  const input = started.stdin as Socket
  input.on("error", isGone).unref()
  for (const group of alive) input.write(`+ ${group}\n`)
  for (const folder of folders) input.write(`rm ${folder}\n`)
  return started
}

const tell = (line: string): void => {
  if (guard === undefined) guard = startGuard()
  else guard.stdin!.write(`${line}\n`)
}

/** Has a group of processes killed when this process ends. */
export const watchOver = (group: number): void => {
  alive.add(group)
  tell(`+ ${group}`)
}

/** Has a folder removed when this process ends. */
export const removeAtEnd = (folder: string): void => {
  folders.add(folder)
  tell(`rm ${folder}`)
}

/** Sends a signal to all that is left of a group. */
export const signalGroup = (group: number | undefined, signal: NodeJS.Signals): void => {
  if (group === undefined || !alive.has(group)) return
  try {
    process.kill(-group, signal)
  } catch {
    // The whole group has ended by itself.
  }
}

/** Kills a group, which nobody has to watch over any more. */
export const killGroup = (group: number | undefined): void => {
  signalGroup(group, "SIGKILL")
  if (group !== undefined && alive.delete(group)) tell(`- ${group}`)
}

process.on("exit", () => alive.forEach(killGroup))
