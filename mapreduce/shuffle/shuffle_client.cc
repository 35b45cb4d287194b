#include "mapreduce/shuffle/shuffle_client.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/shuffle.pb.h"
#include "mapreduce/shuffle/shuffle_frame.h"

namespace tusk::mapreduce {

namespace {
constexpr uint32_t kMaxHeaderBytes = 64 << 10;
}

Result<ShuffleClient> ShuffleClient::Connect(const Endpoint& server, const Clock& clock,
                                             std::chrono::milliseconds timeout) {
  ASSIGN_OR_RETURN(BlockingSocket socket,
                   BlockingSocket::Connect(server, Deadline::After(clock, timeout)));
  return ShuffleClient(std::move(socket), clock, timeout);
}

Status ShuffleClient::Request(const JobId& job, uint32_t reduce, std::span<const AttemptId> maps) {
  proto::FetchRequestProto request;
  ToProto(job, request.mutable_job());
  request.set_reduce(reduce);
  for (const AttemptId& map : maps) ToProto(map, request.add_maps());
  std::string frame;
  AppendFrame(request, &frame);
  return socket_.SendAll(AsBytes(frame), Deadline::After(*clock_, timeout_));
}

Result<uint64_t> ShuffleClient::NextOutput(const AttemptId& expected) {
  const Deadline deadline = Deadline::After(*clock_, timeout_);
  uint8_t prefix[kFrameHeaderBytes];
  RETURN_IF_ERROR(socket_.RecvExactly(prefix, deadline));
  ASSIGN_OR_RETURN(uint32_t length, ParseFrameLength(prefix, kMaxHeaderBytes));
  std::vector<uint8_t> body(length);
  RETURN_IF_ERROR(socket_.RecvExactly(body, deadline));
  proto::FetchHeaderProto header;
  RETURN_IF_ERROR(ParseFrameBody(body, &header));
  ASSIGN_OR_RETURN(AttemptId map, FromProto(header.map()));
  if (map != expected) {
    return Status::Error(StatusCode::kCorruption, "the shuffle server sent {} where {} was next",
                         map.ToString(), expected.ToString());
  }
  // Cut to a byte, 256 would be Ok.
  const StatusCode code =
      header.status() > UINT8_MAX ? StatusCode::kUnknown : static_cast<StatusCode>(header.status());
  if (code != StatusCode::kOk) return Status(code, header.message());
  return header.length();
}

Status ShuffleClient::Read(MutableByteView out) {
  return socket_.RecvExactly(out, Deadline::After(*clock_, timeout_));
}

}  // namespace tusk::mapreduce
