#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/rpc/remote_error.h"

namespace tusk::dfs {

// Errors on the wires of HDFS: Java exception classes, by which clients decide what to do.

/// The class that an error travels as: status.remote_class() if it has one, else the usual one of
/// its code, java.io.IOException for codes that Hadoop does not know. `status` must be an error.
std::string RemoteClassOf(const Status& status);

/// The error that a server answered: code of the class, kUnknown for a class that is not in the
/// table. The message is the first line of `text` (servers of Hadoop append a stack trace), or the
/// class if that is empty. remote_class() of the result is `class_name`.
Status StatusOfRemote(std::string_view class_name, std::string_view text);

/// Both as a table for RPC servers and clients.
rpc::ErrorTable HdfsErrorTable();

/// StatusOfRemote(RemoteClassOf(s), s.message()) has the code of `s` for exactly these codes.
bool SurvivesTheWire(StatusCode code);

// Classes that several callers set by hand because their code has another usual one.
namespace remote_class {

inline constexpr std::string_view kIoException = "java.io.IOException";
inline constexpr std::string_view kFileNotFound = "java.io.FileNotFoundException";
inline constexpr std::string_view kFileAlreadyExists =
    "org.apache.hadoop.fs.FileAlreadyExistsException";
inline constexpr std::string_view kParentNotDirectory =
    "org.apache.hadoop.fs.ParentNotDirectoryException";
inline constexpr std::string_view kPathIsNotDirectory =
    "org.apache.hadoop.fs.PathIsNotDirectoryException";
inline constexpr std::string_view kAccessControl =
    "org.apache.hadoop.security.AccessControlException";
inline constexpr std::string_view kIllegalArgument =
    "org.apache.hadoop.HadoopIllegalArgumentException";
inline constexpr std::string_view kRetriable = "org.apache.hadoop.ipc.RetriableException";
inline constexpr std::string_view kNameQuotaExceeded =
    "org.apache.hadoop.hdfs.protocol.NSQuotaExceededException";
inline constexpr std::string_view kSpaceQuotaExceeded =
    "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException";
inline constexpr std::string_view kReplicaNotFound =
    "org.apache.hadoop.hdfs.server.datanode.ReplicaNotFoundException";
inline constexpr std::string_view kUnregisteredNode =
    "org.apache.hadoop.hdfs.protocol.UnregisteredNodeException";
inline constexpr std::string_view kDisallowedDatanode =
    "org.apache.hadoop.hdfs.server.protocol.DisallowedDatanodeException";
inline constexpr std::string_view kIncorrectVersion =
    "org.apache.hadoop.hdfs.server.common.IncorrectVersionException";

}  // namespace remote_class

}  // namespace tusk::dfs
