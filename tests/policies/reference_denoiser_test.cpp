#include <gtest/gtest.h>

#include "policies/denoiser.h"
#include "tests/policies/denoiser_golden.h"

namespace sagbench {
namespace {

TEST(ReferenceDenoiser, MatchesTheOriginalOnTiny) {
  ExpectMatchesGolden("network_tiny", MakeReferenceDenoiser);
}

TEST(ReferenceDenoiser, MatchesTheOriginalOnPusht) {
  ExpectMatchesGolden("network_pusht", MakeReferenceDenoiser);
}

TEST(ReferenceDenoiser, MatchesTheOriginalOnLift) {
  ExpectMatchesGolden("network_lift", MakeReferenceDenoiser);
}

TEST(ReferenceDenoiser, RowsOfABatchAgree) {
  ExpectRowsAgree(MakeReferenceDenoiser);
}

}  // namespace
}  // namespace sagbench
