#pragma once

#include <string>

#include "common/base/status.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// The answer that tells of `cause` (an error): ERROR, or what the protocol has for it. The message
/// is never empty: some clients read five bytes before they look at the length.
proto::BlockOpResponseProto ErrorResponse(const Status& cause);

/// The same in a pipeline, where `bad_link` ("ip:port") is to blame.
proto::BlockOpResponseProto BadLinkResponse(const Status& cause, const std::string& bad_link);

/// SUCCESS with an empty firstBadLink, which some clients insist on.
proto::BlockOpResponseProto SuccessResponse();

/// Sends an answer.
Task<Status> SendResponse(Stream& stream, proto::BlockOpResponseProto response);

}  // namespace tusk::dfs::datanode
