#include <gtest/gtest.h>

#include "policies/denoiser.h"
#include "tests/policies/denoiser_golden.h"

namespace sagbench {
namespace {

TEST(CachedDenoiser, MatchesTheOriginalOnTiny) {
  ExpectMatchesGolden("network_tiny", MakeCachedDenoiser);
}

TEST(CachedDenoiser, MatchesTheOriginalOnPusht) {
  ExpectMatchesGolden("network_pusht", MakeCachedDenoiser);
}

TEST(CachedDenoiser, MatchesTheOriginalOnLift) {
  ExpectMatchesGolden("network_lift", MakeCachedDenoiser);
}

TEST(CachedDenoiser, RowsOfABatchAgree) {
  ExpectRowsAgree(MakeCachedDenoiser);
}

}  // namespace
}  // namespace sagbench
