// The chat server of the lab: one thread for each client, JSON over TCP.
//
//   main      opens the port and accepts clients
//   serve     one client's thread: reads requests until the client leaves
//   answer    what one request does, and its reply
//   Registry  who is logged in; shared by all threads, so behind a mutex
//   sendAll   the only function that writes to a client

#include "json.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

constexpr int defaultPort = 12345;
constexpr int sendTimeoutSeconds = 5; // a client that takes nothing for so long is given up

/// One connected client. Other threads may still be sending to it when it leaves, so it is shared, and its socket is
/// closed with the last user: closed earlier, the number could already belong to the next client.
struct Client {
  explicit Client(int accepted) : fd(accepted) {}
  ~Client() { close(fd); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const int fd;
  std::mutex sending;   // held while one object is written: two threads must not mix theirs
  std::string username; // empty until login; only the client's own thread uses it
};
using ClientPtr = std::shared_ptr<Client>;

/// Who is logged in. Each function is one step that no other thread can come between.
class Registry {
public:
  /// Takes a free name for a client. Looking and taking are one step, so of two who want it one gets it.
  bool claim(const std::string& username, const ClientPtr& client) {
    const std::lock_guard lock(mutex_);
    return clients_.emplace(username, client).second;
  }

  void release(const std::string& username) {
    const std::lock_guard lock(mutex_);
    clients_.erase(username);
  }

  std::vector<std::string> usernames() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& entry : clients_) all.push_back(entry.first);
    return all;
  }

  /// Everyone but this client: a copy, so that nobody waits for the registry while we send.
  std::vector<ClientPtr> others(const ClientPtr& client) {
    const std::lock_guard lock(mutex_);
    std::vector<ClientPtr> all;
    for (const auto& entry : clients_)
      if (entry.second != client) all.push_back(entry.second);
    return all;
  }

private:
  std::mutex mutex_;
  std::map<std::string, ClientPtr> clients_;
};

/// Writes a whole object to a client, however many send() calls that takes. A client that cannot be written to is
/// hung up on: its own thread then reads the end and tidies up.
void sendAll(Client& client, const std::string& object) {
  const std::lock_guard lock(client.sending);
  for (std::size_t sent = 0; sent < object.size();) {
    const ssize_t count = send(client.fd, object.data() + sent, object.size() - sent, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      shutdown(client.fd, SHUT_RDWR);
      return;
    }
    sent += static_cast<std::size_t>(count);
  }
}

std::string reply(const char* status, const std::string& message) {
  return std::string("{\"status\": \"") + status + "\", \"message\": " + json::quote(message) + "}\n";
}

std::string success(const std::string& message) { return reply("success", message); }
std::string error(const std::string& message) { return reply("error", message); }

std::string login(Registry& registry, const ClientPtr& client, const std::string& username) {
  if (!client->username.empty()) return error("Vous êtes déjà connecté");
  if (username.empty()) return error("Il faut un nom");
  if (!registry.claim(username, client)) return error("Ce nom est déjà pris");
  client->username = username;
  return success("Bienvenue, " + username);
}

/// Passes a message on. One sender's messages are all sent by its own thread, one after the other: they arrive in order.
std::string message(Registry& registry, const ClientPtr& client, const std::string& content) {
  if (client->username.empty()) return error("Connectez-vous d'abord");
  if (content.empty()) return error("Le message est vide");
  const std::string object = "{\"type\": \"message\", \"username\": " + json::quote(client->username) +
                             ", \"content\": " + json::quote(content) + "}\n";
  for (const ClientPtr& other : registry.others(client)) sendAll(*other, object);
  return success("Message envoyé à tous les clients");
}

std::string list(Registry& registry) {
  std::string users;
  for (const std::string& username : registry.usernames())
    users += (users.empty() ? "" : ", ") + json::quote(username);
  return "{\"status\": \"success\", \"users\": [" + users + "]}\n";
}

/// Does what a request asks and gives its one reply.
std::string answer(Registry& registry, const ClientPtr& client, const json::Fields& request) {
  const auto field = [&request](const char* name) {
    const auto found = request.find(name);
    return found == request.end() ? std::string() : found->second;
  };
  const std::string type = field("type");
  if (type == "login") return login(registry, client, field("username"));
  if (type == "message") return message(registry, client, field("content"));
  if (type == "list") return list(registry);
  return error("Type de requête inconnu");
}

/// Answers the requests of one client until it leaves.
void converse(Registry& registry, const ClientPtr& client) {
  json::Stream stream;
  char bytes[4096];
  while (true) {
    const ssize_t count = recv(client->fd, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return; // 0: the client closed; below 0: it was cut off
    stream.push(bytes, static_cast<std::size_t>(count));
    while (const auto object = stream.next())
      sendAll(*client, answer(registry, client, json::readObject(*object)));
  }
}

/// One client's thread. Whatever ends it, the name is free again and nobody else notices.
void serve(Registry& registry, const ClientPtr& client) {
  try {
    converse(registry, client);
  } catch (const json::Error& e) {
    sendAll(*client, error(std::string("Requête incorrecte : ") + e.what()));
  } catch (const std::exception& e) {
    std::cerr << "server: a client was dropped: " << e.what() << '\n';
  }
  if (!client->username.empty()) registry.release(client->username);
  shutdown(client->fd, SHUT_RDWR);
}

[[noreturn]] void stop(const std::string& message, int exitCode) {
  std::cerr << "server: " << message << '\n';
  std::exit(exitCode);
}

int listenOn(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) stop(std::string("cannot open a socket: ") + std::strerror(errno), 1);
  const int on = 1; // a restarted server gets its port back at once, while old connections still fade out
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK); // this machine only; INADDR_ANY lets the whole network in
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 || listen(listener, SOMAXCONN) < 0) {
    const int why = errno;
    stop("cannot listen on port " + std::to_string(port) + ": " + std::strerror(why) +
           (why == EADDRINUSE ? ". Stop the program that uses it, or give another port: ./server 12346" : ""), 1);
  }
  return listener;
}

void acceptClients(int listener) {
  Registry registry;
  while (true) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      std::cerr << "server: cannot accept a client: " << std::strerror(errno) << '\n';
      std::this_thread::sleep_for(std::chrono::milliseconds(100)); // too many open files: some will close
      continue;
    }
    const int on = 1; // our objects are small: send each at once, do not wait for more to fill a packet
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval timeout{sendTimeoutSeconds, 0};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    const ClientPtr client = std::make_shared<Client>(fd);
    try {
      std::thread([&registry, client] { serve(registry, client); }).detach();
    } catch (const std::system_error& e) { // no thread left: this client is hung up on, the others stay
      std::cerr << "server: no thread for a client: " << e.what() << '\n';
    }
  }
}

int portOf(int argc, char** argv) {
  if (argc == 1) return defaultPort;
  const std::string text = argv[1];
  const std::string usage = "usage: server [PORT]   (1 to 65535, default " + std::to_string(defaultPort) + ")";
  if (argc == 2 && (text == "--help" || text == "-h")) {
    std::cout << usage << '\n';
    std::exit(0);
  }
  int port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  if (argc > 2) stop("too many arguments\n" + usage, 2);
  if (!whole || port < 1 || port > 65535) stop("\"" + text + "\" is no port\n" + usage, 2);
  return port;
}

int main(int argc, char** argv) {
  const int port = portOf(argc, argv);
  std::signal(SIGPIPE, SIG_IGN); // writing to a client that has just left is an error of send(), not our death
  const int listener = listenOn(port);
  std::cout << "listening on 127.0.0.1:" << port << std::endl;
  acceptClients(listener);
}
