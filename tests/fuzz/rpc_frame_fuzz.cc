#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/rpc_framing.h"
#include "tests/fuzz/fuzz_target.h"

// Whatever a frame holds, its parts lie within it.
FUZZ_TARGET(RpcFrame) {
  if (bytes.size() >= rpc::kPreambleSize) {
    static_cast<void>(rpc::ParsePreamble(bytes.first(rpc::kPreambleSize)));
  }
  if (bytes.size() >= 4) {
    const auto length = rpc::ParseFrameLength(bytes, 1 << 20);
    CHECK(!length.ok() || *length <= 1 << 20);
  }
  ByteView rest = bytes;
  rpc::proto::RpcRequestHeaderProto header;
  rpc::proto::RequestHeaderProto call;
  ByteView request;
  if (!rpc::TakeMessage(&rest, &header) || !rpc::TakeMessage(&rest, &call)) return;
  if (!rpc::TakeDelimited(&rest, &request)) return;
  CHECK(request.data() + request.size() == rest.data());
  CHECK(rest.data() + rest.size() == bytes.data() + bytes.size());
}
