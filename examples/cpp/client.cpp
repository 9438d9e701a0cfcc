// The chat client of the lab: one thread reads the server, the other the keyboard.
//
//   ./client [PORT] [HOST]
//
//   main     connects, asks for a name, then sends what is typed until /quit
//   readAll  the thread that reads: prints what the server sends until it closes

#include "json.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

/// Prints a whole line at once. std::endl hands it to the terminal: what stays in a buffer is on no screen.
void show(const std::string& line) { std::cout << line + "\n" << std::flush; }

/// Prints one object: what others say, or an answer as it came.
void showObject(const std::string& text) {
  const json::Fields fields = json::readObject(text);
  const auto field = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  if (field("type") == "message") show(field("username") + ": " + field("content"));
  else show("* " + text);
}

/// Reads until the server closes. One recv() may bring half an object or three of them: Stream cuts where they end.
void readAll(int fd) {
  json::Stream stream;
  char bytes[4096];
  try {
    for (;;) {
      const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      stream.push(bytes, static_cast<std::size_t>(count));
      while (const auto object = stream.next()) showObject(*object);
    }
    show("* the server is gone");
  } catch (const json::Error& error) {
    show(std::string("* the server sends no JSON: ") + error.what());
  }
}

/// Sends a whole text: send() may take only a part of it.
bool sendAll(int fd, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = send(fd, text.data() + sent, text.size() - sent, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

int connectTo(const char* host, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return -1;
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ? fd : -1;
}

int main(int argc, char* argv[]) {
  signal(SIGPIPE, SIG_IGN); // writing to a server that is gone fails, and does not end the program
  const int port = argc > 1 ? std::atoi(argv[1]) : 12345;
  const int fd = connectTo(argc > 2 ? argv[2] : "127.0.0.1", port);
  if (fd == -1) {
    std::cerr << "cannot connect to port " << port << std::endl;
    return 1;
  }
  std::string username;
  std::cout << "Name: " << std::flush;
  if (!std::getline(std::cin, username)) return 0;
  sendAll(fd, R"({"type":"login","username":)" + json::quote(username) + "}\n");
  std::thread reader(readAll, fd);

  std::string line;
  bool isConnected = true;
  while (isConnected && std::getline(std::cin, line) && line != "/quit") {
    if (line.empty()) continue;
    isConnected = line == "/list" ? sendAll(fd, "{\"type\":\"list\"}\n")
                                  : sendAll(fd, R"({"type":"message","username":)" + json::quote(username) +
                                                    R"(,"content":)" + json::quote(line) + "}\n");
  }
  shutdown(fd, SHUT_RDWR); // wakes the thread that waits in recv(): closing alone would not
  reader.join();
  close(fd);
}
