#include "dfs/wire/remote_exception.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(RemoteException, UsualClasses) {
  const std::vector<std::pair<StatusCode, std::string>> table = {
      {StatusCode::kNotFound, "java.io.FileNotFoundException"},
      {StatusCode::kIsADirectory, "java.io.FileNotFoundException"},
      {StatusCode::kAlreadyExists, "org.apache.hadoop.fs.FileAlreadyExistsException"},
      {StatusCode::kPermissionDenied, "org.apache.hadoop.security.AccessControlException"},
      {StatusCode::kNotEmpty, "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException"},
      {StatusCode::kSafeMode, "org.apache.hadoop.hdfs.server.namenode.SafeModeException"},
      {StatusCode::kUnsupported, "java.lang.UnsupportedOperationException"},
      {StatusCode::kStandby, "org.apache.hadoop.ipc.StandbyException"},
      {StatusCode::kResourceExhausted, "org.apache.hadoop.ipc.RetriableException"},
      {StatusCode::kFailedPrecondition, "java.io.IOException"},
      {StatusCode::kNoSpace, "java.io.IOException"},
      {StatusCode::kInternal, "java.io.IOException"},
  };
  for (const auto& [code, wanted] : table) {
    EXPECT_EQ(RemoteClassOf(Status(code, "x")), wanted) << StatusCodeName(code);
  }
}

TEST(RemoteException, OwnClassWins) {
  const Status status =
      Status(StatusCode::kIsADirectory, "x").WithRemoteClass(remote_class::kFileAlreadyExists);
  EXPECT_EQ(RemoteClassOf(status), remote_class::kFileAlreadyExists);
}

TEST(RemoteException, CodesThatMatterToClientsSurvive) {
  for (const StatusCode code : {StatusCode::kInvalidArgument,
                                StatusCode::kInvalidPath,
                                StatusCode::kNotFound,
                                StatusCode::kAlreadyExists,
                                StatusCode::kNotADirectory,
                                StatusCode::kNotEmpty,
                                StatusCode::kPermissionDenied,
                                StatusCode::kUnauthenticated,
                                StatusCode::kUnsupported,
                                StatusCode::kNoSuchMethod,
                                StatusCode::kNoSuchProtocol,
                                StatusCode::kVersionMismatch,
                                StatusCode::kQuotaExceeded,
                                StatusCode::kLeaseExpired,
                                StatusCode::kAlreadyBeingCreated,
                                StatusCode::kRecoveryInProgress,
                                StatusCode::kSafeMode,
                                StatusCode::kUnavailable,
                                StatusCode::kNotReplicatedYet,
                                StatusCode::kStandby}) {
    EXPECT_TRUE(SurvivesTheWire(code)) << StatusCodeName(code);
    const Status sent(code, "why");
    EXPECT_THAT(StatusOfRemote(RemoteClassOf(sent), sent.message()), StatusIs(code, "why"));
  }
  EXPECT_FALSE(SurvivesTheWire(StatusCode::kOk));
  EXPECT_FALSE(SurvivesTheWire(StatusCode::kIsADirectory));
}

TEST(RemoteException, FirstLineIsTheMessage) {
  const Status status = StatusOfRemote("java.io.FileNotFoundException",
                                       "File does not exist: /x \r\n\tat org.apache.Foo.bar\n");
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "File does not exist: /x");
  EXPECT_EQ(status.remote_class(), "java.io.FileNotFoundException");
}

TEST(RemoteException, UnknownClassIsKept) {
  const Status status = StatusOfRemote("com.example.OddException", "");
  EXPECT_EQ(status.code(), StatusCode::kUnknown);
  EXPECT_EQ(status.message(), "com.example.OddException");
  EXPECT_EQ(RemoteClassOf(status), "com.example.OddException");
  EXPECT_EQ(StatusOfRemote("java.io.IOException", "x").code(), StatusCode::kIoError);
}

TEST(RemoteException, NamedClassesAreInTheTable) {
  for (const std::string_view name :
       {remote_class::kIoException, remote_class::kFileNotFound, remote_class::kFileAlreadyExists,
        remote_class::kParentNotDirectory, remote_class::kPathIsNotDirectory,
        remote_class::kAccessControl, remote_class::kIllegalArgument, remote_class::kRetriable,
        remote_class::kNameQuotaExceeded, remote_class::kSpaceQuotaExceeded,
        remote_class::kReplicaNotFound, remote_class::kUnregisteredNode,
        remote_class::kDisallowedDatanode, remote_class::kIncorrectVersion}) {
    EXPECT_NE(StatusOfRemote(name, "x").code(), StatusCode::kUnknown) << name;
  }
  const rpc::ErrorTable table = HdfsErrorTable();
  EXPECT_EQ(table.class_of(Status(StatusCode::kNotFound, "x")), remote_class::kFileNotFound);
  EXPECT_EQ(table.status_of(remote_class::kFileNotFound, "x").code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace tusk::dfs
