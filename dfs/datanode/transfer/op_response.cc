#include "dfs/datanode/transfer/op_response.h"

#include "dfs/wire/delimited.h"

namespace tusk::dfs::datanode {

proto::BlockOpResponseProto ErrorResponse(const Status& cause) {
  proto::BlockOpResponseProto response;
  response.set_status(cause.code() == StatusCode::kUnsupported ? proto::ERROR_UNSUPPORTED
                                                               : proto::ERROR);
  response.set_message(cause.ToString());
  return response;
}

proto::BlockOpResponseProto BadLinkResponse(const Status& cause, const std::string& bad_link) {
  proto::BlockOpResponseProto response = ErrorResponse(cause);
  response.set_firstbadlink(bad_link);
  return response;
}

proto::BlockOpResponseProto SuccessResponse() {
  proto::BlockOpResponseProto response;
  response.set_status(proto::SUCCESS);
  response.set_firstbadlink("");
  return response;
}

Task<Status> SendResponse(Stream& stream, proto::BlockOpResponseProto response) {
  std::string bytes;
  AppendDelimited(response, &bytes);
  co_return co_await stream.WriteAll(AsBytes(bytes));
}

}  // namespace tusk::dfs::datanode
