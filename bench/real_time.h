#pragma once

#include "bench/suite.h"
#include "bench/suite_rows.h"

namespace sagbench {

// The rows of a request, each with the time that its chunks take while the environment goes on
// (RunIdentity::thinking_ms), where asked for: the stated one, or the median of a few chunks
// measured now, in turns; a run that goes on keeps the times that its folder has. Throws as
// MakeRows.
SuiteRows MakeSuiteRows(const SuiteRequest& request);

}  // namespace sagbench
