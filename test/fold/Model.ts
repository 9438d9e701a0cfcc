import type { Entry, Operation, OperationOf, Rules } from "../../src/fold/Operation.ts"
import { isUsername, usernameKey } from "../../src/Username.ts"

/** Whoever holds a name. */
interface Client {
  readonly username: string
  readonly token: string | undefined
  features: ReadonlyArray<string>
  /** Its connection, or the last one, as `node/id`. */
  at: string
  letters: number
  /** The keys of its rooms. */
  rooms: ReadonlyArray<string>
  receipts: ReadonlyArray<{
    readonly op: OperationOf<"message">
    readonly sent: string
    readonly answer: string
  }>
}

interface Room {
  readonly name: string
  last: number
  members: ReadonlyArray<Client>
}

interface Kept {
  readonly place: Room | Client
  readonly seq: number
  readonly position: number
  readonly username: string
  readonly content: string
  readonly token: string | undefined
}

const key = usernameKey
const isRoomName = (name: string) => isUsername(name) && name !== "@"
const without = <A>(list: ReadonlyArray<A>, item: A): ReadonlyArray<A> =>
  list.filter((other) => other !== item)
const sizeOf = (kept: ReadonlyArray<Kept>) =>
  kept.reduce((sum, { content }) => sum + 200 + 2 * content.length, 0)

/** A node that is alive. */
interface Living {
  readonly n: number
  readonly since: number
  readonly heard: number
  readonly version: string | undefined
}

const versionIn = ([first]: Entry["ops"]) => (first?.t === "up" ? first.version : undefined)

/** What a chat that people stay in does, as plainly as it can be said: lists, and all limits imposed after each operation. */
export class Model {
  epoch = ""
  rules!: Rules
  nodes: ReadonlyMap<string, Living> = new Map()
  dead: ReadonlyArray<string> = []
  here: ReadonlyArray<Client> = []
  away: ReadonlyArray<Client> = []
  readonly lobby: Room = { name: "lobby", last: 0, members: [] }
  rooms: ReadonlyArray<Room> = []
  forgotten = 0
  kept: ReadonlyArray<Kept> = []
  private told: Array<string> = []

  /** Gives what happened, a line each. */
  apply(position: number, { at, n, node, ops }: Entry): ReadonlyArray<string> {
    if (this.dead.includes(node) || (!this.nodes.has(node) && ops[0]?.t !== "up"))
      return [`void ${node} ${n}`]
    const known = this.nodes.get(node) ?? { n: 0, since: at, version: versionIn(ops) }
    if (n <= known.n) return [`again ${node} ${n}`]
    this.nodes = new Map([...this.nodes, [node, { ...known, n, heard: at }]])
    this.told = []
    for (const op of ops) {
      this.told.push(this.nodes.has(node) ? this.result(node, position, op) : "fenced")
      this.told.push(...this.after.splice(0))
      this.settle()
    }
    return this.told
  }

  /** What follows from the operation at hand besides its result. */
  private readonly after: Array<string> = []

  private result(node: string, position: number, op: Operation): string {
    switch (op.t) {
      case "up":
        return this.up(node, op)
      case "login":
        return this.login(`${node}/${op.id}`, op)
      case "announce":
        return this.keep(this.lobby, position, op.username, op.content, undefined)
      case "over": {
        const client = this.away.find(({ at, token }) => token === op.session && at === `${op.of}/${op.id}`)
        return client === undefined ? "done" : this.end(client)
      }
      case "kick": {
        const client = this.here.find(({ username }) => key(username) === key(op.username))
        return client === undefined ? "done" : `${this.leave(client, false)}, kicked: ${op.reason}`
      }
      case "trim":
        this.kept = this.kept.filter((message) => message.position >= op.before)
        return "done"
      case "forget":
        this.kept = this.kept.filter((message) => key(message.username) !== key(op.username))
        for (const client of [...this.here, ...this.away])
          if (key(client.username) === key(op.username)) client.receipts = []
        return "done"
      case "dead":
        return this.nodes.has(op.node) ? this.die(op.node) : "done"
      case "epoch":
        if (op.of !== undefined && op.of !== this.epoch) return "done"
        this.epoch = op.epoch
        return `epoch ${op.epoch}`
      case "beat":
      case "fence":
        return "done"
    }
    const client = this.here.find(({ at }) => at === `${node}/${op.id}`)
    if (client === undefined) return "fenced"
    switch (op.t) {
      case "message":
        return this.message(client, position, op)
      case "join":
        return this.join(client, op.room)
      case "part":
        return this.part(client, op.room)
      case "leave":
        return this.leave(client, op.keep)
    }
  }

