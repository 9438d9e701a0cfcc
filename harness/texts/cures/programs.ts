import type { Cure } from "./Cure.ts"

/** Cures for mistakes in clients. */
export const programCures = {
  nobodyReadsWhileTyping: {
    "C++": `
std::thread reader(print_all, sock);
while (std::getline(std::cin, line)) send_message(sock, line);`,
    Python: `
threading.Thread(target=print_all, args=(sock,), daemon=True).start()
while True:
    send_message(sock, input())`
  },
  printedTwice: {},
  answerReadAfterSend: {
    "C++": `
if (object.contains("status")) show_answer(object);
else if (object.value("type", "") == "message") show_message(object);`,
    Python: `
if "status" in received:
    show_answer(received)
elif received.get("type") == "message":
    show_message(received)`
  },
  lineEndSent: {
    C: `
line[strcspn(line, "\\r\\n")] = '\\0';`,
    Python: `
line = sys.stdin.readline().rstrip("\\r\\n")`
  },
  wordSent: {
    "C++": `
if (line == "/list") send_all(sock, R"({"type":"list"})");`,
    Python: `
if line == "/list":
    sock.sendall(json.dumps({"type": "list"}).encode())`
  },
  usersNotShown: {
    "C++": `
for (const std::string user : object["users"])
  std::cout << user << std::endl;`,
    Python: `
print(", ".join(received["users"]), flush=True)`
  },
  threadKeepsProgram: {
    C: `
shutdown(sock, SHUT_RDWR);
pthread_join(reader, NULL);`,
    "C++": `
shutdown(sock, SHUT_RDWR);
reader.join();`,
    Python: `
sock.shutdown(socket.SHUT_RDWR)
sock.close()`
  },
  statusIgnored: {
    Python: `
if received["status"] != "success":
    print(received["message"], flush=True)`
  },
  senderNotShown: {
    "C++": `
std::cout << object["username"].get<std::string>() << ": "
          << object["content"].get<std::string>() << std::endl;`,
    Python: `
print(f"{received['username']}: {received['content']}", flush=True)`
  }
} as const satisfies { readonly [id: string]: Cure }
