#include "mapreduce/io/line_reader.h"

#include <algorithm>
#include <cstring>

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
/// Read at once beyond the end of a split.
constexpr uint64_t kBehindEndBytes = uint64_t{64} << 10;

}  // namespace

LineReader::LineReader(std::unique_ptr<dfs::InputStream> stream, uint64_t offset, uint64_t length)
    : stream_(std::move(stream)), start_(offset), end_(offset + length), file_position_(offset) {}

LineReader::~LineReader() = default;

/// Appends more of the file to what is unread; false at the end of the file or on an error.
bool LineReader::Fill() {
  if (end_of_file_ || !status_.ok()) return false;
  const size_t unread = fill_ - begin_;
  if (begin_ > 0 && unread > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, unread);
  begin_ = 0;
  fill_ = unread;
  if (unread > kMaxLineBytes) {
    status_ = Status::Error(StatusCode::kTooLarge, "a line longer than {} bytes at byte {}",
                            kMaxLineBytes, file_position_ - unread);
    return false;
  }
  const size_t wanted = unread + kReadBytes + kSlack;
  if (buffer_.size() < wanted) buffer_.resize(std::max(wanted, 2 * kReadBytes));
  MutableByteView room(reinterpret_cast<uint8_t*>(buffer_.data()) + fill_,
                       buffer_.size() - kSlack - fill_);
  // Beyond the split only the rest of its last line is needed.
  const uint64_t ahead = file_position_ < end_ ? end_ - file_position_ : 0;
  room = room.first(std::min<uint64_t>(room.size(), ahead + kBehindEndBytes));
  const Result<size_t> read = stream_->Read(room);
  if (!read.ok()) {
    status_ = read.status();
    return false;
  }
  fill_ += *read;
  file_position_ += *read;
  end_of_file_ = *read == 0;
  return !end_of_file_;
}

/// Finds the first line of the unread bytes, reading on until it is whole.
bool LineReader::FindLine(std::string_view* line, size_t* consumed) {
  size_t searched = 0;
  while (true) {
    const char* const data = buffer_.data() + begin_;
    const size_t unread = fill_ - begin_;
    const char* const from = data + searched;
    const auto* newline = unread > searched
                              ? static_cast<const char*>(std::memchr(from, '\n', unread - searched))
                              : nullptr;
    const size_t limit =
        newline != nullptr ? static_cast<size_t>(newline - from) : unread - searched;
    // A \r ends a line by itself; before \n the two are one end.
    const auto* carriage =
        limit > 0 ? static_cast<const char*>(std::memchr(from, '\r', limit)) : nullptr;
    if (carriage != nullptr && (carriage + 1 < data + unread || end_of_file_)) {
      const auto size = static_cast<size_t>(carriage - data);
      *line = {data, size};
      *consumed = size + 1 + (carriage + 1 < data + unread && carriage[1] == '\n' ? 1 : 0);
      return true;
    }
    if (newline != nullptr && carriage == nullptr) {
      const auto size = static_cast<size_t>(newline - data);
      *line = {data, size};
      *consumed = size + 1;
      return true;
    }
    searched = carriage != nullptr ? static_cast<size_t>(carriage - data) : unread;
    if (Fill()) continue;
    if (!status_.ok()) return false;
    if (carriage != nullptr) continue;  // a \r is the last byte of the file
    if (fill_ == begin_) return false;
    *line = {buffer_.data() + begin_, fill_ - begin_};
    *consumed = fill_ - begin_;
    return true;
  }
}

/// Skips to the start of the next line; false when none starts in this split. What is skipped is
/// not kept, and a line that is longer than the split is not read to its end.
bool LineReader::SkipLine() {
  while (true) {
    const std::string_view unread(buffer_.data() + begin_, fill_ - begin_);
    if (unread.find_first_of("\r\n") != std::string_view::npos) break;
    begin_ = fill_;
    if (file_position_ >= end_ || !Fill()) return false;
  }
  std::string_view skipped;
  size_t consumed = 0;
  if (!FindLine(&skipped, &consumed)) return false;
  begin_ += consumed;
  key_ = file_position_ - (fill_ - begin_);
  return true;
}

bool LineReader::Start() {
  started_ = true;
  key_ = start_;
  if (start_ > 0) {
    // The first line is skipped even when it starts exactly here: the split before reads the line
    // that starts at its end.
    status_ = stream_->Seek(start_);
    if (!status_.ok()) return false;
    return SkipLine();
  }
  if (!Fill()) return status_.ok();
  while (fill_ < kByteOrderMark.size() && Fill()) {
  }
  if (std::string_view(buffer_.data(), fill_).starts_with(kByteOrderMark))
    begin_ = kByteOrderMark.size();
  key_ = begin_;
  return true;
}

bool LineReader::Next() {
  if (!status_.ok()) return false;
  if (!started_ && !Start()) ended_ = true;
  if (ended_) return false;
  const uint64_t position = file_position_ - (fill_ - begin_);
  if (position > end_ || (position == end_ && start_ == end_)) return false;
  size_t consumed = 0;
  if (!FindLine(&line_, &consumed)) return false;
  key_ = position;
  begin_ += consumed;
  return true;
}

double LineReader::progress() const {
  const uint64_t position = file_position_ - (fill_ - begin_);
  if (end_ == start_) return 1;
  return std::min(1.0, static_cast<double>(position - start_) / static_cast<double>(end_ - start_));
}

}  // namespace tusk::mapreduce
