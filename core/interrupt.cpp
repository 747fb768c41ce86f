#include "core/interrupt.h"

#include <atomic>
#include <csignal>

#include "core/error.h"

namespace sagbench {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only use such a flag");

void SetFlag(int /*signal*/) {
  interrupted = true;
}

}  // namespace

void InstallInterruptHandler() {
  interrupted = false;
  struct sigaction action = {};
  action.sa_handler = SetFlag;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() {
  return interrupted;
}

void ThrowIfInterrupted() {
  if (Interrupted()) throw Error(ExitCode::kInterrupted, "interrupted");
}

}  // namespace sagbench
