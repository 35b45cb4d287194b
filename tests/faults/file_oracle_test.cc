#include "tests/faults/file_oracle.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace tusk::faults {
namespace {

TEST(FillContent, AnyPieceIsTheSameBytes) {
  std::vector<uint8_t> whole(1000);
  FillContent(7, 3, 0, whole);
  for (size_t from = 0; from < 40; ++from) {
    std::vector<uint8_t> piece(whole.size() - from - 1);
    FillContent(7, 3, from, piece);
    EXPECT_TRUE(std::equal(piece.begin(), piece.end(), whole.begin() + static_cast<long>(from)));
  }
}

TEST(FillContent, DiffersByFileAndSeed) {
  std::vector<uint8_t> one(64), other(64);
  FillContent(7, 3, 0, one);
  FillContent(7, 4, 0, other);
  EXPECT_NE(one, other);
  FillContent(8, 3, 0, other);
  EXPECT_NE(one, other);
}

TEST(ReadLog, KeepsWhatWasAcknowledged) {
  ASSERT_OK_AND_ASSIGN(const auto files, ReadLog("begin create 1 100\n"
                                                 "ack sync 1 40\n"
                                                 "begin create 2 5\n"
                                                 "ack create 2 5\n"
                                                 "begin rename 2\n"
                                                 "ack rename 2 1\n"
                                                 "begin delete 2\n"
                                                 "error file 1: gone\n"
                                                 "ack delete 2"));  // no line end: not yet said
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files.at(1).length, 100u);
  EXPECT_EQ(files.at(1).synced, 40u);
  EXPECT_FALSE(files.at(1).closed);
  EXPECT_TRUE(files.at(2).closed);
  EXPECT_EQ(files.at(2).generation, 1u);
  EXPECT_FALSE(files.at(2).renaming);
  EXPECT_TRUE(files.at(2).deleting);
  EXPECT_FALSE(files.at(2).deleted);
}

TEST(ReadLog, RefusesOtherLines) {
  EXPECT_THAT(ReadLog("ack create x 5\n"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadLog("done create 1 5\n"), StatusIs(StatusCode::kInvalidArgument));
}

TEST(FilePath, NamesGenerations) { EXPECT_EQ(FilePath("/d", 17, 2), "/d/f17.2"); }

}  // namespace
}  // namespace tusk::faults
