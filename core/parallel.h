#pragma once

#include <cstddef>
#include <functional>

namespace sagbench {

// Calls body(i) once for each i in 0..count-1, on at most `threads` threads (one: the caller's own,
// in order). Returns when all are done; if bodies throw, no new one begins and the first exception
// is thrown on.
void ParallelFor(size_t count, int threads, const std::function<void(size_t)>& body);

}  // namespace sagbench
