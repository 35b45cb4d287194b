#pragma once

#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/input_format.h"
#include "mapreduce/api/job_registry.h"
#include "mapreduce/io/sequence_file.h"

namespace tusk::mapreduce {

namespace internal {

template <typename K, typename V>
std::string SequenceTypes() {
  return fmt::format("{}, {}", DisplayName(typeid(K)), DisplayName(typeid(V)));
}

/// Writes typed records.
template <typename K, typename V>
class SequenceWriter final : public RecordWriter<K, V> {
 public:
  explicit SequenceWriter(OutputFileWriter& file)
      : writer_(file, SequenceTypes<K, V>(), MapOutputCompression::kNone, NewSyncMark()) {}

  void Write(KeyView<K> key, ValueView<V> value) override {
    uint8_t* const begin = writer_.Begin(KeyCodec<K>::Bound(key) + ValueCodec<V>::Bound(value));
    uint8_t* const key_end = KeyCodec<K>::Put(begin, key, true);
    writer_.End(begin, key_end, ValueCodec<V>::Put(key_end, value, true));
  }
  Status Close() override { return writer_.Close(); }

 private:
  SequenceFileWriter writer_;
};

}  // namespace internal

/// Binary records, exact and splittable: what one job hands to the next (Hadoop's
/// SequenceFileOutputFormat in role, not in bytes).
class SequenceOutput {
 public:
  template <typename K, typename V>
  static std::unique_ptr<RecordWriter<K, V>> MakeWriter(OutputFileWriter& file) {
    return std::make_unique<internal::SequenceWriter<K, V>>(file);
  }
};

/// What SequenceOutput has written with the same types: `Read<SequenceInput<std::string,
/// int64_t>>({path})`.
template <typename K, typename V>
class SequenceInput {
 public:
  using Key = KeyView<K>;
  using Value = ValueView<V>;

  /// Reads the typed records of one split.
  class Reader {
   public:
    Reader(std::unique_ptr<SequenceFileReader> reader, const InputSplit& split)
        : reader_(std::move(reader)), split_(split) {}
    bool Next() {
      if (!status_.ok() || !reader_->Next()) return false;
      if (key_.Decode(reader_->key()) && value_.Decode(reader_->value())) return true;
      status_ = Status(StatusCode::kCorruption, "a record does not decode");
      return false;
    }
    Key key() const { return key_.view(); }
    Value value() const { return value_.view(); }
    const Status& status() const { return status_.ok() ? reader_->status() : status_; }
    double progress() const {
      if (split_.length == 0 || reader_->position() <= split_.offset) return 0;
      const auto done = static_cast<double>(reader_->position() - split_.offset);
      return std::min(1.0, done / static_cast<double>(split_.length));
    }
    uint64_t bytes_read() const { return reader_->bytes_read(); }
    std::string Position() const {
      return fmt::format("{}, before byte {}", split_.path, reader_->position());
    }

   private:
    const std::unique_ptr<SequenceFileReader> reader_;
    const InputSplit split_;
    Decoded<K, KeyCodec> key_;
    Decoded<V, ValueCodec> value_;
    Status status_;
  };

  static void Configure(JobSpec* spec, std::vector<std::string> paths) {
    spec->input_paths = std::move(paths);
  }
  static Result<std::vector<InputSplit>> Splits(const JobSpec& spec, dfs::FileSystem& files,
                                                const SplitOptions& options) {
    return SplitFiles(spec, files, options);
  }
  static Result<std::unique_ptr<Reader>> Open(const JobSpec&, const InputSplit& split,
                                              dfs::FileSystem& files) {
    ASSIGN_OR_RETURN(auto stream, files.Open(split.path));
    ASSIGN_OR_RETURN(auto reader,
                     SequenceFileReader::Open(std::move(stream), internal::SequenceTypes<K, V>(),
                                              split.offset, split.length));
    return std::make_unique<Reader>(std::move(reader), split);
  }
};

}  // namespace tusk::mapreduce
