#include "dfs/wire/remote_exception.h"

#include <array>

#include "common/base/check.h"

namespace tusk::dfs {
namespace {

struct ClassOfCode {
  StatusCode code;
  std::string_view class_name;
};

using remote_class::kIoException;

/// What each code travels as. The first entry of a code is its usual class; all entries are read.
constexpr std::array kTable = {
    ClassOfCode{StatusCode::kInvalidArgument, remote_class::kIllegalArgument},
    ClassOfCode{StatusCode::kInvalidArgument, "java.lang.IllegalArgumentException"},
    ClassOfCode{StatusCode::kInvalidPath, "org.apache.hadoop.fs.InvalidPathException"},
    ClassOfCode{StatusCode::kNotFound, remote_class::kFileNotFound},
    ClassOfCode{StatusCode::kNotFound, remote_class::kReplicaNotFound},
    ClassOfCode{StatusCode::kNotFound, "org.apache.hadoop.hdfs.protocol.XAttrNotFoundException"},
    ClassOfCode{StatusCode::kNotFound,
                "org.apache.hadoop.fs.DirectoryListingStartAfterNotFoundException"},
    ClassOfCode{StatusCode::kAlreadyExists, remote_class::kFileAlreadyExists},
    ClassOfCode{StatusCode::kNotADirectory, remote_class::kParentNotDirectory},
    ClassOfCode{StatusCode::kNotADirectory, remote_class::kPathIsNotDirectory},
    ClassOfCode{StatusCode::kNotEmpty, "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException"},
    ClassOfCode{StatusCode::kPermissionDenied, remote_class::kAccessControl},
    ClassOfCode{StatusCode::kPermissionDenied,
                "org.apache.hadoop.hdfs.protocol.SnapshotAccessControlException"},
    ClassOfCode{StatusCode::kPermissionDenied, remote_class::kDisallowedDatanode},
    ClassOfCode{StatusCode::kUnauthenticated,
                "org.apache.hadoop.security.authorize.AuthorizationException"},
    ClassOfCode{StatusCode::kUnauthenticated, "javax.security.sasl.SaslException"},
    ClassOfCode{StatusCode::kUnauthenticated,
                "org.apache.hadoop.security.token.SecretManager$InvalidToken"},
    ClassOfCode{StatusCode::kUnauthenticated, "org.apache.hadoop.ipc.IpcException"},
    ClassOfCode{StatusCode::kUnsupported, "java.lang.UnsupportedOperationException"},
    ClassOfCode{StatusCode::kUnsupported,
                "org.apache.hadoop.hdfs.server.namenode.UnsupportedActionException"},
    ClassOfCode{StatusCode::kUnsupported,
                "org.apache.hadoop.hdfs.UnknownCryptoProtocolVersionException"},
    ClassOfCode{StatusCode::kNoSuchMethod, "org.apache.hadoop.ipc.RpcNoSuchMethodException"},
    ClassOfCode{StatusCode::kNoSuchProtocol, "org.apache.hadoop.ipc.RpcNoSuchProtocolException"},
    ClassOfCode{StatusCode::kVersionMismatch, "org.apache.hadoop.ipc.RPC$VersionMismatch"},
    ClassOfCode{StatusCode::kVersionMismatch, remote_class::kIncorrectVersion},
    ClassOfCode{StatusCode::kQuotaExceeded,
                "org.apache.hadoop.hdfs.protocol.QuotaExceededException"},
    ClassOfCode{StatusCode::kQuotaExceeded, remote_class::kNameQuotaExceeded},
    ClassOfCode{StatusCode::kQuotaExceeded, remote_class::kSpaceQuotaExceeded},
    ClassOfCode{StatusCode::kQuotaExceeded,
                "org.apache.hadoop.hdfs.protocol.QuotaByStorageTypeExceededException"},
    ClassOfCode{
        StatusCode::kQuotaExceeded,
        "org.apache.hadoop.hdfs.protocol.FSLimitException$MaxDirectoryItemsExceededException"},
    ClassOfCode{StatusCode::kTooLarge,
                "org.apache.hadoop.hdfs.protocol.FSLimitException$PathComponentTooLongException"},
    ClassOfCode{StatusCode::kFailedPrecondition,
                "org.apache.hadoop.hdfs.protocol.SnapshotException"},
    ClassOfCode{StatusCode::kFailedPrecondition, "org.apache.hadoop.hdfs.protocol.AclException"},
    ClassOfCode{StatusCode::kFailedPrecondition,
                "org.apache.hadoop.hdfs.protocol.NoECPolicySetException"},
    ClassOfCode{StatusCode::kFailedPrecondition, remote_class::kUnregisteredNode},
    ClassOfCode{StatusCode::kFailedPrecondition,
                "org.apache.hadoop.hdfs.protocol.UnresolvedPathException"},
    ClassOfCode{StatusCode::kFailedPrecondition, "org.apache.hadoop.fs.UnresolvedLinkException"},
    ClassOfCode{StatusCode::kLeaseExpired,
                "org.apache.hadoop.hdfs.server.namenode.LeaseExpiredException"},
    ClassOfCode{StatusCode::kAlreadyBeingCreated,
                "org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException"},
    ClassOfCode{StatusCode::kRecoveryInProgress,
                "org.apache.hadoop.hdfs.protocol.RecoveryInProgressException"},
    ClassOfCode{StatusCode::kSafeMode, "org.apache.hadoop.hdfs.server.namenode.SafeModeException"},
    ClassOfCode{StatusCode::kUnavailable, remote_class::kRetriable},
    ClassOfCode{StatusCode::kUnavailable,
                "org.apache.hadoop.hdfs.server.namenode.RetryStartFileException"},
    ClassOfCode{StatusCode::kNotReplicatedYet,
                "org.apache.hadoop.hdfs.server.namenode.NotReplicatedYetException"},
    ClassOfCode{StatusCode::kStandby, "org.apache.hadoop.ipc.StandbyException"},
    ClassOfCode{StatusCode::kStandby, "org.apache.hadoop.ipc.ObserverRetryOnActiveException"},
    ClassOfCode{StatusCode::kIoError, kIoException},
    ClassOfCode{StatusCode::kInternal, "org.apache.hadoop.ipc.RpcServerException"},
};

/// Where the usual class says less than the code, or is one that Hadoop's clients would misread.
std::string_view UsualClass(StatusCode code) {
  switch (code) {
    // "Is not a file", said to readers; creating calls name their own class.
    case StatusCode::kIsADirectory:
      return remote_class::kFileNotFound;
    // Busy: clients back off and repeat.
    case StatusCode::kResourceExhausted:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kNotResponding:
      return remote_class::kRetriable;
    case StatusCode::kTooLarge:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kInternal:
      return kIoException;
    default:
      break;
  }
  for (const ClassOfCode& entry : kTable) {
    if (entry.code == code) return entry.class_name;
  }
  return kIoException;
}

StatusCode CodeOfClass(std::string_view class_name) {
  for (const ClassOfCode& entry : kTable) {
    if (entry.class_name == class_name) return entry.code;
  }
  return StatusCode::kUnknown;
}

}  // namespace

std::string RemoteClassOf(const Status& status) {
  CHECK(!status.ok());
  if (!status.remote_class().empty()) return std::string(status.remote_class());
  return std::string(UsualClass(status.code()));
}

Status StatusOfRemote(std::string_view class_name, std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  const std::string_view message = line.empty() ? class_name : line;
  return Status(CodeOfClass(class_name), std::string(message)).WithRemoteClass(class_name);
}

rpc::ErrorTable HdfsErrorTable() {
  rpc::ErrorTable table;
  table.class_of = &RemoteClassOf;
  table.status_of = &StatusOfRemote;
  return table;
}

bool SurvivesTheWire(StatusCode code) {
  return code != StatusCode::kOk && CodeOfClass(UsualClass(code)) == code;
}

}  // namespace tusk::dfs
