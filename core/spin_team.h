#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace sagbench {

class SpinTeam;

// A contiguous part of 0..count-1.
struct Share {
  int begin = 0, end = 0;
};

// One thread's place in a team while it works.
struct TeamMember {
  SpinTeam* team = nullptr;
  int rank = 0, size = 1;
  // Waits for all members. What they wrote before is seen after.
  void Wait() const;
  // The member's part of `count` things; the parts of all members cover them.
  Share ShareOf(int count) const {
    return {static_cast<int>(int64_t{count} * rank / size),
            static_cast<int>(int64_t{count} * (rank + 1) / size)};
  }
};

// A few threads for work whose pieces take microseconds: members wait for each other actively,
// since the kernel takes longer to wake a thread than a piece takes. Between runs they soon sleep.
// There may be more members than cores: who waits in vain for long gives its core away.
class SpinTeam {
 public:
  // The caller of Run is one of `threads` members (at least 1).
  explicit SpinTeam(int threads);
  ~SpinTeam();
  SpinTeam(const SpinTeam&) = delete;
  SpinTeam& operator=(const SpinTeam&) = delete;

  int size() const { return size_; }
  // Calls body once on every member and returns when all are done. Bodies do not throw; all of them
  // call Wait equally often. One run at a time.
  void Run(const std::function<void(const TeamMember&)>& body);

 private:
  friend struct TeamMember;
  void Wait();
  void Work(int rank);

  const int size_, spins_;
  // Counters on cache lines of their own.
  alignas(64) std::atomic<uint32_t> run_{0};      // runs that began
  alignas(64) std::atomic<uint32_t> arrived_{0};  // members at the barrier
  alignas(64) std::atomic<uint32_t> phase_{0};    // barriers passed
  alignas(64) const std::function<void(const TeamMember&)>* body_ = nullptr;  // null: leave
  std::vector<std::thread> helpers_;
};

}  // namespace sagbench
