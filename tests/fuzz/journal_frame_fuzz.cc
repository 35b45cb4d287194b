#include "dfs/namenode/journal/journal_frame.h"
#include "tests/fuzz/fuzz_target.h"

// A header that is taken announces no more than a frame may hold.
FUZZ_TARGET(JournalFrame) {
  using namespace dfs::namenode;
  if (bytes.size() >= kSegmentHeaderBytes) {
    const auto segment = DecodeSegmentHeader(bytes.first(kSegmentHeaderBytes));
    if (segment.ok()) {
      const std::string again = EncodeSegmentHeader(*segment);
      CHECK(DecodeSegmentHeader(AsBytes(again)).ok());
    }
  }
  if (bytes.size() < kFrameHeaderBytes) return;
  const ByteView head = bytes.first(kFrameHeaderBytes);
  const auto frame = DecodeFrameHeader(head);
  if (!frame.has_value()) return;
  CHECK(frame->payload_bytes <= kMaxFramePayload);
  CHECK(frame->FrameBytes() % kFrameAlignment == 0);
  const ByteView rest = bytes.subspan(kFrameHeaderBytes);
  if (rest.size() < frame->payload_bytes) return;
  static_cast<void>(FrameIsWhole(head, *frame, rest.first(frame->payload_bytes)));
}
