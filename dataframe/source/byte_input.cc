#include "dataframe/source/byte_input.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

#include "common/base/status_macros.h"
#include "dataframe/source/arrow_files.h"
#include "dataframe/source/file_scan.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

/// An ending and what it stands for.
struct CompressedName {
  std::string_view ending;
  arrow::Compression::type type;
};
constexpr CompressedName kCompressed[] = {{".gz", arrow::Compression::GZIP},
                                          {".zst", arrow::Compression::ZSTD},
                                          {".zstd", arrow::Compression::ZSTD},
                                          {".bz2", arrow::Compression::BZ2},
                                          {".lz4", arrow::Compression::LZ4_FRAME}};

/// To name the line of an error, no more than this is read again.
constexpr uint64_t kMaxCountedBytes = uint64_t{256} << 20;

const CompressedName* CompressionOf(std::string_view path) {
  for (const CompressedName& name : kCompressed) {
    if (path.ends_with(name.ending)) return &name;
  }
  return nullptr;
}

}  // namespace

bool IsCompressed(std::string_view path) { return CompressionOf(path) != nullptr; }

std::string_view WithoutCompression(std::string_view path) {
  const CompressedName* const name = CompressionOf(path);
  return name == nullptr ? path : path.substr(0, path.size() - name->ending.size());
}

Result<std::unique_ptr<ByteInput>> ByteInput::Open(dfs::FileSystem& files, std::string path,
                                                   uint64_t offset) {
  ASSIGN_OR_RETURN(const auto file, OpenArrowInput(files, path));
  RETURN_IF_ERROR(FromArrow(file->Seek(static_cast<int64_t>(offset))));
  std::shared_ptr<arrow::io::InputStream> stream = file;
  if (const CompressedName* const name = CompressionOf(path)) {
    if (offset != 0) {
      return Status::Error(StatusCode::kInternal, "a compressed file is read from its start: {}",
                           path);
    }
    ASSIGN_OR_RETURN(const auto codec, FromArrow(arrow::util::Codec::Create(name->type)));
    ASSIGN_OR_RETURN(stream, FromArrow(arrow::io::CompressedInputStream::Make(codec.get(), file)));
  }
  return std::unique_ptr<ByteInput>(new ByteInput(std::move(path), std::move(stream), offset));
}

Status ByteInput::Append(uint64_t bytes, std::string& out) {
  const size_t before = out.size();
  out.resize(before + bytes);
  uint64_t filled = 0;
  while (filled < bytes && !at_end_) {
    const auto read = FromArrow(
        stream_->Read(static_cast<int64_t>(bytes - filled), out.data() + before + filled));
    if (!read.ok()) {
      if (IsCompressed(path_)) return DamagedFile(path_, "compressed", read.status());
      return read.status();
    }
    filled += static_cast<uint64_t>(*read);
    if (*read == 0) at_end_ = true;
  }
  out.resize(before + filled);
  position_ += filled;
  return Status::Ok();
}

Result<std::unique_ptr<LineBlocks>> LineBlocks::Open(dfs::FileSystem& files, std::string path,
                                                     uint64_t begin, uint64_t end) {
  ASSIGN_OR_RETURN(auto input, ByteInput::Open(files, std::move(path), begin == 0 ? 0 : begin - 1));
  std::unique_ptr<LineBlocks> blocks(new LineBlocks(std::move(input), end));
  if (begin > 0) RETURN_IF_ERROR(blocks->SkipPartialLine());
  return blocks;
}

Status LineBlocks::SkipPartialLine() {
  while (true) {
    buffer_.clear();
    offset_ = input_->position();
    RETURN_IF_ERROR(input_->Append(kTextBlockBytes, buffer_));
    const size_t newline = buffer_.find('\n');
    if (newline != std::string::npos) {
      used_ = newline + 1;
      return Status::Ok();
    }
    if (input_->at_end() || input_->position() >= end_) {
      done_ = true;
      return Status::Ok();
    }
  }
}

Result<std::string_view> LineBlocks::Next() {
  buffer_.erase(0, used_);
  offset_ += used_;
  used_ = 0;
  if (done_ || offset_ >= end_) return std::string_view();
  while (true) {
    // Appended in blocks until there is the end of a line.
    if (buffer_.size() < kTextBlockBytes && !input_->at_end()) {
      RETURN_IF_ERROR(input_->Append(kTextBlockBytes - buffer_.size(), buffer_));
    }
    size_t cut = std::string::npos;
    const uint64_t last = end_ - 1 - offset_;  // in the buffer, of the last byte that is ours
    if (last < buffer_.size()) {
      cut = buffer_.find('\n', last);
      if (cut != std::string::npos) done_ = true;
    } else {
      cut = buffer_.rfind('\n');
    }
    if (cut != std::string::npos) {
      used_ = cut + 1;
      break;
    }
    if (input_->at_end()) {
      used_ = buffer_.size();
      done_ = true;
      break;
    }
    if (buffer_.size() > kMaxRecordBytes) {
      return Status::Error(StatusCode::kTooLarge,
                           "{}, byte {}: a line of more than {} bytes: is the file text?",
                           input_->path(), offset_, kMaxRecordBytes);
    }
    RETURN_IF_ERROR(input_->Append(std::max<uint64_t>(buffer_.size(), kTextBlockBytes), buffer_));
  }
  return std::string_view(buffer_).substr(0, used_);
}

std::optional<uint64_t> LineCounter::LineOf(uint64_t offset) {
  if (offset > kMaxCountedBytes) return std::nullopt;
  if (input_ == nullptr || input_->position() > offset) {
    auto input = ByteInput::Open(files_, path_);
    if (!input.ok()) return std::nullopt;
    input_ = std::move(*input);
    line_ = 1;
  }
  std::string buffer;
  while (input_->position() < offset) {
    buffer.clear();
    const uint64_t wanted = std::min(kTextBlockBytes, offset - input_->position());
    if (!input_->Append(wanted, buffer).ok() || buffer.empty()) return std::nullopt;
    line_ += static_cast<uint64_t>(std::count(buffer.begin(), buffer.end(), '\n'));
  }
  return line_;
}

std::string LineOf(dfs::FileSystem& files, const std::string& path, uint64_t offset) {
  const std::optional<uint64_t> line = LineCounter(files, path).LineOf(offset);
  return line ? std::to_string(*line) : "";
}

}  // namespace tusk::df
