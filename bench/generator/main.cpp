// The load generator: drives a crowd of clients through phases and prints one JSON line a phase.
//
//   generator crowd,protocol=json,port=12345,pid=4242,clients=1000,senders=10,bytes=64,atOnce=64 PHASE...
//
// Servers that are one have several ports and pids (port=12345:12346), and clients take turns among them; `beside` has the
// pids of what else works for them.
//
//   saturate,seconds=1,window=4            each sender has `window` messages on the way, all the time
//   pace,rate=100,seconds=1                `rate` messages a second in all
//     ,probe=1                             while pings on a connection of their own measure the server's pauses
//     ,frozen=524288                       after one more client has stopped reading and was sent so many bytes
//   ack,rate=1000,seconds=1                `rate` messages a second in all, each timed until it is acknowledged
//   list,seconds=1                         one client asks who is there, again and again
//   resume,missed=20                       all but one client lose their connections, miss so many messages, and come back
//   recall,messages=200,window=10          all but one client join a room in which so much was said, and ask for all of
//                                          it, so many of them at a time
//
// A line tells what the server spent between the phase's first byte and its last: CPU time of the process `pid`,
// its memory, what was done (`operations`: logins, deliveries, acks, lists, clients that came back or joined) and how long each took;
// and the CPU time of what works beside.

#include "Crowd.hpp"
#include "Meter.hpp"
#include "Probe.hpp"
#include "Protocols.hpp"

#include <sys/prctl.h>

#include <csignal>
#include <map>
#include <optional>

struct Command {
  std::string name;
  std::map<std::string, std::string> options;

  std::string text(const std::string& key) const {
    const auto found = options.find(key);
    if (found == options.end()) fail("the generator needs " + key + "= in " + name);
    return found->second;
  }
  double number(const std::string& key) const { return std::atof(text(key).c_str()); }
  std::vector<int> numbers(const std::string& key) const {
    std::vector<int> all;
    const std::string list = options.count(key) > 0 ? text(key) : "";
    for (std::size_t from = 0; from < list.size(); from = std::min(list.find(':', from), list.size()) + 1)
      all.push_back(std::atoi(list.c_str() + from));
    return all;
  }
  std::size_t count(const std::string& key) const { return static_cast<std::size_t>(number(key)); }
  std::uint64_t nanos() const { return static_cast<std::uint64_t>(number("seconds") * static_cast<double>(second)); }
};

static Command parse(const std::string& argument) {
  Command command;
  for (std::size_t from = 0; from <= argument.size();) {
    const std::size_t to = std::min(argument.find(',', from), argument.size());
    const std::string part = argument.substr(from, to - from);
    const std::size_t equals = part.find('=');
    if (from == 0) command.name = part;
    else command.options[part.substr(0, equals)] = equals == std::string::npos ? "1" : part.substr(equals + 1);
    from = to + 1;
  }
  return command;
}

/// What is under test, and what works for it.
struct Measured {
  const Processes server;
  const Processes beside;
};

/// One phase between its begin and its end.
class Reading {
public:
  Reading(std::string phase, const Measured& measured)
    : phase_(std::move(phase)), measured_(measured), began_(now()), busy_(ownBusyNanos()),
      cpu_(measured.server.cpuNanos()), beside_(measured.beside.cpuNanos()) {}

  void end(std::uint64_t operations, std::uint64_t lost, Latencies& latencies, const std::string& more = "") {
    const std::uint64_t cpu = measured_.server.cpuNanos() - cpu_, beside = measured_.beside.cpuNanos() - beside_;
    const std::uint64_t busy = ownBusyNanos() - busy_, time = now() - began_;
    std::printf("{\"phase\":\"%s\",\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"besideSeconds\":%.6f,\"generatorSeconds\":%.6f,"
                "\"residentBytes\":%llu,\"operations\":%llu,\"lost\":%llu,"
                "\"p50Micros\":%u,\"p99Micros\":%u,\"maxMicros\":%u%s}\n",
                phase_.c_str(), inSeconds(time), inSeconds(cpu), inSeconds(beside), inSeconds(busy),
                static_cast<unsigned long long>(measured_.server.residentBytes()), static_cast<unsigned long long>(operations),
                static_cast<unsigned long long>(lost), latencies.micros(0.5), latencies.micros(0.99),
                latencies.micros(1), more.c_str());
    std::fflush(stdout);
    latencies.clear();
  }

private:
  static double inSeconds(std::uint64_t nanos) { return static_cast<double>(nanos) / static_cast<double>(second); }

