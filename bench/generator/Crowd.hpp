// The clients: one epoll loop drives all of them and counts every delivery by the mark in its content.
#pragma once

#include "Meter.hpp"
#include "Protocols.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>

constexpr std::uint64_t second = 1'000'000'000, millisecond = 1'000'000;
constexpr std::size_t markBytes = 20; // @@<16 hex digits: when the message was due>@@

[[noreturn]] inline void fail(const std::string& reason) {
  std::fprintf(stderr, "%s\n", reason.c_str());
  std::exit(1);
}

/// A connected socket; closing it resets the connection, so that no port stays in TIME_WAIT. Where it is to hold
/// little, small segments and a small window keep the kernel from storing megabytes of what is not read.
inline int connectTo(int port, bool holdsLittle = false) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail(std::string("cannot open a socket: ") + std::strerror(errno));
  if (holdsLittle) {
    const int windowBytes = 4096, segmentBytes = 536;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &windowBytes, sizeof windowBytes);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segmentBytes, sizeof segmentBytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0)
    fail(std::string("cannot connect: ") + std::strerror(errno));
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const linger reset{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  return fd;
}

class Crowd {
public:
  /// Clients of servers that are one, on these ports.
  Crowd(const Protocol& protocol, std::vector<int> ports) : protocol_(protocol), ports_(std::move(ports)) {}

  std::uint64_t delivered = 0; // messages seen by a client
  std::uint64_t sent = 0;      // messages said
  std::uint64_t listed = 0;    // lines that the watched client received
  std::uint64_t acked = 0;     // messages whose senders were told that they were said
  Latencies latencies;         // of logins, then of deliveries where `timing` is set
  bool timing = false;

  std::size_t size() const { return clients_.size(); }
  int port() const { return ports_.front(); }

  /// How many clients receive one message.
  std::uint64_t fan() const { return size() - (protocol_.echoes ? 0 : 1); }

  /// Connects clients and waits until all are in the room, `atOnce` of them at a time.
  void join(std::size_t count, std::size_t atOnce) {
    clients_.resize(count);
    for (std::size_t first = 0; first < count; first += atOnce) {
      const std::size_t end = std::min(count, first + atOnce);
      for (std::size_t i = first; i < end; i++) enter(i);
      const std::uint64_t deadline = now() + 20 * second;
      while (joined_ < end) {
        pump(100 * millisecond);
        if (now() > deadline)
          fail("only " + std::to_string(joined_) + " of " + std::to_string(count) + " clients got in within 20 s");
      }
    }
  }

  /// One more client in the room, which never reads what others say: that is left to the server.
  void freeze() {
    frozen_ = connectTo(port(), true);
    const std::string greeting = protocol_.greeting("frozen");
    std::string received;
    char bytes[4096];
    if (send(frozen_, greeting.data(), greeting.size(), MSG_NOSIGNAL) < 0) fail("the frozen client could not log in");
    while (!protocol_.joined(received)) {
      const ssize_t count = recv(frozen_, bytes, sizeof bytes, 0);
      if (count <= 0) fail("the server closed the frozen client at its login");
      received.append(bytes, static_cast<std::size_t>(count));
    }
  }

  /// Cuts the connections of all but the first client, as a network does that is gone.
  void cut() {
    for (std::size_t i = 1; i < size(); i++) close(clients_[i].fd);
  }

  /// Connects a client again, which goes on with its session; done once so many messages that it missed have come.
  void resume(std::size_t index, std::uint64_t seen, std::uint64_t missed) {
    Client& client = clients_[index];
    client.out.clear();
    client.rest.clear();
    connectClient(index);
    await(index, missed);
    write(index, "{\"type\":\"login\",\"username\":\"" + name(index) + "\",\"features\":[\"rooms\",\"history\"],\"session\":\"" +
                   client.session + "\",\"epoch\":\"" + epoch_ + "\",\"seen\":{\"lobby\":" + std::to_string(seen) + "}}\n");
  }

