import type { Cure } from "./Cure.ts"

/** Cures for mistakes with names, messages and many clients at once. */
export const clientCures = {
  namesComparedBadly: {
    C: `
if (strcmp(client->username, username) == 0) …`,
    "C++": `
if (client.username == username) …`
  },
  checkThenAct: {
    C: `
pthread_mutex_lock(&mutex);
int granted = find(username) == NULL && add(username, fd) == 0;
pthread_mutex_unlock(&mutex);`,
    "C++": `
const std::lock_guard lock(mutex);
const bool granted = clients.emplace(username, client).second;`,
    Python: `
with lock:
    granted = clients.setdefault(username, sock) is sock`
  },
  refusedFreesName: {
    "C++": `
if (!client.username.empty()) clients.erase(client.username);`,
    Python: `
if clients.get(client.username) is client:
    del clients[client.username]`
  },
  refusalEndsTheLoop: {},
  secondLoginLeavesGhost: {
    Python: `
if client.username is not None:
    return error("already_logged_in", "…")`
  },
  connectedTakenForLoggedIn: {
    "C++": `
for (const auto& client : clients)
  if (!client->username.empty()) users.push_back(client->username);`,
    Python: `
users = [client.username for client in clients if client.username]`
  },
  lengthInBytes: {
    Python: `
name = unicodedata.normalize("NFC", name)
if not 1 <= len(name) <= 32 or name != name.strip():
    return error("invalid_username", "…")`
  },
  caseComparedBadly: {
    Python: `
key = unicodedata.normalize("NFKC", name).casefold()`
  },
  wordsMistyped: {},
  memberBeforeWelcome: {},
  senderNotSkipped: {
    C: `
if (clients[i].fd != fd) send_all(clients[i].fd, text);`,
    "C++": `
if (other != sender) sendAll(*other, text);`,
    Python: `
if other is not sender:
    other.sock.sendall(data)`
  },
  loopEndsEarly: {
    Python: `
for other in others:
    try:
        other.sock.sendall(data)
    except OSError:
        continue`
  },
  ackSentToEveryone: {},
  partialSend: {
    C: `
while (size > 0) {
  ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
  if (n < 0) return -1;
  data += n;
  size -= n;
}`,
    Python: `
sock.sendall(data)`
  },
  writesMixed: {
    C: `
pthread_mutex_lock(&client->sending);
send_all(client->fd, text);
pthread_mutex_unlock(&client->sending);`,
    "C++": `
const std::lock_guard lock(client.sending);
sendAll(client.fd, text);`,
    Python: `
with client.sending:
    client.sock.sendall(data)`
  },
  threadPerMessage: {},
  ordersDiffer: {
    "C++": `
const std::lock_guard lock(mutex);
for (auto& client : clients) client->outbox.push(text);`,
    Python: `
with lock:
    for client in clients:
        client.outbox.put(data)`
  },
  contentTouched: {},
  nameFromRequest: {
    "C++": `
json event = {{"username", client.username}, {"content", content}};`,
    Python: `
event = {"type": "message", "content": content,
         "username": client.username}`
  },
  lockHeldWhileSending: {
    "C++": `
{
  const std::lock_guard lock(mutex);
  for (auto& client : clients) client->outbox.push(text);
}

while (outbox.pop(text)) sendAll(fd, text);`,
    Python: `
with lock:
    for client in clients:
        client.outbox.put(data)

def writer(client):
    while data := client.outbox.get():
        client.sock.sendall(data)`
  },
  listShared: {
    C: `
pthread_mutex_lock(&mutex);
int count = copy_of(clients, copy);
pthread_mutex_unlock(&mutex);`,
    "C++": `
std::vector<ClientPtr> others;
{
  const std::lock_guard lock(mutex);
  others = clients;
}`,
    Python: `
with lock:
    others = list(clients)`
  },
  erasedInTheLoop: {
    C: `
for (int i = count - 1; i >= 0; i--)
  if (clients[i].gone) clients[i] = clients[--count];`,
    "C++": `
for (auto it = clients.begin(); it != clients.end();)
  it = (*it)->gone ? clients.erase(it) : std::next(it);`,
    Python: `
for client in list(clients):
    if client.gone:
        clients.remove(client)`
  },
  endNotNoticed: {
    C: `
ssize_t n = recv(fd, buf, sizeof buf, 0);
if (n < 0 && errno == EINTR) continue;
if (n <= 0) break;`,
    "C++": `
const ssize_t n = recv(fd, part, sizeof part, 0);
if (n < 0 && errno == EINTR) continue;
if (n <= 0) break;`,
    Python: `
try:
    part = sock.recv(4096)
except OSError:
    part = b""
if not part:
    break`
  },
  cleanupSkipped: {
    C: `
void *serve(void *argument) {
  Client *client = argument;
  read_requests(client);
  forget(client);
  close(client->fd);
  return NULL;
}`,
    "C++": `
struct Membership {
  Client& client;
  ~Membership() { registry.forget(client); }
};`,
    Python: `
try:
    read_requests(client)
finally:
    forget(client)
    client.sock.close()`
  },
  exceptionLeavesThread: {
    "C++": `
void serve(ClientPtr client) try {
  readRequests(client);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\\n';
}`,
    Python: `
try:
    read_requests(client)
except (OSError, ValueError) as error:
    print(error, file=sys.stderr)
finally:
    forget(client)`
  },
  sigpipe: {
    C: `
signal(SIGPIPE, SIG_IGN);`,
    "C++": `
signal(SIGPIPE, SIG_IGN);`,
    Python: `
try:
    other.sock.sendall(data)
except OSError:
    pass`
  },
  peerVanished: {
    C: `
int on = 1, idle = 60;
setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);`,
    Python: `
sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)`
  },
  closedBeforeAnswering: {},
  oneClientAtATime: {
    C: `
int *fd = malloc(sizeof *fd);
*fd = accept(server, NULL, NULL);
pthread_create(&thread, NULL, serve, fd);
pthread_detach(thread);`,
    "C++": `
const int fd = accept(server, nullptr, nullptr);
std::thread(serve, fd).detach();`,
    Python: `
sock, address = server.accept()
threading.Thread(target=serve, args=(sock,), daemon=True).start()`
  },
  selectMisused: {
    C: `
fd_set ready = watched;
select(fd_max + 1, &ready, NULL, NULL, NULL);`,
    Python: `
ready, _, _ = select.select(socks, [], [])`
  },
  backlogTooShort: {
    C: `
listen(server, SOMAXCONN);`,
    Python: `
server.listen(128)`
  },
  seatsNotReused: {
    C: `
clients[i] = clients[--count];`
  },
  announcedTooSoon: {}
} as const satisfies { readonly [id: string]: Cure }
