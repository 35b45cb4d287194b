#include "dataframe/source/arrow_files.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/util/future.h>

#include "common/base/byte_span.h"
#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"
#include "dfs/client/streams.h"
#include "mapreduce/api/output_format.h"

namespace tusk::df {
namespace {

constexpr size_t kGatheredBytes = size_t{1} << 20;

/// Reads at positions of one stream.
class ArrowInput final : public arrow::io::RandomAccessFile {
 public:
  ArrowInput(std::shared_ptr<dfs::InputStream> stream, std::string path)
      : stream_(std::move(stream)), path_(std::move(path)) {}

  arrow::Status Close() override {
    if (closed_) return arrow::Status::OK();
    closed_ = true;
    return ToArrow(stream_->Close());
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Seek(int64_t position) override {
    if (position < 0) return arrow::Status::Invalid("negative position in ", path_);
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> GetSize() override { return static_cast<int64_t>(stream_->Length()); }

  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t read, ReadAt(position_, bytes, out));
    position_ += read;
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
    position_ += buffer->size();
    return buffer;
  }

  arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override {
    if (position < 0 || bytes < 0) return arrow::Status::Invalid("negative range in ", path_);
    Result<size_t> read =
        stream_->PRead(static_cast<uint64_t>(position),
                       MutableByteView(static_cast<uint8_t*>(out), static_cast<size_t>(bytes)));
    if (!read.ok()) return ToArrow(read.status().WithContext(path_));
    return static_cast<int64_t>(*read);
  }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, bool allow_short_read,
                                void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t read, ReadAt(position, bytes, out));
    ARROW_RETURN_NOT_OK(CheckLength(position, bytes, read, allow_short_read));
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes) override {
    return ReadAt(position, bytes, true);
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes,
                                                       bool allow_short_read) override {
    if (position < 0 || bytes < 0) return arrow::Status::Invalid("negative range in ", path_);
    // A damaged footer may ask for anything: no more is allocated than the file has.
    const auto length = static_cast<int64_t>(stream_->Length());
    const int64_t wanted = std::min(bytes, std::max<int64_t>(length - position, 0));
    ARROW_RETURN_NOT_OK(CheckLength(position, bytes, wanted, allow_short_read));
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(wanted));
    ARROW_ASSIGN_OR_RAISE(const int64_t read, ReadAt(position, wanted, buffer->mutable_data()));
    if (read < wanted) ARROW_RETURN_NOT_OK(buffer->Resize(read, false));
    ARROW_RETURN_NOT_OK(CheckLength(position, bytes, read, allow_short_read));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Future<std::shared_ptr<arrow::Buffer>> ReadAsync(const arrow::io::IOContext& context,
                                                          int64_t position,
                                                          int64_t bytes) override {
    return ReadAsync(context, position, bytes, true);
  }
  arrow::Future<std::shared_ptr<arrow::Buffer>> ReadAsync(const arrow::io::IOContext&,
                                                          int64_t position, int64_t bytes,
                                                          bool allow_short_read) override {
    return arrow::Future<std::shared_ptr<arrow::Buffer>>::MakeFinished(
        ReadAt(position, bytes, allow_short_read));
  }
  // Ranges are read when they are asked for.
  arrow::Status WillNeed(const std::vector<arrow::io::ReadRange>&) override {
    return arrow::Status::OK();
  }

 private:
  arrow::Status CheckLength(int64_t position, int64_t wanted, int64_t read,
                            bool allow_short) const {
    if (allow_short || read == wanted) return arrow::Status::OK();
    return arrow::Status::IOError(path_, " ends before byte ", position + wanted);
  }

  const std::shared_ptr<dfs::InputStream> stream_;
  const std::string path_;
  int64_t position_ = 0;
  bool closed_ = false;
};

/// Gathers small writes for a stream of a file system.
class ArrowOutput final : public arrow::io::OutputStream {
 public:
  explicit ArrowOutput(std::unique_ptr<dfs::OutputStream> stream) : stream_(std::move(stream)) {
    gathered_.reserve(kGatheredBytes);
  }

  arrow::Status Write(const void* data, int64_t bytes) override {
    const ByteView view(static_cast<const uint8_t*>(data), static_cast<size_t>(bytes));
    position_ += bytes;
    if (gathered_.size() + view.size() > kGatheredBytes) ARROW_RETURN_NOT_OK(Send());
    if (view.size() >= kGatheredBytes) return ToArrow(stream_->Write(view));
    gathered_.insert(gathered_.end(), view.begin(), view.end());
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;
  arrow::Status Flush() override {
    ARROW_RETURN_NOT_OK(Send());
    return ToArrow(stream_->Flush());
  }
  arrow::Status Close() override {
    if (closed_) return arrow::Status::OK();
    closed_ = true;
    ARROW_RETURN_NOT_OK(Send());
    return ToArrow(stream_->Close());
  }
  arrow::Status Abort() override {
    closed_ = true;
    stream_.reset();
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  arrow::Status Send() {
    if (gathered_.empty()) return arrow::Status::OK();
    const Status status = stream_->Write(gathered_);
    gathered_.clear();
    return ToArrow(status);
  }

  std::unique_ptr<dfs::OutputStream> stream_;
  std::vector<uint8_t> gathered_;
  int64_t position_ = 0;
  bool closed_ = false;
};

/// Appends to the output file of a task.
class ArrowTaskOutput final : public arrow::io::OutputStream {
 public:
  explicit ArrowTaskOutput(mapreduce::OutputFileWriter* file) : file_(file) {}

  arrow::Status Write(const void* data, int64_t bytes) override {
    file_->Append(std::string_view(static_cast<const char*>(data), static_cast<size_t>(bytes)));
    position_ += bytes;
    return ToArrow(file_->status());
  }
  using arrow::io::OutputStream::Write;
  arrow::Status Close() override {
    closed_ = true;
    return ToArrow(file_->status());
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  mapreduce::OutputFileWriter* const file_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> MakeArrowInput(
    std::shared_ptr<dfs::InputStream> stream, std::string path) {
  return std::make_shared<ArrowInput>(std::move(stream), std::move(path));
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenArrowInput(dfs::FileSystem& files,
                                                                    std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<dfs::InputStream> stream, files.Open(path));
  return MakeArrowInput(std::move(stream), std::string(path));
}

std::shared_ptr<arrow::io::OutputStream> MakeArrowOutput(
    std::unique_ptr<dfs::OutputStream> stream) {
  return std::make_shared<ArrowOutput>(std::move(stream));
}

std::shared_ptr<arrow::io::OutputStream> MakeArrowOutput(mapreduce::OutputFileWriter* file) {
  return std::make_shared<ArrowTaskOutput>(file);
}

}  // namespace tusk::df
