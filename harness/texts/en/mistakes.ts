import type { Catalogue } from "../Catalogue.ts"

/** The usual mistakes and what to do about each, in plain English. */
export const mistakes: Catalogue["mistakes"] = {
  recvTakenForMessage: {
    title: "One `recv` is taken for one message",
    cure: "`recv` returns what has arrived: half a request, one, or three and a half. Keep what you have, append each piece to it, take every complete object from the front, and keep the rest for the next `recv`."
  },
  newlineAwaited: {
    title: "The server reads lines",
    cure: "`getline`, `fgets`, `readline` and `for line in file` wait for a newline, and the lab's client sends none. Read with `recv` and cut where the JSON object ends."
  },
  bracesCountedInStrings: {
    title: "Braces inside a text are counted, too",
    cure: 'A brace in quotes is only a character: `{"content":"} {"}` is one object. When looking for the end of an object, skip strings, and the character behind each backslash in them.'
  },
  strtok: {
    title: "Requests are cut with `strtok`",
    cure: "`strtok` keeps its place in one variable for the whole program, so two threads trip over each other; and it hands you a last part that may be incomplete. Cut where an object ends; where you do need to cut words, use `strtok_r`."
  },
  pieceDecoded: {
    title: "Each piece is decoded by itself",
    cure: "A piece may end in the middle of a character. Collect bytes, and decode once the object is complete, or use a decoder that keeps half a character for the next piece."
  },
  jsonSearchedAsText: {
    title: "JSON is searched with `strstr`, `find` or a regular expression",
    cure: 'Blanks, escapes and the order of fields are free in JSON, and `"type":"login"` may also stand inside a message. Use a library (cJSON, nlohmann/json, Python\'s json) and look at the fields.'
  },
  parserFailureKills: {
    title: "A failure of the JSON parser is not caught",
    cure: "Parsers report bad input: with NULL in C, with an exception in C++ and Python. Look at it or catch it for each request, and send an error. Very deep nesting and numbers out of range (`std::stoi`) are reported in the same way."
  },
  fieldTakenForGranted: {
    title: "A field is used before it is checked",
    cure: "A request may have no `username`, or one that is a number, and may be no object at all. Check that a field is there and that it is a text before you use it."
  },
  bufferGrowsForEver: {
    title: "The buffer for a request grows without end",
    cure: "Set a limit, and look at it whenever you append. Over the limit: send an error, and close."
  },
  fixedBuffer: {
    title: "A buffer of fixed size cuts long texts",
    cure: "`char buf[1024]`, `%s` into an array and `strncpy` cut, or write past the end. Let the buffer grow up to a limit, in C with `realloc`, in C++ with `std::string`. The same goes for an array of five clients."
  },
  badLineNotSkipped: {
    title: "After malformed bytes the server is lost",
    cure: "Send one error, drop all up to and including the next newline, and start again there. Count the bad lines in a row, and close at the tenth."
  },
  answerMisspelt: {
    title: "The answer is not the JSON that clients expect",
    cure: 'Clients look for `"status":"success"`: not `ok`, and not under another key. JSON has double quotes: write it with `json.dumps`, not with `str`. Send as many bytes as the text has, without the zero at its end (`strlen`, not `sizeof`).'
  },
  answerForgotten: {
    title: "Some way through the code sends no answer, or two",
    cure: "Let one function work out the answer and return it, and send it in a single place. Then no `if` can forget it, and none can send twice. Send to the others as well when the room is empty."
  },
  elseForgotten: {
    title: "The last `else` is missing",
    cure: "A chain of `if (type == …)` needs an end: whatever is left is answered with an error, and the loop goes on."
  },
  errorsWrittenByHand: {
    title: "Each error is written by hand",
    cure: "Make one function that builds errors, with a code and a message, and use it everywhere."
  },
  idChanged: {
    title: "The id is converted, invented or remembered",
    cure: "Copy the JSON value as it is: a number stays a number. Without an id in the request there is none in the answer. Do not forget errors."
  },
  jsonBySprintf: {
    title: "JSON is put together with `sprintf`, `+` or an f-string",
    cure: "A quote, a backslash or a newline in a name or a message breaks the JSON. Let a library write it, which escapes what has to be escaped."
  },
  newlineNotSent: {
    title: "Answers do not end in a newline",
    cure: "Append one `\\n` to each object, and write objects without line breaks inside."
  },
  closedWithUnreadBytes: {
    title: "The connection is closed while bytes are unread",
    cure: "`close` with unread bytes makes the system send a reset, which can overtake what you sent before it. Send the reason, close your sending side, read until the other side closes (a second at most), then close."
  },
  addressInUse: {
    title: "The server cannot be started again for a minute",
    cure: '`bind` fails with "Address already in use" while old connections of that port are in TIME_WAIT. Set SO_REUSEADDR before `bind`.'
  },
  unaskedObjects: {
    title: "The server greets people, or announces who comes and goes",
    cure: "Send only what the protocol knows. Such notices are for clients that ask for `presence` when they log in."
  },
  deliveredLater: {
    title: "Messages are delivered after their answer, by somebody else",
    cure: "When a thread or a task delivers later, a list may overtake it. Put the messages into the receivers' queues first, acknowledge then, and send lists through the same queues."
  },
  namesComparedBadly: {
    title: "Names are compared by their address, or in part",
    cure: "In C, `a == b` compares addresses, and `strncmp(a, b, 8)` finds `alexandra` and `alexandre` equal. Use `strcmp`, and room for the whole name. In C++ compare `std::string`, not `const char*`."
  },
  checkThenAct: {
    title: "First it is looked up whether the name is free, then it is taken",
    cure: "Another thread may take the name between the two. Hold one lock from looking to taking, or use one operation that does both and tells you whether it worked."
  },
  refusedFreesName: {
    title: "A refused client frees the name when it goes",
    cure: "The end of a connection may only remove its own entry. Note a name at the connection once it has been granted, not when it is asked for."
  },
  refusalEndsTheLoop: {
    title: "After a refusal the server stops listening to the client",
    cure: "A refusal is an answer like any other: send it, and go on reading. A login is a request in the usual loop, not a step before it."
  },
  secondLoginLeavesGhost: {
    title: "A second login on one connection adds a second name",
    cure: "Look whether the connection has a name already, and refuse. Otherwise the old name stays on the list, with nobody behind it."
  },
  connectedTakenForLoggedIn: {
    title: "Who is connected is taken for who is logged in",
    cure: "A connection has no name before its login. Add it to the list of users once its login is granted, and use that list for `list`, for messages, and to see who may speak."
  },
  lengthInBytes: {
    title: "The length of a name is counted in bytes",
    cure: "`strlen` counts bytes: é has two, 😀 four. Count code points, after NFC, and look for characters that nobody can see."
  },
  caseComparedBadly: {
    title: "Upper and lower case are compared letter by letter",
    cure: "`tolower` knows only ASCII. Keep a key beside the name, made with NFKC and case folding, and compare keys."
  },
  wordsMistyped: {
    title: "The words differ from those of the lab sheet",
    cure: "Copy them. Mind the accents (save your source file as UTF-8), the comma, and blanks at the end."
  },
  memberBeforeWelcome: {
    title: "A client is on the list before it has its welcome",
    cure: "From the moment a client is on the list, other threads send to it. Write the welcome first, or put it into the client's queue first, under the same lock."
  },
  senderNotSkipped: {
    title: "The message is sent to everyone, the sender too",
    cure: "Skip the sender in the loop. Compare connections, not names."
  },
  loopEndsEarly: {
    title: "The loop over the receivers ends too early",
    cure: "`break` or `return` at the sender, or at a receiver whose `send` fails, forgets all that come after it. Use `continue`."
  },
  ackSentToEveryone: {
    title: "The answer is sent to everyone, or once per receiver",
    cure: "The answer goes to the sender alone, once, after the loop over the receivers, not inside it."
  },
  partialSend: {
    title: "`send` is taken to send everything",
    cure: "`send` may take only a part of a long text, and returns how much. Send the rest in a loop; in Python use `sendall`."
  },
  writesMixed: {
    title: "Two threads write to one client at the same time",
    cure: "Give each client a lock that is held while one object is written, so that two objects cannot mix. Write an object with its newline in one call."
  },
  threadPerMessage: {
    title: "Each message is handled in a thread of its own",
    cure: "Threads overtake each other. Read and handle the requests of one client in one thread, one after the other."
  },
  ordersDiffer: {
    title: "Each receiver is sent to on its own",
    cure: "When two threads send at the same time, one receiver sees their messages in one order, another in the other. Hold one lock while a message is put into the queues of all the receivers."
  },
  contentTouched: {
    title: "The content is trimmed, split or converted",
    cure: "Pass it on as it is: no `strip`, no `%s` or `cin >>` (which stop at a blank), no HTML escapes, no Latin-1. Decode and encode as UTF-8 everywhere."
  },
  nameFromRequest: {
    title: "The sender's name is taken from the message",
    cure: "Anybody can write any name there. Use the name of the connection, which it got when it logged in."
  },
  lockHeldWhileSending: {
    title: "A lock is held while `send` waits",
    cure: "`send` waits for a client that does not read, and everybody else then waits for the lock. Give each client a queue and a thread that sends from it; hold the lock only to put messages into the queues. Limit each queue, and close where it is full."
  },
  listShared: {
    title: "Threads share the list of clients without a lock",
    cure: "While one thread walks over the list another one changes it: clients are missed, met twice, or the program crashes. Copy the list under a lock, and walk over the copy."
  },
  erasedInTheLoop: {
    title: "Clients are removed from the list while it is walked over",
    cure: "`erase` makes the iterator of the loop invalid, and Python's `remove` skips the next element. Continue with what `erase` returns, walk over a copy, or walk backwards."
  },
  endNotNoticed: {
    title: "The end of a connection is not noticed",
    cure: '`recv` returns 0 when the other side has closed, and -1 when the connection broke (ECONNRESET); Python returns b"" or raises. Each of them is the end: leave the loop, forget the client, close. Only EINTR means: again.'
  },
  cleanupSkipped: {
    title: "Some way out of the code does not clean up",
    cure: "A `return`, `continue` or exception in the middle skips the lines that free the name. Let there be one way out: a function around the loop in C, a destructor in C++, `finally` in Python."
  },
  exceptionLeavesThread: {
    title: "An exception leaves the thread",
    cure: "In C++ an exception that leaves a thread ends the whole program. In Python it ends that thread without a word, daemon or not: the client waits for ever, its name stays taken. Catch it around the loop of each client, and clean up."
  },
  sigpipe: {
    title: "Sending to somebody who has left ends the program (SIGPIPE)",
    cure: "Writing to a closed connection ends a C or C++ program, unless you ignore SIGPIPE once at the start, or pass MSG_NOSIGNAL to each `send`. Then `send` returns -1: skip that client. Python raises BrokenPipeError instead."
  },
  peerVanished: {
    title: "Nobody asks whether a silent client is still there",
    cure: "TCP says nothing of a machine that lost its network. Turn on keep-alive for each connection, or close those that were silent for too long."
  },
  closedBeforeAnswering: {
    title: "At the end of the input the server closes at once",
    cure: "`recv` returning 0 only says that no more requests come. Answer those that have come, then close."
  },
  oneClientAtATime: {
    title: "The server waits for one client at a time",
    cure: "`recv` waits. Give each client a thread, or ask `poll` who has something to read and never wait for the rest of a request. In C, give each thread a variable of its own for its socket: the address of the loop's `fd` changes under it."
  },
  selectMisused: {
    title: "`select` is called with a used set, or too small a number",
    cure: "`select` changes the set that it is given: pass a copy each time. Its first argument is the highest descriptor plus one. It cannot watch descriptors from FD_SETSIZE (1024) on; `poll` can."
  },
  backlogTooShort: {
    title: "`listen` has too short a queue",
    cure: "`listen(server, 1)` lets clients wait, or turns them away, when several connect at once. Use SOMAXCONN, and call `accept` again right away."
  },
  seatsNotReused: {
    title: "The places of those who left are never used again",
    cure: "An array of clients fills up when each new one takes the next place. Move the last one into the gap, or look for a free place."
  },
  announcedTooSoon: {
    title: "Comings and goings are announced too soon, or to all",
    cure: "Announce a login once it is granted, and a leave once the name is free. Send both only to those who asked for `presence`, and never to the one it is about."
  },
  roomNotChecked: {
    title: "A room is only a field that is passed on",
    cure: "Keep a table from a room's name, in the form that names are compared in, to its members. Look there before anything is sent, answered or listed, and send to nobody else."
  },
  directAsBroadcast: {
    title: "A direct message goes the way of all messages",
    cure: "Find the holder of the name first, as a login does. Refuse where there is none; otherwise send to this one connection, not through the loop over all."
  },
  inboxOfTheName: {
    title: "Letters are kept under a name",
    cure: "Keep an inbox with the session, and drop it with the session. A table from names to letters hands them to whoever comes next."
  },
  numbersOfTheConnection: {
    title: "Numbers are counted per connection, or in several places",
    cure: "Count once for each room, in the one place where the order of its messages is decided, and put the number into the message before it goes to anybody."
  },
  ackOvertakes: {
    title: "The ack is sent as soon as the message is accepted",
    cure: "Let the ack take the same way as the events: put it where the sender's own message would stand, behind everything with a lower number."
  },
  pastBesideLive: {
    title: "The past and the live messages come from two places",
    cure: "Do not read the history and then subscribe, or the other way round: between the two a message is lost or comes twice. Remember for each client and room the last number sent, and send from the history until it has caught up."
  },
  pastUnbounded: {
    title: "What was said is kept without a bound, or lost without a word",
    cure: "Keep a ring of the latest messages for each room. Where somebody asks for what has fallen out of it, say so with a `gap` before anything else."
  },
  sessionOfTheConnection: {
    title: "The session ends with its connection",
    cure: "Keep name, rooms and inbox in the session, and in the connection only a reference to it. The end of a connection makes its session absent; only `logout`, or the end of the grace, ends it."
  },
  tokenTakenForGranted: {
    title: "A token is believed, or not forgotten",
    cure: "Look the token up together with the name. Where it is unknown, go on as for any other login; remove it with its session."
  },
  receiptsOfTheConnection: {
    title: "Receipts are kept with the connection",
    cure: "Keep the latest 64 `cid`s with their numbers in the session. Note one in the same step that gives the message its number, never before and never after."
  },
  receiptWithoutContent: {
    title: "A receipt does not say what it is for",
    cure: "Keep with each `cid` what was sent and where to, or a hash of it, and compare before you answer with the old number."
  },
  nobodyReadsWhileTyping: {
    title: "Nobody reads while the program waits for the keyboard",
    cure: "`input`, `getline` and `fgets` wait. Read the connection in a thread of its own, or ask `poll` which of the two has something; and write a whole line at once, with a newline and `flush`."
  },
  printedTwice: {
    title: "A message is printed in two places",
    cure: "Both the thread that reads and the one that waits for an answer print what comes. Let one place alone read the connection, and print there."
  },
  answerReadAfterSend: {
    title: "What comes after `send` is taken for its answer",
    cure: "Others may speak first. Let one thread read all that comes, and tell the two apart: an answer has `status`, a message has `type`."
  },
  lineEndSent: {
    title: "The end of the line is sent, too",
    cure: "`fgets` and `readline` keep the newline. Cut it off before the text goes into the message or the name."
  },
  wordSent: {
    title: "The word for the list is sent as a message",
    cure: 'Compare the line with the word before it becomes a message, and send `{"type":"list"}` instead.'
  },
  usersNotShown: {
    title: "The names of the list are not printed",
    cure: "The answer to `list` has no `content` and no `message`: its names stand in `users`."
  },
  threadKeepsProgram: {
    title: "A thread that still reads keeps the program alive",
    cure: "Shut the socket down on both sides before you wait for the thread, or make it a daemon: closing a socket wakes nobody who waits in `recv`."
  },
  statusIgnored: {
    title: "Nobody looks at `status`",
    cure: "Print the `message` of every answer whose `status` is not `success`, and ask for another name where the login was refused."
  },
  senderNotShown: {
    title: "Only `content` is printed",
    cure: "Print `username` in front of it."
  }
}
