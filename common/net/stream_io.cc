#include "common/net/stream_io.h"

#include <algorithm>
#include <cstring>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk {
namespace {

Status EndOfStream(const Stream& stream) {
  return Status::Error(StatusCode::kNotResponding, "connection closed by {}", stream.PeerAddress());
}

}  // namespace

Task<Status> Stream::WriteAll(ByteView bytes) {
  const ByteView parts[] = {bytes};
  const std::span<const ByteView> span(parts);
  co_return co_await WriteAll(span);
}

Task<Status> ReadExactly(Stream& stream, MutableByteView buffer) {
  while (!buffer.empty()) {
    CO_ASSIGN_OR_RETURN(const size_t count, co_await stream.ReadSome(buffer));
    if (count == 0) co_return EndOfStream(stream);
    buffer = buffer.subspan(count);
  }
  co_return Status();
}

BufferedStreamReader::BufferedStreamReader(Stream& stream, size_t max_buffered, size_t read_size)
    : stream_(stream), max_buffered_(std::max(max_buffered, read_size)), read_size_(read_size) {}

void BufferedStreamReader::Consume(size_t count) {
  CHECK_LE(count, size());
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void BufferedStreamReader::MakeRoom(size_t want) {
  if (begin_ == end_ && buffer_.size() > 4 * read_size_ && want <= read_size_) {
    buffer_ = std::vector<uint8_t>();
    begin_ = end_ = 0;
  }
  if (buffer_.size() - end_ >= want) return;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ >= want) return;
  // Doubles with what has arrived, so that a length alone allocates nothing.
  buffer_.resize(std::max(end_ + want, std::min(2 * buffer_.size(), max_buffered_)));
}

Task<Result<size_t>> BufferedStreamReader::FillSome() {
  const size_t room = max_buffered_ - std::min(max_buffered_, size());
  if (room == 0) {
    co_return Status::Error(StatusCode::kTooLarge, "{} bytes buffered and none consumed", size());
  }
  MakeRoom(std::min(room, std::max<size_t>(1, read_size_ / 2)));
  const MutableByteView space(buffer_.data() + end_, std::min(room, buffer_.size() - end_));
  Result<size_t> count = co_await stream_.ReadSome(space);
  if (count.ok()) end_ += *count;
  co_return count;
}

Task<Status> BufferedStreamReader::Fill(size_t count) {
  if (count > max_buffered_) {
    co_return Status::Error(StatusCode::kTooLarge, "{} bytes wanted, at most {} are buffered",
                            count, max_buffered_);
  }
  while (size() < count) {
    CO_ASSIGN_OR_RETURN(const size_t got, co_await FillSome());
    if (got == 0) co_return EndOfStream(stream_);
  }
  co_return Status();
}

Task<Status> BufferedStreamReader::ReadExactly(MutableByteView out) {
  const size_t buffered = std::min(out.size(), size());
  if (buffered > 0) {
    std::memcpy(out.data(), buffer_.data() + begin_, buffered);
    Consume(buffered);
  }
  co_return co_await tusk::ReadExactly(stream_, out.subspan(buffered));
}

}  // namespace tusk