  private up(node: string, op: OperationOf<"up">): string {
    const isEmpty = !this.here.some(({ at }) => at.startsWith(`${node}/`))
    const rules = JSON.stringify(this.rules)
    if (!op.alone && this.nodes.size > 1 && isEmpty && JSON.stringify(op.rules) !== rules) {
      this.nodes = new Map([...this.nodes].filter(([name]) => name !== node))
      return `unlike ${rules}`
    }
    if (this.epoch === "") this.epoch = op.epoch
    if (op.alone || this.nodes.size === 1) this.rules = op.rules
    if (op.alone) for (const other of this.nodes.keys()) if (other !== node) this.after.push(this.die(other))
    this.endLongestAbsent()
    return "done"
  }

  private die(node: string): string {
    this.dead = [...this.dead, node]
    this.nodes = new Map([...this.nodes].filter(([name]) => name !== node))
    const story = [`dead ${node}`]
    const before = this.after.length
    for (const client of this.here.filter(({ at }) => at.startsWith(`${node}/`)))
      story.push(this.leave(client, true), ...this.after.splice(before))
    return story.join("\n")
  }

  private login(at: string, op: OperationOf<"login">): string {
    if (this.here.some((client) => client.at === at)) return "refused already_logged_in"
    const holder = [...this.here, ...this.away].find(({ username }) => key(username) === key(op.username))
    if (holder === undefined) {
      const { features, token, username } = op
      const client: Client = { username, features, token, at, letters: 0, rooms: [], receipts: [] }
      this.here = [...this.here, client]
      for (const room of op.rooms ?? []) if (isRoomName(room)) this.join(client, room)
      return `granted ${username} anew in ${this.roomsOf(client)}`
    }
    if (op.resume === undefined || holder.token !== op.resume) return "refused username_taken"
    const replaced = this.here.includes(holder) ? holder.at : "nobody"
    holder.at = at
    holder.features = op.features
    if (this.away.includes(holder)) {
      this.away = without(this.away, holder)
      this.here = [...this.here, holder]
      for (const room of this.rooms)
        if (holder.rooms.includes(key(room.name))) room.members = [...room.members, holder]
    }
    const story = `granted ${holder.username} again instead of ${replaced} in ${this.roomsOf(holder)}`
    if (!op.features.includes("rooms"))
      for (const room of holder.rooms) this.part(holder, this.room(room)!.name)
    return story
  }

  private message(client: Client, position: number, op: OperationOf<"message">): string {
    const { cid, content, to } = op
    const place = to === undefined ? `in ${this.placeOf(op.room)}` : `to ${isUsername(to) ? key(to) : to}`
    const sent = `${place}: ${content}`
    const receipt = client.receipts.find((receipt) => receipt.op.cid === cid)
    if (receipt !== undefined && client.token !== undefined)
      return receipt.sent === sent ? `duplicate ${receipt.answer}` : "refused invalid_request"
    const story =
      to === undefined
        ? this.say(client, position, content, op.room)
        : this.write(client, position, content, to)
    if (cid === undefined || client.token === undefined || story.startsWith("refused")) return story
    const answer = to === undefined ? story.split(" ")[1]! : `to ${this.named(to)!.username}`
    client.receipts = [...client.receipts, { op, sent, answer }]
    return story
  }

  private placeOf(room: string | undefined): string {
    return room === undefined ? "lobby" : isRoomName(room) ? key(room) : room
  }

  private say(client: Client, position: number, content: string, name: string | undefined): string {
    if (name !== undefined && !isRoomName(name)) return "refused invalid_room"
    const room = name === undefined ? this.lobby : this.room(name)
    if (room === undefined || (room !== this.lobby && !room.members.includes(client)))
      return "refused not_in_room"
    return this.keep(room, position, client.username, content, client.token)
  }

  private write(from: Client, position: number, content: string, to: string): string {
    const holder = this.named(to)
    if (holder === undefined) return "refused no_such_user"
    if (holder === from) return "refused invalid_request"
    if (!holder.features.includes("direct")) return "refused cannot_receive"
    const { token, username } = from
    if (holder.token === undefined) return `letter ${holder.username}@0 ${username}: ${content}`
    const seq = ++holder.letters
    this.kept = [...this.kept, { place: holder, seq, position, username, content, token }]
    return `letter ${holder.username}@${seq} ${username}: ${content}`
  }

