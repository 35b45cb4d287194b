#include <string>

#include "dfs/wire/pipeline_ack.h"
#include "tests/fuzz/fuzz_target.h"

// What parses encodes to bytes that parse to the same.
FUZZ_TARGET(PipelineAck) {
  const auto frame = dfs::ParsePipelineAckFrame(bytes);
  if (!frame.ok() || !frame->has_value()) return;
  std::string encoded;
  dfs::AppendPipelineAck((*frame)->ack, &encoded);
  const auto again = dfs::ParsePipelineAckFrame(AsBytes(encoded));
  CHECK(again.ok() && again->has_value() && (*again)->ack == (*frame)->ack);
}
