#pragma once

namespace sagbench {

// From now on the first SIGINT or SIGTERM only sets a flag, which long work looks at between its
// units; a second one ends the process as usual.
void InstallInterruptHandler();

// True once a signal came.
bool Interrupted();

// Throws Error (interrupted, exit code 130) if a signal came.
void ThrowIfInterrupted();

}  // namespace sagbench
