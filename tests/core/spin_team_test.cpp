#include "core/spin_team.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <numeric>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

// Ends the program if `body` hangs: threads that wait for each other forever cannot be stopped.
template <class Body>
void WithWatchdog(Body body) {
  std::promise<void> done;
  std::thread watchdog([finished = done.get_future()] {
    if (finished.wait_for(std::chrono::seconds(120)) == std::future_status::ready) return;
    std::fputs("a team hangs\n", stderr);
    std::abort();
  });
  body();
  done.set_value();
  watchdog.join();
}

// One, two, and more members than there are cores.
std::vector<int> Sizes() {
  return {1, 2, 3, static_cast<int>(std::thread::hardware_concurrency()) + 3};
}

TEST(SpinTeam, RunsTheBodyOnceOnEveryMember) {
  WithWatchdog([] {
    for (const int size : Sizes()) {
      SpinTeam team(size);
      EXPECT_EQ(team.size(), size);
      std::vector<int> calls(size, 0);
      for (int run = 0; run < 50; ++run) {
        team.Run([&](const TeamMember& member) {
          EXPECT_EQ(member.size, size);
          ++calls[member.rank];
        });
      }
      EXPECT_EQ(calls, std::vector<int>(size, 50));
    }
  });
}

// Each member adds up what all wrote before they met; without the meeting some would be missing.
TEST(SpinTeam, MembersSeeWhatTheOthersWroteBeforeTheyMet) {
  WithWatchdog([] {
    for (const int size : Sizes()) {
      SpinTeam team(size);
      constexpr int kRounds = 2000;
      std::vector<int> written(size, 0), wrong(size, 0);
      team.Run([&](const TeamMember& member) {
        for (int round = 1; round <= kRounds; ++round) {
          written[member.rank] = round;
          member.Wait();
          if (std::accumulate(written.begin(), written.end(), 0) != round * size) {
            ++wrong[member.rank];
          }
          member.Wait();
        }
      });
      EXPECT_EQ(wrong, std::vector<int>(size, 0));
    }
  });
}

TEST(SpinTeam, WakesUpAfterItsMembersFellAsleep) {
  WithWatchdog([] {
    SpinTeam team(2);
    for (int run = 0; run < 3; ++run) {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      std::atomic<int> calls = 0;
      team.Run([&](const TeamMember&) { ++calls; });
      EXPECT_EQ(calls, 2);
    }
  });
}

TEST(SpinTeam, LeavesWithoutHavingRun) {
  WithWatchdog([] { const SpinTeam team(4); });
}

TEST(TeamMember, SharesCoverEverythingOnce) {
  for (const int size : {1, 2, 3, 7}) {
    for (const int count : {0, 1, 4, 16}) {
      int next = 0;
      for (int rank = 0; rank < size; ++rank) {
        const Share share = TeamMember{.team = nullptr, .rank = rank, .size = size}.ShareOf(count);
        EXPECT_EQ(share.begin, next);
        next = share.end;
      }
      EXPECT_EQ(next, count);
    }
  }
}

}  // namespace
}  // namespace sagbench
