#include "mapreduce/proto/shuffle.pb.h"
#include "mapreduce/proto/umbilical.pb.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "tests/fuzz/fuzz_target.h"

// Frames between tasks, trackers and reducers.
FUZZ_TARGET(ShuffleFrame) {
  using namespace mapreduce;
  if (bytes.size() < kFrameHeaderBytes) return;
  const auto length = ParseFrameLength(bytes.data(), 4096);
  if (!length.ok()) return;
  CHECK(*length <= 4096);
  const ByteView body = bytes.subspan(kFrameHeaderBytes);
  mapreduce::proto::FromTaskProto from;
  mapreduce::proto::ToTaskProto to;
  static_cast<void>(ParseFrameBody(body, &from));
  if (!ParseFrameBody(body, &to).ok()) return;
  std::string again;
  AppendFrame(to, &again);
  CHECK(again.size() >= kFrameHeaderBytes);
}