  const std::string phase_;
  const Measured& measured_;
  const std::uint64_t began_, busy_, cpu_, beside_;
};

struct Room {
  const Measured& measured;
  Crowd& crowd;
  std::size_t senders;
  std::size_t bytes;
};

static void saturate(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  const std::uint64_t window = phase.count("window") * room.senders * crowd.fan();
  const std::uint64_t sent = crowd.sent, delivered = crowd.delivered;
  Reading reading(phase.name, room.measured);
  for (const std::uint64_t end = now() + phase.nanos(); now() < end; crowd.pump(5 * millisecond))
    while ((crowd.sent - sent) * crowd.fan() < crowd.delivered - delivered + window)
      crowd.say(crowd.sent % room.senders, room.bytes, now());
  const std::uint64_t lost = crowd.settle(delivered + (crowd.sent - sent) * crowd.fan());
  reading.end(crowd.delivered - delivered, lost, crowd.latencies);
}

/// Lets one more client stop reading, and says so much that the kernel cannot hold all of it for that client.
static void freeze(const Room& room, std::size_t bytes) {
  constexpr std::size_t chunk = 8192;
  room.crowd.freeze();
  std::uint64_t lost = 0;
  for (std::size_t said = 0; said < bytes && lost == 0; said += chunk) {
    const std::uint64_t expected = room.crowd.delivered + room.crowd.fan();
    room.crowd.say(0, chunk, now());
    lost = room.crowd.settle(expected);
  }
}

static void pace(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  if (phase.options.count("frozen") > 0) freeze(room, phase.count("frozen"));
  const auto interval = static_cast<std::uint64_t>(static_cast<double>(second) / phase.number("rate"));
  const std::uint64_t messages = phase.nanos() / interval, delivered = crowd.delivered, base = crowd.sent;
  Latencies late;
  crowd.timing = true;
  std::optional<Probe> probe;
  if (phase.options.count("probe") > 0) probe.emplace(crowd.port());
  Reading reading(phase.name, room.measured);
  const std::uint64_t start = now();
  while (crowd.sent - base < messages) {
    const std::uint64_t due = start + (crowd.sent - base) * interval, time = now();
    if (time < due) {
      crowd.pump(due - time);
      continue;
    }
    late.add(time - due);
    crowd.say(crowd.sent % room.senders, room.bytes, due);
    crowd.pump(0);
  }
  const std::uint64_t lost = crowd.settle(delivered + messages * crowd.fan());
  std::string more = ",\"lateMicros\":" + std::to_string(late.micros(0.99));
  if (probe) {
    Latencies& pings = probe->finish();
    more += ",\"pingP99Micros\":" + std::to_string(pings.micros(0.99));
    more += ",\"pingMaxMicros\":" + std::to_string(pings.micros(1));
  }
  if (crowd.hasFrozen()) more += std::string(",\"frozenConnected\":") + (crowd.frozenIsConnected() ? "true" : "false");
  reading.end(crowd.delivered - delivered, lost, crowd.latencies, more);
  crowd.timing = false;
}

static void ack(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  const auto interval = static_cast<std::uint64_t>(static_cast<double>(second) / phase.number("rate"));
  const std::uint64_t messages = phase.nanos() / interval;
  Latencies late;
  crowd.awaitAcks();
  Reading reading(phase.name, room.measured);
  const std::uint64_t start = now();
  for (std::uint64_t i = 0; i < messages;) {
    const std::uint64_t due = start + i * interval, time = now();
    if (time < due) {
      crowd.pump(due - time);
      continue;
    }
    late.add(time - due);
    crowd.sayAwaited(i++ % room.senders, room.bytes, due);
    crowd.pump(0);
  }
  for (const std::uint64_t end = now() + 2 * second; crowd.acked < messages && now() < end;) crowd.pump(20 * millisecond);
  reading.end(crowd.acked, messages - crowd.acked, crowd.latencies, ",\"lateMicros\":" + std::to_string(late.micros(0.99)));
}