  /// Measures the time until so many messages have come to a client from now on.
  void await(std::size_t index, std::uint64_t messages) {
    clients_[index].asked = now();
    clients_[index].awaited = messages;
  }

  /// A content of so many bytes at least that is counted as a message where it is delivered.
  const std::string& marked(std::size_t contentBytes, std::uint64_t due) {
    char mark[markBytes + 1];
    std::snprintf(mark, sizeof mark, "@@%016llx@@", static_cast<unsigned long long>(due));
    content_.assign(std::max(contentBytes, markBytes), 'x');
    content_.replace(0, markBytes, mark, markBytes);
    return content_;
  }

  bool hasFrozen() const { return frozen_ >= 0; }

  bool frozenIsConnected() const {
    pollfd entry{frozen_, POLLRDHUP, 0};
    return poll(&entry, 1, 0) == 0;
  }

  /// Lets a client say something; `due` is when it should have been said, so that our own delays count as well.
  void say(std::size_t sender, std::size_t contentBytes, std::uint64_t due) {
    write(sender, protocol_.message(name(sender), marked(contentBytes, due)));
    sent++;
  }

  /// Lets a client say something, and measures the time from `due` until that is acknowledged.
  void sayAwaited(std::size_t sender, std::size_t contentBytes, std::uint64_t due) {
    clients_[sender].unacked.push_back(due);
    say(sender, contentBytes, due);
  }

  void write(std::size_t index, const std::string& bytes) {
    Client& client = clients_[index];
    client.out += bytes;
    if (!client.waitsForRoom) flush(index);
  }

  /// Handles what the sockets have; waits for the first of it so long at most.
  void pump(std::uint64_t patienceNanos) {
    const timespec patience{static_cast<time_t>(patienceNanos / second), static_cast<long>(patienceNanos % second)};
    pollfd ready{epoll_, POLLIN, 0};
    if (ppoll(&ready, 1, &patience, nullptr) == 0) return;
    epoll_event events[512];
    const int count = epoll_wait(epoll_, events, 512, 0);
    for (int i = 0; i < count; i++) {
      const std::size_t index = events[i].data.u32;
      if ((events[i].events & EPOLLOUT) != 0) flush(index);
      if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(index);
    }
  }

  /// Waits until every message has reached everyone, or nothing has moved for a second; answers how many are missing.
  std::uint64_t settle(std::uint64_t expected) {
    std::uint64_t last = delivered, since = now();
    while (delivered < expected && now() - since < second) {
      pump(20 * millisecond);
      if (delivered != last) last = delivered, since = now();
    }
    return expected > delivered ? expected - delivered : 0;
  }

  /// Client 0 counts the lines that it receives: the answers to its own requests.
  void watchLines() { watching_ = true; }

  /// From now on, what comes is searched for acknowledgements in place of deliveries.
  void awaitAcks() {
    acking_ = true;
    acked = 0;
    latencies.clear();
  }

private:
  struct Client {
    int fd = -1;
    bool joined = false;
    bool waitsForRoom = false; // the socket took no more
    std::uint64_t asked = 0;   // when it greeted, or asked for messages
    std::uint64_t awaited = 0; // messages that it asked for and that have not come yet
    std::deque<std::uint64_t> unacked; // when each message was due that is not acknowledged
    std::string session;       // the token of its session, if it has one
    std::string out;
    std::string rest; // received before joining; then what may be the first half of a mark
  };

  static std::string name(std::size_t index) { return "u" + std::to_string(index); }

  void enter(std::size_t index) {
    connectClient(index);
    clients_[index].asked = now();
    write(index, protocol_.greeting(name(index)));
  }

  void connectClient(std::size_t index) {
    Client& client = clients_[index];
    client.fd = connectTo(ports_[index % ports_.size()]);
    fcntl(client.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(index);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event);
    client.waitsForRoom = false;
  }

  /// The text of a field in what was received; empty where there is none.
  static std::string field(const std::string& received, const std::string& name) {
    const std::string start = "\"" + name + "\":\"";
    const std::size_t at = received.find(start);
    if (at == std::string::npos) return "";
    const std::size_t from = at + start.size();
    return received.substr(from, received.find('"', from) - from);
  }

