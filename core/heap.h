#pragma once

namespace sagbench {

// From now on this process keeps the memory that it frees for its next allocations, on all threads,
// instead of giving it back to the system, which would hand it out again page by page, cleared. For
// loops that make and drop tensors of megabytes, such as training's; the process stays as large as
// it ever was. Does nothing where the C library is not glibc.
void KeepFreedMemory();

}  // namespace sagbench