  private keep(room: Room, position: number, username: string, content: string, token?: string): string {
    const seq = ++room.last
    this.kept = [...this.kept, { place: room, seq, position, username, content, token }]
    return `said ${room.name}#${seq} ${username}: ${content}`
  }

  private join(client: Client, name: string): string {
    if (!isRoomName(name)) return "refused invalid_room"
    if (key(name) === "lobby") return `joined ${client.username} lobby already`
    const known = this.room(name)
    if (known?.members.includes(client)) return `joined ${client.username} ${known.name} already`
    if (client.rooms.length >= this.rules.roomsPerClient) return "refused too_many_rooms"
    if (known === undefined && this.rooms.length >= this.rules.rooms) this.makeWay()
    if (known === undefined && this.rooms.length >= this.rules.rooms) return "refused too_many_rooms"
    const room = known ?? { name, last: this.forgotten, members: [] }
    if (known === undefined) this.rooms = [...this.rooms, room]
    room.members = [...room.members, client]
    client.rooms = [...client.rooms, key(name)]
    return `joined ${client.username} ${room.name}`
  }

  /** Forgets all that was said in the room that nobody needs and in which the last words are the oldest. */
  private makeWay(): void {
    const unused = this.rooms.filter((room) => !this.isNeeded(room))
    const last = this.kept.findLast(
      ({ place }, i) =>
        unused.includes(place as Room) &&
        unused.every((room) => room === place || this.kept.slice(i).some((later) => later.place === room))
    )
    if (last === undefined) return
    this.kept = this.kept.filter(({ place }) => place !== last.place)
    this.settle()
  }

  private isNeeded(room: Room): boolean {
    return room.members.length > 0 || this.away.some(({ rooms }) => rooms.includes(key(room.name)))
  }

  private part(client: Client, name: string): string {
    if (!isRoomName(name) || key(name) === "lobby") return "refused invalid_room"
    const room = this.room(name)
    if (!room?.members.includes(client)) return "refused not_in_room"
    room.members = without(room.members, client)
    client.rooms = without(client.rooms, key(name))
    return `parted ${client.username} ${room.name}`
  }

  private leave(client: Client, keep: boolean): string {
    const isKept = keep && client.token !== undefined
    const story = `left ${client.username} ${client.at} ${isKept ? "for now" : "for good"} from ${this.roomsOf(client)}`
    this.here = without(this.here, client)
    for (const room of this.rooms) room.members = without(room.members, client)
    if (isKept) this.away = [...this.away, client]
    else this.kept = this.kept.filter(({ place }) => place !== client)
    this.endLongestAbsent()
    return story
  }

  private endLongestAbsent(): void {
    while (this.away.length > this.rules.absent) this.after.push(this.end(this.away[0]!))
  }

  private end(client: Client): string {
    this.away = without(this.away, client)
    this.kept = this.kept.filter(({ place }) => place !== client)
    return `over ${client.username}`
  }

  /** Imposes what bounds what is kept, and forgets rooms that are not used any more. */
  private settle(): void {
    const { history, historyBytes, inbox, inboxBytes } = this.rules
    this.kept = this.kept.filter((message, i) => {
      const since = this.kept.slice(i).filter(({ place }) => place === message.place)
      if ("members" in message.place) return since.length <= history
      return since.length <= inbox && sizeOf(since) <= inboxBytes
    })
    for (const client of [...this.here, ...this.away])
      client.receipts = client.receipts.slice(-this.rules.receipts || Infinity)
    while (sizeOf(this.kept) > historyBytes) this.kept = this.kept.slice(1)
    for (const room of this.rooms) {
      if (this.isNeeded(room) || this.kept.some(({ place }) => place === room)) continue
      this.rooms = without(this.rooms, room)
      this.forgotten = Math.max(this.forgotten, room.last)
    }
  }

  private room(name: string): Room | undefined {
    return key(name) === "lobby" ? this.lobby : this.rooms.find((room) => key(room.name) === key(name))
  }

  private named(name: string): Client | undefined {
    return [...this.here, ...this.away].find(
      ({ username }) => isUsername(name) && key(username) === key(name)
    )
  }

  private roomsOf({ rooms }: Client): string {
    return rooms.map((room) => this.room(room)!.name).join()
  }
}
