#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace tusk::rpc {

/// How errors travel: as the fully qualified name of a Java exception class and a text whose first
/// line people read. Each layer above supplies its table (dfs/wire/remote_exception.h).
struct ErrorTable {
  /// The class name for a Status that has no remote_class() of its own. Must not be null.
  std::string (*class_of)(const Status& status) = nullptr;
  /// The Status of an error answer. Must not be null.
  Status (*status_of)(std::string_view class_name, std::string_view text) = nullptr;
};

/// A table that knows only what the RPC layer itself sends, and java.io.IOException for the rest.
/// The code of a status survives the way there and back in our own daemons.
ErrorTable BasicErrorTable();

// Exception classes of the RPC layer itself.
inline constexpr std::string_view kRpcServerException = "org.apache.hadoop.ipc.RpcServerException";
inline constexpr std::string_view kIpcException = "org.apache.hadoop.ipc.IpcException";
inline constexpr std::string_view kVersionMismatch = "org.apache.hadoop.ipc.RPC$VersionMismatch";
inline constexpr std::string_view kNoSuchMethodException =
    "org.apache.hadoop.ipc.RpcNoSuchMethodException";
inline constexpr std::string_view kNoSuchProtocolException =
    "org.apache.hadoop.ipc.RpcNoSuchProtocolException";
inline constexpr std::string_view kRetriableException = "org.apache.hadoop.ipc.RetriableException";
inline constexpr std::string_view kAuthorizationException =
    "org.apache.hadoop.security.authorize.AuthorizationException";
inline constexpr std::string_view kAccessControlException =
    "org.apache.hadoop.security.AccessControlException";
inline constexpr std::string_view kIoException = "java.io.IOException";

}  // namespace tusk::rpc
