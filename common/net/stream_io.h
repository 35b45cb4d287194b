#pragma once

#include <cstddef>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/status.h"
#include "common/net/stream.h"
#include "common/net/task.h"

namespace tusk {

/// Fills `buffer`. kNotResponding when the stream ends before.
Task<Status> ReadExactly(Stream& stream, MutableByteView buffer);

/// A buffer in front of a Stream for framed protocols: reads big, hands out views, is bounded.
///
/// The buffer grows with the bytes that arrived, never with the length that a peer announced, and
/// shrinks back when a large frame has been consumed. Views stay valid until the next Fill. Used by
/// one coroutine on the stream's strand; `stream` must outlive it.
class BufferedStreamReader {
 public:
  static constexpr size_t kDefaultRead = 64 * 1024;

  /// At most `max_buffered` bytes are kept (Fill of more is refused with kTooLarge).
  BufferedStreamReader(Stream& stream, size_t max_buffered, size_t read_size = kDefaultRead);

  /// What has been read and not consumed.
  ByteView Peek() const { return {buffer_.data() + begin_, end_ - begin_}; }
  size_t size() const { return end_ - begin_; }
  /// Drops the first `count` bytes; `count` <= size().
  void Consume(size_t count);

  /// Reads once. Returns how many bytes came: 0 = end of stream.
  Task<Result<size_t>> FillSome();
  /// Reads until at least `count` bytes are buffered. kNotResponding when the stream ends before.
  Task<Status> Fill(size_t count);
  /// Copies from the buffer and reads the rest straight into `out`: for bulk data.
  Task<Status> ReadExactly(MutableByteView out);

 private:
  void MakeRoom(size_t want);

  Stream& stream_;
  const size_t max_buffered_;
  const size_t read_size_;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace tusk
