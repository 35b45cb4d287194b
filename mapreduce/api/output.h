#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "mapreduce/api/key_codec.h"
#include "mapreduce/api/value_codec.h"
#include "mapreduce/sort/map_collector.h"
#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {

/// The end of an output format, without its types. `Close` writes what is left, but does not
/// complete the file: its owner does.
class RecordWriterBase {
 public:
  virtual ~RecordWriterBase() = default;
  virtual Status Close() = 0;
};

/// Writes typed records to the output of a job (api/output_format.h). Errors are kept for `Close`.
template <typename K, typename V>
class RecordWriter : public RecordWriterBase {
 public:
  virtual void Write(KeyView<K> key, ValueView<V> value) = 0;
};

/// Where mappers, combiners and reducers put their records.
///
/// Behind it are a map's collector (the record is encoded straight into the sort buffer: no
/// allocation and no virtual call), a combiner's sink, or a record writer. `Emit` cannot fail in
/// the caller's hands: an error ends the task with its cause. One thread.
template <typename K, typename V>
class Output {
 public:
  using Key = K;
  using Value = V;

  explicit Output(MapCollector* collector) : collector_(collector) {}
  explicit Output(RecordWriter<K, V>* writer) : writer_(writer) {}
  explicit Output(RecordSink* sink) : sink_(sink) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void Emit(KeyView<K> key, ValueView<V> value) {
    if (collector_ != nullptr) [[likely]] {
      if constexpr (kFoldable) {
        if (collector_->folds()) {
          Fold(key, value);
          return;
        }
      }
      uint8_t* const begin =
          collector_->Begin(KeyCodec<K>::Bound(key) + ValueCodec<V>::Bound(value));
      uint8_t* const key_end = KeyCodec<K>::Put(begin, key, true);
      collector_->End(begin, key_end, ValueCodec<V>::Put(key_end, value, true));
    } else {
      EmitElsewhere(key, value);
    }
  }

  /// Records that did not go into a collector.
  uint64_t records() const { return records_; }
  const Status& status() const { return collector_ != nullptr ? collector_->status() : status_; }

 private:
  static constexpr bool kFoldable = std::is_same_v<V, int64_t> || std::is_same_v<V, double>;

  void Fold(KeyView<K> key, ValueView<V> value) {
    if constexpr (std::is_same_v<K, std::string>) {
      collector_->Fold(AsBytes(key), ToFoldWord(value));
    } else {
      collector_->Fold(EncodeKey(key), ToFoldWord(value));
    }
  }

  ByteView EncodeKey(KeyView<K> key) {
    const size_t bound = KeyCodec<K>::Bound(key);
    if (bound > scratch_.size()) scratch_.resize(bound * 2);
    return {scratch_.data(),
            static_cast<size_t>(KeyCodec<K>::Put(scratch_.data(), key, true) - scratch_.data())};
  }

  void EmitElsewhere(KeyView<K> key, ValueView<V> value) {
    ++records_;
    if (writer_ != nullptr) {
      writer_->Write(key, value);
      return;
    }
    if (!status_.ok()) return;
    const ByteView key_bytes = EncodeKey(key);
    const size_t bound = ValueCodec<V>::Bound(value);
    if (bound > value_scratch_.size()) value_scratch_.resize(bound * 2);
    const uint8_t* const end = ValueCodec<V>::Put(value_scratch_.data(), value, true);
    status_ = sink_->Append(
        key_bytes, {value_scratch_.data(), static_cast<size_t>(end - value_scratch_.data())});
  }

  MapCollector* const collector_ = nullptr;
  RecordWriter<K, V>* const writer_ = nullptr;
  RecordSink* const sink_ = nullptr;
  std::vector<uint8_t> scratch_ = std::vector<uint8_t>(64);
  std::vector<uint8_t> value_scratch_ = std::vector<uint8_t>(64);
  uint64_t records_ = 0;
  Status status_;
};

}  // namespace tusk::mapreduce
