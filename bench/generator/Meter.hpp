// What is measured: time, CPU time and memory of a process, latencies.
#pragma once

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

inline std::uint64_t nanosOf(std::int64_t seconds, std::int64_t nanos) {
  return static_cast<std::uint64_t>(seconds) * 1'000'000'000 + static_cast<std::uint64_t>(nanos);
}

inline std::uint64_t nanosOf(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return nanosOf(time.tv_sec, time.tv_nsec);
}

inline std::uint64_t now() { return nanosOf(CLOCK_MONOTONIC); }

/// Processes, seen from outside.
class Processes {
public:
  explicit Processes(const std::vector<int>& pids) : pids_(pids) {
    for (const int pid : pids) {
      clocks_.emplace_back();
      clock_getcpuclockid(pid, &clocks_.back());
    }
  }

  /// CPU time of all their threads, user and system: the figure that /proc/PID/stat rounds to 10 ms.
  std::uint64_t cpuNanos() const {
    std::uint64_t sum = 0;
    for (const clockid_t clock : clocks_) sum += nanosOf(clock);
    return sum;
  }

  std::uint64_t residentBytes() const {
    std::uint64_t sum = 0;
    for (const int pid : pids_) sum += residentBytesOf(pid);
    return sum;
  }

private:
  static std::uint64_t residentBytesOf(int pid) {
    std::FILE* file = std::fopen(("/proc/" + std::to_string(pid) + "/status").c_str(), "r");
    if (file == nullptr) return 0;
    char line[256];
    unsigned long long kilobytes = 0;
    while (std::fgets(line, sizeof line, file) != nullptr)
      if (std::sscanf(line, "VmRSS: %llu", &kilobytes) == 1) break;
    std::fclose(file);
    return kilobytes * 1024;
  }

  const std::vector<int> pids_;
  std::vector<clockid_t> clocks_;
};

/// Time in which this process ran or wanted to run. Close to the time that passed, it is the bottleneck.
inline std::uint64_t ownBusyNanos() {
  std::FILE* file = std::fopen("/proc/self/schedstat", "r");
  unsigned long long ran = 0, waited = 0;
  if (file != nullptr) {
    if (std::fscanf(file, "%llu %llu", &ran, &waited) != 2) ran = waited = 0;
    std::fclose(file);
  }
  return ran + waited;
}

class Latencies {
public:
  void add(std::uint64_t nanos) { micros_.push_back(static_cast<std::uint32_t>(nanos / 1000)); } // an hour at most
  void clear() { micros_.clear(); }

  /// The latency that this share of all stayed within.
  std::uint32_t micros(double share) {
    if (micros_.empty()) return 0;
    const auto above = static_cast<std::size_t>(static_cast<double>(micros_.size()) * share);
    const auto rank = std::min(micros_.size() - 1, above);
    std::nth_element(micros_.begin(), micros_.begin() + static_cast<std::ptrdiff_t>(rank), micros_.end());
    return micros_[rank];
  }

private:
  std::vector<std::uint32_t> micros_;
};
