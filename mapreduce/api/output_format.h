#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "dfs/client/streams.h"
#include "mapreduce/api/output.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::mapreduce {

/// One file of a job's output while it is written: a buffer before the file system's stream, with
/// length and CRC32C of everything. The first error is kept and told by `Close`. One thread.
class OutputFileWriter {
 public:
  static constexpr size_t kBufferBytes = size_t{1} << 20;

  OutputFileWriter(std::string name, std::unique_ptr<dfs::OutputStream> stream);
  ~OutputFileWriter();
  OutputFileWriter(const OutputFileWriter&) = delete;
  OutputFileWriter& operator=(const OutputFileWriter&) = delete;

  /// Room for `size` bytes (at most kBufferBytes), taken by `Advance` with what was really used.
  uint8_t* Room(size_t size) {
    if (used_ + size > kBufferBytes) [[unlikely]]
      Flush();
    return buffer_.get() + used_;
  }
  void Advance(size_t size) { used_ += size; }
  void Append(std::string_view text) {
    if (text.size() > kBufferBytes / 2) [[unlikely]] {
      AppendBig(text);
      return;
    }
    uint8_t* const room = Room(text.size());
    if (!text.empty()) std::memcpy(room, text.data(), text.size());
    used_ += text.size();
  }
  void CountRecords(uint64_t records) { file_.records += records; }
  void CountRecord() { CountRecords(1); }

  const Status& status() const { return status_; }
  /// Completes the file durably. What it is then, for the manifest.
  Result<OutputFile> Close();

 private:
  void Flush();
  void AppendBig(std::string_view text);
  void Send(ByteView bytes);

  OutputFile file_;
  std::unique_ptr<dfs::OutputStream> stream_;
  std::unique_ptr<uint8_t[]> buffer_;
  size_t used_ = 0;
  Status status_;
};

/// An output format is a type. It has a display name by its type, and
///
///   template <typename K, typename V>
///   static std::unique_ptr<RecordWriter<K, V>> MakeWriter(OutputFileWriter& file);
///
/// or, when it depends on the job's parameters, `MakeWriter(OutputFileWriter&, const JobSpec&)`;
/// and `static std::string Suffix(const JobSpec&)` when its files have an ending. A format that
/// writes several files in a task has
///
///   template <typename K, typename V>
///   static Result<std::unique_ptr<RecordWriter<K, V>>> MakeWriter(OutputFiles&, const JobSpec&);
///
/// The writer puts records into `file`; who made it completes and commits the file. Names are
/// Hadoop's: part-m-00000 for a job without reduce, part-r-00000 otherwise.

}  // namespace tusk::mapreduce
