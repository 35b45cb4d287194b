#include "mapreduce/model/part_of_query.h"

#include <gtest/gtest.h>

#include "mapreduce/model/job_spec.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce {
namespace {

TEST(PartOfQueryTest, TravelsInParametersAndStatus) {
  const PartOfQuery part{"q_0007", "SELECT 1", 3, true};
  JobSpec spec;
  EXPECT_FALSE(PartOfQueryOf(spec.parameters));
  SetPartOfQuery(part, &spec);
  ASSERT_TRUE(PartOfQueryOf(spec.parameters));
  EXPECT_EQ(*PartOfQueryOf(spec.parameters), part);
  proto::JobStatusProto status;
  EXPECT_FALSE(PartOfQueryOf(status));
  ToProto(part, &status);
  EXPECT_EQ(PartOfQueryOf(status), part);
}

TEST(PartOfQueryTest, ALongTextIsCutBetweenCharacters) {
  JobSpec spec;
  // Three bytes each: 4096 is in the middle of one.
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "\u20ac";
  SetPartOfQuery({"q_1", text, 1, false}, &spec);
  const std::string kept = PartOfQueryOf(spec.parameters)->text;
  EXPECT_EQ(kept, text.substr(0, 4095));
}

TEST(PartOfQueryTest, WhatOthersHaveWrittenThereIsHarmless) {
  const auto part = PartOfQueryOf(
      {{"tusk.query.id", "x"}, {"tusk.query.stage", "many"}, {"tusk.query.last", "perhaps"}});
  ASSERT_TRUE(part);
  EXPECT_EQ(*part, (PartOfQuery{"x", "", 0, false}));
}

}  // namespace
}  // namespace tusk::mapreduce
