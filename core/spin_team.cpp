#include "core/spin_team.h"

#include <algorithm>

namespace sagbench {
namespace {

// How often a thread looks before it gives its core away: some 50 us where each has a core.
constexpr int kSpins = 2000;
constexpr int kSpinsWithoutACore = 10;
// Between runs it may look longer before it sleeps: waking it takes the kernel some 50 us, and what
// one thread does between two runs of a chunk takes no longer than a few of that.
constexpr int kRestingFactor = 5;
constexpr int kYieldsBeforeSleep = 20;

void Relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Looks until `value` is no longer `old`.
void SpinWhile(const std::atomic<uint32_t>& value, uint32_t old, int spins) {
  for (int i = 0; value.load(std::memory_order_acquire) == old; ++i) {
    if (i < spins) {
      Relax();
    } else {
      std::this_thread::yield();
    }
  }
}

// The same for longer, but falls asleep at last.
void SleepWhile(const std::atomic<uint32_t>& value, uint32_t old, int spins) {
  const int resting = kRestingFactor * spins;
  for (int i = 0; i < resting + kYieldsBeforeSleep; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    if (i < resting) {
      Relax();
    } else {
      std::this_thread::yield();
    }
  }
  value.wait(old, std::memory_order_acquire);
}

int SpinsFor(int threads) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  return threads <= cores ? kSpins : kSpinsWithoutACore;
}

}  // namespace

void TeamMember::Wait() const {
  team->Wait();
}

SpinTeam::SpinTeam(int threads) : size_(std::max(threads, 1)), spins_(SpinsFor(size_)) {
  for (int rank = 1; rank < size_; ++rank) {
    helpers_.emplace_back([this, rank] { Work(rank); });
  }
}

SpinTeam::~SpinTeam() {
  body_ = nullptr;
  run_.fetch_add(1, std::memory_order_release);
  run_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void SpinTeam::Run(const std::function<void(const TeamMember&)>& body) {
  body_ = &body;
  run_.fetch_add(1, std::memory_order_release);
  run_.notify_all();
  body({.team = this, .rank = 0, .size = size_});
  Wait();
}

void SpinTeam::Work(int rank) {
  for (uint32_t seen = 0;; ++seen) {
    SleepWhile(run_, seen, spins_);
    if (body_ == nullptr) return;
    (*body_)({.team = this, .rank = rank, .size = size_});
    Wait();
  }
}

void SpinTeam::Wait() {
  if (size_ == 1) return;
  const uint32_t phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<uint32_t>(size_)) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
  } else {
    SpinWhile(phase_, phase, spins_);
  }
}

}  // namespace sagbench