static void list(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  crowd.watchLines();
  const std::uint64_t listed = crowd.listed;
  Reading reading(phase.name, room.measured);
  for (const std::uint64_t end = now() + phase.nanos(); now() < end;) {
    const std::uint64_t asked = now(), before = crowd.listed;
    crowd.write(0, "{\"type\":\"list\"}\n");
    while (crowd.listed == before && now() - asked < 2 * second) crowd.pump(100 * millisecond);
    if (crowd.listed == before) fail("list was not answered within 2 s");
    crowd.latencies.add(now() - asked);
  }
  reading.end(crowd.listed - listed, 0, crowd.latencies);
}

/// Handles what comes for a while.
static void rest(Crowd& crowd, std::uint64_t nanos) {
  for (const std::uint64_t end = now() + nanos; now() < end;) crowd.pump(20 * millisecond);
}

static void resume(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  const std::size_t missed = phase.count("missed");
  const std::uint64_t seen = crowd.sent, delivered = crowd.delivered, back = crowd.size() - 1;
  crowd.cut();
  rest(crowd, 300 * millisecond);
  for (std::size_t i = 0; i < missed; i++) crowd.say(0, room.bytes, now());
  rest(crowd, 300 * millisecond);
  Reading reading(phase.name, room.measured);
  for (std::size_t i = 1; i <= back; i++) crowd.resume(i, seen, missed);
  const std::uint64_t lost = crowd.settle(delivered + back * missed);
  reading.end(back, lost, crowd.latencies);
}

static void recall(const Room& room, const Command& phase) {
  Crowd& crowd = room.crowd;
  const std::size_t messages = phase.count("messages"), window = phase.count("window");
  const std::string place = "\"room\":\"recall\"";
  crowd.write(0, "{\"type\":\"join\"," + place + "}\n");
  for (std::size_t i = 0; i < messages; i++)
    crowd.write(0, "{\"type\":\"message\"," + place + ",\"content\":\"" + crowd.marked(room.bytes, now()) + "\"}\n");
  rest(crowd, 300 * millisecond);
  const std::uint64_t delivered = crowd.delivered, joining = crowd.size() - 1;
  Reading reading(phase.name, room.measured);
  for (std::size_t i = 1; i <= joining; i++) {
    crowd.await(i, messages);
    crowd.write(i, "{\"type\":\"join\"," + place + ",\"recent\":" + std::to_string(messages) + "}\n");
    const std::uint64_t enough = i < window ? 0 : delivered + (i - window + 1) * messages;
    for (const std::uint64_t end = now() + 2 * second; crowd.delivered < enough && now() < end;)
      crowd.pump(20 * millisecond);
  }
  const std::uint64_t lost = crowd.settle(delivered + joining * messages);
  reading.end(joining, lost, crowd.latencies);
}

static const Protocol& protocolNamed(const std::string& name) {
  for (const Protocol& protocol : protocols::all)
    if (name == protocol.name) return protocol;
  fail("unknown protocol " + name);
}

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL); // whoever started this is gone: nobody waits for the rest
  if (argc < 2) fail("usage: generator crowd,OPTION=VALUE... PHASE[,OPTION=VALUE...]...");
  const Command settings = parse(argv[1]);
  const Measured measured{Processes(settings.numbers("pid")), Processes(settings.numbers("beside"))};
  Crowd crowd(protocolNamed(settings.text("protocol")), settings.numbers("port"));
  const Room room{measured, crowd, settings.count("senders"), std::max(settings.count("bytes"), markBytes)};

  Reading("start", measured).end(0, 0, crowd.latencies);
  Reading login("login", measured);
  crowd.join(settings.count("clients"), settings.count("atOnce"));
  for (const std::uint64_t settled = now() + 300 * millisecond; now() < settled;) crowd.pump(20 * millisecond);
  login.end(crowd.size(), 0, crowd.latencies);

  const std::map<std::string, void (*)(const Room&, const Command&)> phases = {
    {"saturate", saturate}, {"pace", pace}, {"ack", ack}, {"list", list}, {"resume", resume}, {"recall", recall}};
  for (int i = 2; i < argc; i++) {
    const Command phase = parse(argv[i]);
    const auto found = phases.find(phase.name);
    if (found == phases.end()) fail("unknown phase " + phase.name);
    found->second(room, phase);
  }
}