  void flush(std::size_t index) {
    Client& client = clients_[index];
    while (!client.out.empty()) {
      const ssize_t count = send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) break;
      if (count < 0) fail("the server closed client " + std::to_string(index));
      client.out.erase(0, static_cast<std::size_t>(count));
    }
    if (client.waitsForRoom == !client.out.empty()) return;
    client.waitsForRoom = !client.out.empty();
    epoll_event event{};
    event.events = EPOLLIN | (client.waitsForRoom ? EPOLLOUT : 0U);
    event.data.u32 = static_cast<std::uint32_t>(index);
    epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd, &event);
  }

  void read(std::size_t index) {
    Client& client = clients_[index];
    while (true) {
      const ssize_t count = recv(client.fd, bytes_, sizeof bytes_, 0);
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0)
        fail("the server closed client " + std::to_string(index) + (client.joined ? "" : " before it was logged in"));
      const auto length = static_cast<std::size_t>(count);
      if (!client.joined) awaitRoom(client, length);
      else if (acking_) acks(client, length);
      else if (watching_ && index == 0) listed += static_cast<std::uint64_t>(std::count(bytes_, bytes_ + length, '\n'));
      else scan(client, length);
      if (length < sizeof bytes_) return;
    }
  }

  void awaitRoom(Client& client, std::size_t length) {
    client.rest.append(bytes_, length);
    if (!protocol_.joined(client.rest)) return;
    client.joined = true;
    client.session = field(client.rest, "session");
    epoch_ = field(client.rest, "epoch");
    client.rest.clear();
    joined_++;
    latencies.add(now() - client.asked);
  }

  /// Takes the lines that answer a request, in its order.
  void acks(Client& client, std::size_t length) {
    static const std::string status = "{\"status\":";
    client.rest.append(bytes_, length);
    std::size_t from = 0;
    for (std::size_t end; (end = client.rest.find('\n', from)) != std::string::npos; from = end + 1) {
      if (client.rest.compare(from, status.size(), status) != 0) continue;
      if (client.unacked.empty()) fail("the server answered what was not asked");
      latencies.add(now() - client.unacked.front());
      client.unacked.pop_front();
      acked++;
    }
    client.rest.erase(0, from);
  }

  /// Counts the marks in what came; a mark that may be cut in two waits for its second half.
  void scan(Client& client, std::size_t length) {
    const char* at = bytes_;
    if (!client.rest.empty()) {
      joining_.assign(client.rest).append(bytes_, length);
      client.rest.clear();
      at = joining_.data();
      length = joining_.size();
    }
    const char* const end = at + length;
    const std::uint64_t arrived = timing ? now() : 0;
    while (at < end) {
      at = static_cast<const char*>(std::memchr(at, '@', static_cast<std::size_t>(end - at)));
      if (at == nullptr) return;
      if (static_cast<std::size_t>(end - at) < markBytes) {
        client.rest.assign(at, end);
        return;
      }
      if (at[1] != '@' || at[markBytes - 1] != '@') {
        at++;
        continue;
      }
      delivered++;
      if (client.awaited > 0 && --client.awaited == 0) latencies.add(now() - client.asked);
      if (timing) latencies.add(arrived - std::min(arrived, due(at)));
      at += markBytes;
    }
  }

  static std::uint64_t due(const char* mark) {
    std::uint64_t nanos = 0;
    for (int i = 2; i < 18; i++) {
      const int digit = mark[i] <= '9' ? mark[i] - '0' : mark[i] - 'a' + 10;
      nanos = nanos * 16 + static_cast<std::uint64_t>(digit);
    }
    return nanos;
  }

  const Protocol& protocol_;
  const std::vector<int> ports_;
  const int epoll_ = epoll_create1(0);
  std::vector<Client> clients_;
  std::size_t joined_ = 0;
  int frozen_ = -1;
  bool watching_ = false;
  bool acking_ = false;
  std::string content_;
  std::string joining_;
  std::string epoch_;
  char bytes_[1 << 18];
};
