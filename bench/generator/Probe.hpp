// How long the server takes to look at anything new: pings on a connection of their own, sent by a thread of their own.
#pragma once

#include "Crowd.hpp"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include <atomic>
#include <deque>
#include <thread>

class Probe {
public:
  explicit Probe(int port) : fd_(connectTo(port)) {
    const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
    thread_ = std::thread([this] { ping(); });
  }

  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  ~Probe() {
    if (thread_.joinable()) thread_.join();
    close(fd_);
  }

  /// Sends no more, waits for the last answer, and tells how long each took.
  Latencies& finish() {
    stopped_ = true;
    thread_.join();
    return latencies_;
  }

private:
  static constexpr std::uint64_t interval = 2 * millisecond;

  void ping() {
    const std::string request = "{\"type\":\"ping\"}\n";
    std::uint64_t due = now();
    while (!stopped_ || !waiting_.empty()) {
      if (!stopped_ && now() >= due) {
        waiting_.push_back(nanosOf(CLOCK_REALTIME));
        if (send(fd_, request.data(), request.size(), MSG_NOSIGNAL) < 0) closed();
        due += interval; // also when the last answer is still missing: a pause is seen by all the pings that it delays
      }
      const std::uint64_t time = now();
      pollfd entry{fd_, POLLIN, 0};
      const auto rest = static_cast<long>(due > time ? due - time : 0);
      const timespec patience{stopped_ ? 2 : 0, stopped_ ? 0 : rest};
      const int ready = ppoll(&entry, 1, &patience, nullptr);
      if (ready > 0) take();
      else if (stopped_ && ready == 0) giveUp();
    }
  }

  [[noreturn]] static void closed() { fail("the server closed the pinging connection"); }

  /// A server that is still busy after all this time: what it owes counts as it stands.
  void giveUp() {
    for (const std::uint64_t sent : waiting_) latencies_.add(nanosOf(CLOCK_REALTIME) - sent);
    waiting_.clear();
  }

  /// Reads answers; the kernel's own time of arrival counts, not when this thread got to run.
  void take() {
    char bytes[512];
    char control[256];
    iovec part{bytes, answerBytes_ > 0 ? answerBytes_ : sizeof bytes};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t count = recvmsg(fd_, &message, 0);
    if (count <= 0) closed();
    std::uint64_t arrived = nanosOf(CLOCK_REALTIME);
    for (cmsghdr* entry = CMSG_FIRSTHDR(&message); entry != nullptr; entry = CMSG_NXTHDR(&message, entry)) {
      if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_TIMESTAMPING) continue;
      scm_timestamping stamps{};
      std::memcpy(&stamps, CMSG_DATA(entry), sizeof stamps);
      arrived = nanosOf(stamps.ts[0].tv_sec, stamps.ts[0].tv_nsec);
    }
    for (const char* at = bytes; at < bytes + count; at++) {
      if (*at != '\n' || waiting_.empty()) continue;
      latencies_.add(arrived - std::min(arrived, waiting_.front()));
      waiting_.pop_front();
    }
    if (answerBytes_ == 0) answerBytes_ = static_cast<std::size_t>(count); // from now on one answer at a time
  }

  const int fd_;
  std::thread thread_;
  std::atomic<bool> stopped_{false};
  std::deque<std::uint64_t> waiting_; // when each unanswered ping was sent
  std::size_t answerBytes_ = 0;
  Latencies latencies_;
};
