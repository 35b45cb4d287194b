#include "common/base/status.h"

#include <cerrno>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(Status, DefaultIsOk) {
  Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kOk);
  EXPECT_EQ(status.message(), "");
  EXPECT_EQ(status.ToString(), "Ok");
}

TEST(Status, FormatsMessage) {
  Status status = Status::Error(StatusCode::kNotFound, "no job {} of {}", 7, "alice");
  EXPECT_THAT(status, StatusIs(StatusCode::kNotFound, "no job 7 of alice"));
  EXPECT_EQ(status.ToString(), "NotFound: no job 7 of alice");
}

TEST(Status, ContextGoesInFrontAndKeepsCodeAndClass) {
  Status cause = Status(StatusCode::kNoSpace, "disk full").WithRemoteClass("a.b.C");
  Status outer = cause.WithContext("write block 3");
  EXPECT_EQ(outer.ToString(), "NoSpace: write block 3: disk full");
  EXPECT_EQ(outer.remote_class(), "a.b.C");
  EXPECT_EQ(cause.message(), "disk full");
  EXPECT_TRUE(Status().WithContext("x").ok());
}

TEST(Status, ErrnoHasCodesOfItsOwn) {
  EXPECT_THAT(ErrnoStatus(ENOENT, "open /x"),
              StatusIs(StatusCode::kNotFound, "open /x: No such file"));
  EXPECT_THAT(ErrnoStatus(ENOSPC, "w"), StatusIs(StatusCode::kNoSpace));
  EXPECT_THAT(ErrnoStatus(EIO, "w"), StatusIs(StatusCode::kIoError));
}

TEST(Status, RetriableRange) {
  EXPECT_TRUE(IsRetriable(StatusCode::kUnavailable));
  EXPECT_FALSE(IsRetriable(StatusCode::kMaybeDone));
  EXPECT_FALSE(IsRetriable(StatusCode::kNotFound));
}

TEST(Status, EveryCodeHasAName) {
  EXPECT_EQ(StatusCodeName(StatusCode::kCorruption), "Corruption");
  EXPECT_EQ(StatusCodeName(static_cast<StatusCode>(250)), "Unknown");
}

}  // namespace
}  // namespace tusk
