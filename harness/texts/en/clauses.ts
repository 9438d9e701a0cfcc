import type { Catalogue } from "../Catalogue.ts"
import { features } from "./features.ts"

/** The clauses in plain English; docs/PROTOCOL.md has them word for word. */
export const clauses: Catalogue["clauses"] = {
  "WIRE-1": {
    title: "every answer is one line",
    rule: "Every object that the server sends stands on one line of its own and ends in a newline.",
    why: "Line by line, a log, a script and a client in any language can read along."
  },
  "FRAME-1": {
    title: "a request in pieces is still one request",
    rule: "A request means the same in whatever pieces it arrives, down to single bytes.",
    why: "TCP carries a stream of bytes. The network cuts it where it likes; on one machine that is rare, on the internet it is normal."
  },
  "FRAME-2": {
    title: "several requests that arrive together are all answered",
    rule: "Several requests in one segment are all answered, in the order they were sent.",
    why: "A client that sends twice in a row often fills one `recv`. What stands behind the first request must not be lost."
  },
  "FRAME-3": {
    title: "a character cut in two arrives whole",
    rule: "A character of several bytes (é, 😀) may be cut between two segments and still arrives as it was sent.",
    why: "The network knows bytes, not characters. Decoding half a character gives an error or a �."
  },
  "FRAME-4": {
    title: "every way to write JSON is understood",
    rule: "Blanks after `:` and `,`, `\\uXXXX` escapes and raw UTF-8 all mean the same. A careful server takes line breaks and indentation between the tokens, too.",
    why: "Each JSON library writes in its own way. Python puts a blank after each colon and escapes every accent."
  },
  "FRAME-5": {
    title: "an object over the limit is refused",
    rule: "An object over the limit (64 KiB by default) is answered with the code `too_large`, and the connection ends. The memory it takes stays bounded.",
    why: "One client that never closes its object could fill the memory of the server, and end it for everyone."
  },
  "FRAME-6": {
    title: "bytes that are no JSON hurt nobody else",
    rule: "Bytes that are no JSON, or no UTF-8, harm neither the other clients nor the server. A careful server tells the sender, or closes the connection.",
    why: "Anybody can send anything to an open port. One mistake of one client must not be the end of everyone's conversation."
  },
  "FRAME-7": {
    title: "after a bad line the next one counts again",
    rule: "Malformed bytes get one error; all up to the next newline is skipped, and the line behind it is read as usual. After ten malformed lines in a row the connection ends; on a connection that has sent no newline so far, after the first.",
    why: "A person who types by hand gets another chance; a program that sends garbage does not go on for ever; and a client without newlines, which could never be heard again, sees why."
  },
  "FRAME-8": {
    title: "no strange input kills the server",
    rule: "A TLS hello, an HTTP request or an object with the same key twice kill nothing. A careful server survives deep nesting, huge numbers and `__proto__`, too.",
    why: "Browsers, scanners and attackers knock at every open port, sooner or later."
  },
  "FRAME-9": {
    title: "a request ends where its JSON ends, without a newline",
    rule: "A request is complete with the closing brace of its JSON object. Nothing has to follow it. A careful server passes over NUL and byte order marks between objects, too.",
    why: "The lab's own client sends no newline. A server that waits for one never answers it, and both sides wait for ever."
  },
  "REQ-1": {
    title: "an unknown request gets an error, and the connection goes on",
    rule: "A `type` that is unknown or missing, or JSON that is no object, is answered with an error; then the connection goes on.",
    why: "A client that is newer than the server, or has a bug, learns what is wrong instead of waiting."
  },
  "REQ-2": {
    title: "each request gets exactly one answer, in order",
    rule: "Each login, message and list gets exactly one answer on its own connection, in the order of the requests.",
    why: "Answers do not say which request they belong to: clients count. One too many or too few, and every answer after it is taken for another."
  },
  "REQ-3": {
    title: "fields that are not needed are ignored",
    rule: "A request may have more fields than it needs; they change nothing.",
    why: "So new clients can talk to old servers."
  },
  "ID-1": {
    title: "a request's id comes back in its answer",
    rule: "The `id` of a request, a text or a number, comes back unchanged in its answer; an answer to a request without an id has none.",
    why: "With it a client can tell which answer belongs to which request."
  },
  "CODE-1": {
    title: "errors say their reason as a code",
    rule: "An error has a `code` for programs, such as `username_taken`, beside its `message` for people.",
    why: "A program cannot act on a sentence that is worded differently tomorrow."
  },
  "END-1": {
    title: "the server says why it ends a connection",
    rule: "When the server ends a connection it first sends the reason as an error, then closes in such a way that the reason arrives.",
    why: "Otherwise the person at the other end sees only a dead connection, and never learns why."
  },
  "PLAIN-1": {
    title: "a client sees nothing that it did not ask for",
    rule: "A client that asked for no feature receives answers to its requests, and messages; nothing else.",
    why: "A simple client stumbles over a banner or a notice: it takes it for the answer it waits for."
  },
  "SYNC-1": {
    title: "a list comes after the messages before it",
    rule: "A message that was acknowledged before somebody asks for the list reaches that person before the list does.",
    why: "So a client that has seen the list knows that it has seen all that was said until then."
  },
  "LOGIN-1": {
    title: "a free name is granted",
    rule: "Who asks for a name that nobody has gets it: the answer's `status` is `success`.",
    why: "Nothing works without a login. Everything else in the lab starts here."
  },
  "LOGIN-2": {
    title: "the welcome is `Bienvenue, <name>`",
    rule: "The `message` of the answer to a login is exactly `Bienvenue, ` and the name.",
    why: "The lab sheet gives these words."
  },
  "LOGIN-3": {
    title: "a name in use is refused",
    rule: "A name that somebody has is not granted again: the `status` is not `success`, or the connection ends. Its owner notices nothing. A careful server answers with the status `error`.",
    why: "With two of one name nobody could tell who is speaking."
  },
  "LOGIN-4": {
    title: "of several who want one name at the same time, one gets it",
    rule: "However many ask for a name at the same moment, exactly one gets it.",
    why: "Threads run between any two lines of your code: between looking whether a name is free and taking it, another one may take it."
  },
  "LOGIN-5": {
    title: "a refused client may try another name",
    rule: "After a refusal the client may log in under another name on the same connection.",
    why: "A person who picks a taken name wants to pick another one, not to start again."
  },
  "LOGIN-6": {
    title: "only real names are granted",
    rule: "A name is a text of 1 to 32 characters (code points, after NFC), none of them invisible, no control characters, no blank at its ends. Anything else is refused.",
    why: "A name that cannot be seen, or that looks like another, deceives people."
  },
  "LOGIN-7": {
    title: "nothing works before the login",
    rule: "Before its login a client's `message` and `list` are refused with `not_logged_in`, and its messages reach nobody.",
    why: "A message without a sender belongs to nobody."
  },
  "LOGIN-8": {
    title: "a second login changes nothing",
    rule: "Who is logged in already and logs in again is refused, and keeps the first name.",
    why: "Otherwise the first name stays on the list for ever, with nobody behind it."
  },
  "LOGIN-9": {
    title: "names that differ only in their case are one name",
    rule: "Names that are equal after NFKC and case folding are one name: who asks for `ALICE` while `alice` is there is refused. A name is shown as it was given.",
    why: "`Alice` could speak in the name of `alice`, and nobody would notice."
  },
  "LOGIN-10": {
    title: "the welcome comes first",
    rule: "The answer to a login comes before anything that others cause.",
    why: "A client reads the first thing that comes as the answer to its login."
  },
  "MSG-1": {
    title: "everyone else receives a message, once",
    rule: "Every other client that is logged in receives a message exactly once, with its sender's name and its content unchanged.",
    why: "This is what a chat is for."
  },
  "MSG-2": {
    title: "the sender is told that its message was sent",
    rule: "The sender of a message gets an answer with the status `success`. A careful server uses the lab sheet's words.",
    why: "The sender waits for it: without an answer, a client cannot tell a slow server from a lost message."
  },
  "MSG-3": {
    title: "nobody hears their own message",
    rule: "The sender of a message does not receive it; it gets the answer `success` and no more.",
    why: "The client has shown the text already: it would stand there twice. And who waits for an answer reads a message instead."
  },
  "MSG-4": {
    title: "one sender's messages arrive in order",
    rule: "The messages of one sender arrive in the order they were sent.",
    why: "A conversation out of order makes no sense."
  },
  "MSG-5": {
    title: "everyone sees the same conversation",
    rule: "All receivers see all messages in one and the same order.",
    why: "Otherwise one reads the answer before the question, and another one does not."
  },
  "MSG-6": {
    title: "the content arrives as it was sent",
    rule: "Accents, emoji, quotes, backslashes, newlines and blanks at both ends arrive unchanged, in messages of at least 2 KiB; a careful server takes 8 KiB.",
    why: "People write in all languages, paste code, and quote."
  },
  "MSG-7": {
    title: "nobody speaks for another",
    rule: "The name that others see is the one the sender logged in under. A message that claims another name is refused; one without a name is fine.",
    why: "Otherwise everyone can put words into everyone's mouth."
  },
  "MSG-8": {
    title: "who is not logged in hears nothing",
    rule: "Connections that are not logged in receive no messages.",
    why: "Otherwise anybody can listen without being seen on the list."
  },
  "MSG-9": {
    title: "a message without content is refused",
    rule: "A `content` that is missing, empty or no text is refused.",
    why: "Others would receive an empty line, or a client would fail on a value that it does not expect."
  },
  "MSG-10": {
    title: "one who does not read holds up nobody",
    rule: "A client that does not read what it is sent delays nobody else.",
    why: "Once the buffers of the system are full, `send` waits. If the whole server waits with it, one laptop that sleeps stops the chat for all."
  },
  "LIST-1": {
    title: "the list has everyone who is logged in, once",
    rule: "`users` holds the name of each client that is logged in, who asks included, exactly once. A careful server lists them in the order of their logins.",
    why: "People look at the list to see who will read what they write."
  },
  "LIST-2": {
    title: "the list has nobody who is not there",
    rule: "Nobody who has left, was refused or has not logged in is on the list.",
    why: "People would talk to somebody who is not there."
  },
  "LEAVE-1": {
    title: "who closes the connection is gone, and the name is free",
    rule: "Once a client has closed its connection, its name is off the list, and free for the next.",
    why: "Everybody leaves at some time. If names stay taken, nobody can come back."
  },
  "LEAVE-2": {
    title: "who is cut off is gone, and the name is free",
    rule: "The same after an abrupt end (a TCP reset), also in the middle of a request.",
    why: "Programs crash, cables are pulled. Then nobody closes the connection politely: `recv` reports an error."
  },
  "LEAVE-3": {
    title: "who vanishes without a word is gone after a while",
    rule: "The same, within the keep-alive time, for a client that vanishes without closing anything.",
    why: "A machine that loses its network cannot say so. Only a probe finds out."
  },
  "LEAVE-4": {
    title: "one client's end ends nobody else",
    rule: "However a client ends, the server and all the others go on.",
    why: "Clients end all the time, also while the server sends to them. A server that dies of that takes everyone along."
  },
  "LEAVE-5": {
    title: "who has said all still gets the answers",
    rule: "A client that has closed its sending side after its last request still gets the answers to what it asked.",
    why: "Scripts work like this: `printf '…' | nc server 12345` sends all, then waits for the answers."
  },
  "PING-1": {
    title: "ping is answered",
    rule: "`ping` is answered with `success`, also before the login, and counts as a sign of life like any byte.",
    why: "A client can see that the server is still there, and stays connected while nobody speaks."
  },
  "LOGOUT-1": {
    title: "who logs out gets an answer and is gone",
    rule: "`logout` is answered with `success`; the name is free, and the server closes the connection.",
    why: "A client that says goodbye can be sure that it was heard."
  },
  "CONC-1": {
    title: "many clients are served at the same time",
    rule: "Eight clients are served at the same time, and one that says nothing holds up nobody. A careful server takes a hundred.",
    why: "A chat for one is none. Whoever waits in `recv` for one client must not make the others wait."
  },
  ...features,
  "CLIENT-1": {
    title: "a client logs in under the name it is given",
    rule: "The client connects and sends one login, with exactly the name that it was given.",
    why: "Without a login nobody hears you, and under another name nobody knows you."
  },
  "CLIENT-2": {
    title: "a client sends each line as one message",
    rule: "Each line that is typed is sent as one message: once, in order, unchanged, under the own name. What else the client sends is JSON as well.",
    why: "Quotes and backslashes are text, too. JSON that is put together by hand breaks at them."
  },
  "CLIENT-3": {
    title: "a client shows what others say",
    rule: "Each message of somebody else comes onto the screen: at once, once, in order. What stands around it is free.",
    why: "Whoever waits for the keyboard must not make the messages wait, and what waits in a buffer is on no screen."
  },
  "CLIENT-4": {
    title: "a client shows who is there",
    rule: "The word for the list asks the server, and every name of the answer is shown. A client without such a word is not judged by this.",
    why: "The list is an answer as any other; only its fields are different."
  },
  "CLIENT-5": {
    title: "a client that is told to quit is gone",
    rule: "The word for quitting closes the connection and ends the program. A client without such a word is not judged by this.",
    why: "A thread that still waits in `recv` keeps the program alive, and the name in use."
  },
  "CLIENT-6": {
    title: "a client tells an answer from a message",
    rule: "A message may come before the answer to one's own, and the answer may come late. What others say is shown meanwhile, and nothing is lost.",
    why: "What `recv` gives after `send` need not be the answer: others speak when they like."
  },
  "CLIENT-7": {
    title: "a client shows who speaks",
    rule: "The name of the sender stands beside each message.",
    why: "In a room of three it matters who said yes."
  },
  "CLIENT-8": {
    title: "a client understands an object in pieces",
    rule: "An object that comes in several segments is shown as if it had come in one, even if a character is cut in two.",
    why: "TCP carries a stream of bytes. Half an object is not JSON, and half a character is no text."
  },
  "CLIENT-9": {
    title: "a client understands several objects at once",
    rule: "Several objects that come in one segment are all shown.",
    why: "Two people who speak at the same time often fill one `recv`. What stands behind the first object must not be lost."
  },
  "CLIENT-10": {
    title: "a client tells that it was refused",
    rule: "A login that is refused shows on the screen, or ends the program.",
    why: "Who is not told that the name is taken types into the void."
  },
  "CLIENT-11": {
    title: "a client notices that the server is gone",
    rule: "When the server ends the connection, the client says so or ends. It does not print for ever.",
    why: "`recv` then returns nothing at once, again and again: a loop that takes this for text never rests."
  }
}
