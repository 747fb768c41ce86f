#pragma once

#include <memory>

#include "schedulers/phase_clock.h"
#include "schedulers/work_recorder.h"

namespace sagbench {

// What needs CUDA's own headers: built with SAGBENCH_CUDA (preset cuda). Without it both throw
// Error (environment).

// Captures work as CUDA graphs on a stream of its own; all share one pool of memory, since they
// never run at the same time.
std::unique_ptr<WorkRecorder> MakeCudaGraphRecorder();

// Times by events on the current stream, read by Finish, which waits for the device.
std::unique_ptr<PhaseClock> MakeCudaClock();

}  // namespace sagbench
