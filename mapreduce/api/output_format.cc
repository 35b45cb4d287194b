#include "mapreduce/api/output_format.h"

#include "common/base/status_macros.h"
#include "mapreduce/sort/block_frame.h"

namespace tusk::mapreduce {

OutputFileWriter::OutputFileWriter(std::string name, std::unique_ptr<dfs::OutputStream> stream)
    : stream_(std::move(stream)), buffer_(new uint8_t[kBufferBytes]) {
  file_.name = std::move(name);
}

OutputFileWriter::~OutputFileWriter() = default;

void OutputFileWriter::Send(ByteView bytes) {
  if (bytes.empty() || !status_.ok()) return;
  file_.crc32c = ExtendCrc32c(file_.crc32c, bytes);
  file_.length += bytes.size();
  status_ = stream_->Write(bytes);
}

void OutputFileWriter::Flush() {
  Send({buffer_.get(), used_});
  used_ = 0;
}

void OutputFileWriter::AppendBig(std::string_view text) {
  Flush();
  Send(AsBytes(text));
}

Result<OutputFile> OutputFileWriter::Close() {
  Flush();
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(stream_->Close());
  return file_;
}

}  // namespace tusk::mapreduce
