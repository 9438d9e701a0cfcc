import type { Catalogue } from "../Catalogue.ts"

/** The clauses of what clients ask for with features, in plain English. */
export const features = {
  "PRES-1": {
    title: "who asks for presence is told who comes and goes",
    rule: "With the feature `presence` a client receives `joined` after somebody's login, and `left` once the name is free again; never the other way round.",
    why: "A client can keep its list of users up to date without asking for it again and again."
  },
  "ROOM-1": {
    title: "rooms come and go with their members and their history",
    rule: "A room exists while someone is in it, or while it has history. Its name is one that a person could have, in any case the same room; anything else is refused. The lobby, which everyone is in, cannot be left.",
    why: "Two people who write `lab` and `Lab` mean one room. A room that nobody could name again would be lost."
  },
  "ROOM-2": {
    title: "what is said in a room reaches its members alone",
    rule: "Each member but the sender receives it once. Whoever is not in a room can neither speak, look nor read there: `not_in_room`.",
    why: "People speak freely where they know who listens."
  },
  "ROOM-3": {
    title: "the reply to a join comes first",
    rule: "Nothing of a room reaches a client before the reply to its `join`. `users` has the members in the order in which they joined.",
    why: "A client that receives a message of a room it does not know yet has to throw it away."
  },
  "ROOM-4": {
    title: "a room has one order for all its members",
    rule: "All members see the messages of a room in one and the same order. Between rooms none is promised.",
    why: "An answer that stands before its question makes no sense."
  },
  "ROOM-5": {
    title: "who watches a room is told who joins and leaves it",
    rule: "With `presence` and `rooms`, members receive `joined` and `left` with the name of the room. Whoever leaves altogether leaves the rooms first. Nobody is told of themselves.",
    why: "A list of who is in a room goes stale unless somebody says what changes."
  },
  "DM-1": {
    title: "a direct message reaches one person",
    rule: "Nobody but the holder of the name receives it, exactly once.",
    why: "What was meant for one pair of eyes must not be seen by others, not even once."
  },
  "DM-2": {
    title: "a direct message that cannot arrive is refused",
    rule: "It is refused where nobody has the name (`no_such_user`), where its holder could not receive it (`cannot_receive`), and where it is to oneself.",
    why: "The sender would wait for an answer from somebody who never heard the question."
  },
  "DM-3": {
    title: "an inbox belongs to a session, not to a name",
    rule: "What comes while its owner is away waits in the inbox of the session, under numbers of its own. Whoever has the name next cannot read it.",
    why: "Names are given back and given anew. The next alice must not read the letters of the last one."
  },
  "DM-4": {
    title: "nothing of a direct message stays",
    rule: "No history shows it, and nothing of an inbox is left once its session is over.",
    why: "What two people said to each other is nobody else's, afterwards no more than at the time."
  },
  "SEQ-1": {
    title: "numbers rise by one",
    rule: "The numbers of a room rise by exactly 1, from 1.",
    why: "Only without holes does a number that is missing tell that a message is."
  },
  "SEQ-2": {
    title: "a client sees numbers in rising order, each once",
    rule: "A client sees each number of a room at most once, in rising order, and a jump only after a `gap` or over messages of its own.",
    why: "A client that has seen 7 can be sure that it has seen all before, or was told what it lacks."
  },
  "SEQ-3": {
    title: "an ack has its message's number, and its place",
    rule: "The ack of a message carries its number, and stands among the events of the room where the message stands.",
    why: "The sender, too, has to know where in the conversation its words stand."
  },
  "SEQ-4": {
    title: "a number never names two messages",
    rule: "Epoch, room and number together never name two messages.",
    why: "A client that came back would take another message for one that it has."
  },
  "HIST-1": {
    title: "what was said before joins what is said now",
    rule: "`join` with `recent` or `after` shows that much of the past as ordinary events, then goes on with live ones: nothing is left out, nothing comes twice.",
    why: "The seam between the past and now is where messages get lost."
  },
  "HIST-2": {
    title: "the past can be read page by page",
    rule: "`history` is answered with one reply: the latest messages below `before`, in rising order, and no more than fit into one object.",
    why: "A reply that is too large for its reader ends the conversation that it was about."
  },
  "HIST-3": {
    title: "what is no longer there is said to be missing",
    rule: "Whoever asks for what is no longer kept gets a `gap` first.",
    why: "Silence would mean that nothing was said."
  },
  "HIST-4": {
    title: "the past is bounded, and its beginning only rises",
    rule: "History is kept by number, age and bytes; the oldest goes first, and `first` never falls.",
    why: "Memory is finite, and what was said should not be kept for ever."
  },
  "RESUME-1": {
    title: "a session outlives its connection",
    rule: "When a connection ends without `logout`, the session is kept for a while: off the list, but with its name, its rooms and its inbox.",
    why: "Trains go through tunnels. Nobody should take your name while you are in one."
  },
  "RESUME-2": {
    title: "the token is all it takes to come back",
    rule: "The token works while the old connection still seems alive, too; that one then ends with `session_replaced`, and others notice nothing.",
    why: "The server often notices a broken connection later than the person does."
  },
  "RESUME-3": {
    title: "whoever comes back has missed nothing",
    rule: "All that `seen` lacks comes as ordinary events, each once, or a `gap` says what is missing.",
    why: "Otherwise people have to ask what was said, and never know what they did not ask for."
  },
  "RESUME-4": {
    title: "an unknown token is an ordinary login",
    rule: 'A token that is unknown or over leads to an ordinary login, with `"resumed":false`. The rooms in `seen` are joined again, and the inbox stays shut.',
    why: "A client that was away for too long should be let in all the same, but not into somebody else's session."
  },
  "RESUME-5": {
    title: "coming back works as often as one likes",
    rule: "A session can be taken up any number of times, also before any message has come.",
    why: "A bad network breaks more than once, and not only when it suits the server."
  },
  "RESUME-6": {
    title: "whoever logs out is gone at once",
    rule: "`logout` ends the session: the name is free, and the token worthless.",
    why: "Who says goodbye does not want to be expected back."
  },
  "DEDUP-1": {
    title: "a message sent again is not said again",
    rule: "The same message with the same `cid` is not said again; its ack has the number of the first one.",
    why: "When the connection breaks before the ack comes, nobody knows whether the message was said. With this, sending it again is safe."
  },
  "DEDUP-2": {
    title: "the latest 64 messages can be sent again",
    rule: "The latest 64 `cid`s of a session count, and a message that was refused has not used up its own.",
    why: "A promise without a bound would fill the memory; one without a number would be none."
  },
  "DEDUP-3": {
    title: "sending again works after coming back",
    rule: "Whatever became of the connection that sent it first, the same `cid` in the same session is the same message.",
    why: "The only reason to send something again is that a connection was lost."
  },
  "DEDUP-4": {
    title: "a `cid` stands for one message",
    rule: "The same `cid` with another content, room or person is refused.",
    why: "An ack for words that nobody will ever hear would be a lie."
  }
} as const satisfies Partial<Catalogue["clauses"]>
