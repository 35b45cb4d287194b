#include "mapreduce/sort/map_collector.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "mapreduce/sort/run_merger.h"

namespace tusk::mapreduce {
namespace {

/// Below this many records for each key that the table kept, folding does not pay for itself.
constexpr double kMinReduction = 1.3;
/// Average bytes of input for each different key: a guess that only sizes the first table.
constexpr uint64_t kInputBytesPerKey = 64;
/// How many entries ahead the table's slots are fetched while it is written out.
constexpr size_t kPrefetchDistance = 16;

ByteView KeyAt(const uint8_t* record) {
  uint32_t size;
  std::memcpy(&size, record, 4);
  return {record + 8, size};
}

ByteView ValueAt(const uint8_t* record) {
  uint32_t sizes[2];
  std::memcpy(sizes, record, 8);
  return {record + 8 + sizes[0], sizes[1]};
}

}  // namespace

class MapCollector::BufferedKeys final : public EntryKeys {
 public:
  explicit BufferedKeys(const uint8_t* base) : base_(base) {}
  ByteView KeyOf(uint32_t reference) const override { return KeyAt(base_ + reference); }

 private:
  const uint8_t* const base_;
};

/// The groups of one partition of a sorted buffer.
class MapCollector::BufferedGroups final : public GroupedRecords {
 public:
  BufferedGroups(const uint8_t* base, std::span<const SortEntry> entries)
      : base_(base), entries_(entries) {}

  bool NextGroup() override {
    while (NextValue()) {
    }
    if (next_ == entries_.size()) return false;
    group_ = next_;
    group_key_ = KeyAt(base_ + entries_[next_].reference);
    open_ = true;
    return true;
  }
  bool NextValue() override {
    if (!open_ || next_ == entries_.size()) return open_ = false;
    const SortEntry& entry = entries_[next_];
    if (next_ != group_ && (entry.prefix != entries_[group_].prefix ||
                            CompareKeys(KeyAt(base_ + entry.reference), group_key_) != 0)) {
      return open_ = false;
    }
    value_ = ValueAt(base_ + entry.reference);
    ++next_;
    return true;
  }
  ByteView key() const override { return group_key_; }
  ByteView value() const override { return value_; }
  Status status() const override { return Status::Ok(); }

 private:
  const uint8_t* const base_;
  const std::span<const SortEntry> entries_;
  size_t next_ = 0;
  size_t group_ = 0;
  ByteView group_key_;
  ByteView value_;
  bool open_ = false;
};

Result<std::unique_ptr<MapCollector>> MapCollector::Create(const CollectorOptions& options,
                                                           Arena* arena, Counters* counters) {
  if (options.buffer_bytes < kMinSortBufferBytes || options.buffer_bytes > kMaxSortBufferBytes) {
    return Status::Error(StatusCode::kInvalidArgument, "a sort buffer of {} bytes is not possible",
                         options.buffer_bytes);
  }
  RETURN_IF_ERROR(arena->Reserve(options.buffer_bytes));
  return std::unique_ptr<MapCollector>(new MapCollector(options, arena, counters));
}

MapCollector::MapCollector(const CollectorOptions& options, Arena* arena, Counters* counters)
    : options_(options),
      counters_(counters),
      arena_data_(arena->data()),
      arena_size_(options.buffer_bytes / 64 * 64) {
  if (options_.fold != FoldKind::kNone && options_.shuffle == ShuffleMode::kSorted) {
    CHECK(options_.combiner != nullptr);
    fold_mode_ = true;
    const uint64_t input = options_.expected_input_bytes;
    table_.Reset({arena_data_, arena_size_}, options_.fold,
                 input == 0 ? 1024 : input / kInputBytesPerKey);
  } else {
    StartBuffer();
  }
}

void MapCollector::StartBuffer() {
  data_end_ = 0;
  entries_begin_ = arena_size_;
}

uint32_t MapCollector::PartitionOf(ByteView key) const {
  if (options_.partitions <= 1) return 0;
  if (options_.partitioner == nullptr) return HashPartition(key, options_.partitions);
  return options_.partitioner->Partition(key, options_.partitions);
}

std::string MapCollector::SpillPath(size_t number) const {
  return fmt::format("{}/spill{}.run", options_.directory, number);
}

uint8_t* MapCollector::MakeRoom(size_t bound) {
  const size_t needed = bound + kRecordHeaderBytes + sizeof(SortEntry);
  if (status_.ok() && needed > arena_size_) {
    status_ = Status::Error(StatusCode::kTooLarge,
                            "a record of {} bytes does not fit the sort buffer of {} bytes", bound,
                            arena_size_);
  }
  if (status_.ok()) status_ = SpillBuffer();
  if (status_.ok()) return arena_data_ + data_end_ + kRecordHeaderBytes;
  scratch_.resize(std::max(scratch_.size(), bound + kRecordHeaderBytes));
  return scratch_.data() + kRecordHeaderBytes;
}

void MapCollector::End(uint8_t* begin, uint8_t* key_end, uint8_t* end) {
  if (!status_.ok()) [[unlikely]]
    return;
  const uint32_t sizes[2] = {static_cast<uint32_t>(key_end - begin),
                             static_cast<uint32_t>(end - key_end)};
  std::memcpy(begin - kRecordHeaderBytes, sizes, sizeof(sizes));
  const ByteView key(begin, sizes[0]);
  const uint32_t partition = PartitionOf(key);
  if (partition >= options_.partitions) [[unlikely]] {
    status_ = Status::Error(StatusCode::kInvalidArgument,
                            "the partitioner chose {}, but there are {} reduces", partition,
                            options_.partitions);
    return;
  }
  entries_begin_ -= sizeof(SortEntry);
  const SortEntry entry{KeyPrefix(key), partition, static_cast<uint32_t>(data_end_)};
  std::memcpy(arena_data_ + entries_begin_, &entry, sizeof(entry));
  data_end_ = static_cast<size_t>(end - arena_data_);
  ++output_records_;
  output_bytes_ += sizes[0] + sizes[1];
}

void MapCollector::FoldLong(ByteView key, FoldWord operand) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!status_.ok()) return;
    if (table_.AddLong(key, operand)) {
      if (table_.full()) TableFull();  // a short key may come next, and needs room
      return;
    }
    TableFull();
    if (!fold_mode_) break;
  }
  if (!status_.ok()) return;
  // Longer than the table can hold at all, or folding was just given up: an ordinary record. It is
  // counted by End.
  --output_records_;
  output_bytes_ -= key.size();
  if (fold_mode_) {
    status_ = SpillTable();
    fold_mode_ = false;
    StartBuffer();
  }
  uint8_t* const begin = Begin(key.size() + kMaxFoldBytes);
  std::memcpy(begin, key.data(), key.size());
  uint8_t* const key_end = begin + key.size();
  End(begin, key_end, EncodeFold(options_.fold, operand, key_end));
}

void MapCollector::TableFull() {
  if (!status_.ok()) {
    table_.Clear();
    return;
  }
  if (table_.Grow()) return;
  const auto folded = static_cast<double>(output_records_ - folded_since_spill_);
  const auto kept = static_cast<double>(table_.keys());
  status_ = SpillTable();
  if (folded < kept * kMinReduction) {
    fold_mode_ = false;
    StartBuffer();
  }
}

Status MapCollector::SpillTable() {
  const std::span<SortEntry> entries = table_.Collect();
  counters_->Add(BuiltinCounter::kCombineInputRecords,
                 static_cast<int64_t>(output_records_ - folded_since_spill_));
  counters_->Add(BuiltinCounter::kCombineOutputRecords, static_cast<int64_t>(entries.size()));
  folded_since_spill_ = output_records_;
  if (entries.empty()) return Status::Ok();
  if (options_.partitions > 1) {
    for (SortEntry& entry : entries) {
      entry.partition = PartitionOf(table_.KeyOf(entry.reference));
      if (entry.partition >= options_.partitions) {
        return Status(StatusCode::kInvalidArgument,
                      "the partitioner chose a reduce that is not there");
      }
    }
  }
  SortEntries(entries, table_);
  Spill spill{SpillPath(files_made_++), {}};
  ASSIGN_OR_RETURN(auto writer,
                   SpillWriter::Create(spill.path, options_.partitions, options_.compression));
  uint32_t partition = 0;
  uint8_t value[kMaxFoldBytes];
  for (size_t i = 0; i < entries.size(); ++i) {
    const SortEntry& entry = entries[i];
    if (i + kPrefetchDistance < entries.size())
      table_.Prefetch(entries[i + kPrefetchDistance].reference);
    if (entry.partition != partition) {
      partition = entry.partition;
      RETURN_IF_ERROR(writer->StartPartition(partition));
    }
    const uint8_t* const end = EncodeFold(options_.fold, table_.ValueOf(entry.reference), value);
    RETURN_IF_ERROR(
        writer->Append(table_.KeyOf(entry.reference), {value, static_cast<size_t>(end - value)}));
  }
  ASSIGN_OR_RETURN(spill.index, writer->Finish());
  counters_->Add(BuiltinCounter::kSpilledRecords, static_cast<int64_t>(spill.index.TotalRecords()));
  spills_.push_back(std::move(spill));
  table_.Clear();
  return Status::Ok();
}

Status MapCollector::SpillBuffer() {
  auto* const first = reinterpret_cast<SortEntry*>(arena_data_ + entries_begin_);
  const std::span<SortEntry> entries(first, (arena_size_ - entries_begin_) / sizeof(SortEntry));
  if (entries.empty()) return Status::Ok();
  if (options_.shuffle == ShuffleMode::kSorted) {
    SortEntries(entries, BufferedKeys(arena_data_));
  } else {
    SortEntriesByPartition(entries);
  }
  Spill spill{SpillPath(files_made_++), {}};
  ASSIGN_OR_RETURN(auto writer,
                   SpillWriter::Create(spill.path, options_.partitions, options_.compression));
  for (size_t start = 0; start < entries.size();) {
    const uint32_t partition = entries[start].partition;
    size_t end = start + 1;
    while (end < entries.size() && entries[end].partition == partition) ++end;
    RETURN_IF_ERROR(writer->StartPartition(partition));
    RETURN_IF_ERROR(WriteSortedEntries(entries.subspan(start, end - start), *writer));
    start = end;
  }
  ASSIGN_OR_RETURN(spill.index, writer->Finish());
  counters_->Add(BuiltinCounter::kSpilledRecords, static_cast<int64_t>(spill.index.TotalRecords()));
  if (options_.combiner != nullptr) {
    counters_->Add(BuiltinCounter::kCombineInputRecords, static_cast<int64_t>(entries.size()));
    counters_->Add(BuiltinCounter::kCombineOutputRecords,
                   static_cast<int64_t>(spill.index.TotalRecords()));
  }
  spills_.push_back(std::move(spill));
  StartBuffer();
  return Status::Ok();
}

Status MapCollector::WriteSortedEntries(std::span<const SortEntry> entries, SpillWriter& writer) {
  if (options_.combiner == nullptr) {
    for (const SortEntry& entry : entries) {
      const uint8_t* const record = arena_data_ + entry.reference;
      RETURN_IF_ERROR(writer.Append(KeyAt(record), ValueAt(record)));
    }
    return Status::Ok();
  }
  BufferedGroups groups(arena_data_, entries);
  while (groups.NextGroup()) RETURN_IF_ERROR(options_.combiner->Combine(groups, writer));
  return Status::Ok();
}

Result<MapOutput> MapCollector::Finish() {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(fold_mode_ ? SpillTable() : SpillBuffer());
  ASSIGN_OR_RETURN(MapOutput output, MergeSpills());
  counters_->Add(BuiltinCounter::kMapOutputRecords, static_cast<int64_t>(output_records_));
  counters_->Add(BuiltinCounter::kMapOutputBytes, static_cast<int64_t>(output_bytes_));
  counters_->Add(BuiltinCounter::kMapOutputMaterializedBytes,
                 static_cast<int64_t>(output.index.TotalStoredBytes()));
  return output;
}

Result<MapOutput> MapCollector::MergeSpills() {
  MapOutput output{fmt::format("{}/map.out", options_.directory), {}};
  if (spills_.empty()) {
    ASSIGN_OR_RETURN(auto writer,
                     SpillWriter::Create(output.path, options_.partitions, options_.compression));
    ASSIGN_OR_RETURN(output.index, writer->Finish());
    return output;
  }
  while (spills_.size() > 1) {
    // Oldest first, so that equal keys keep their order of arrival.
    const size_t count = std::min<size_t>(spills_.size(), options_.merge_factor);
    Spill merged{SpillPath(files_made_++), {}};
    ASSIGN_OR_RETURN(auto writer,
                     SpillWriter::Create(merged.path, options_.partitions, options_.compression));
    std::vector<std::shared_ptr<const LocalFile>> files;
    for (size_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(auto file, LocalFile::Open(spills_[i].path));
      files.push_back(std::move(file));
    }
    for (uint32_t partition = 0; partition < options_.partitions; ++partition) {
      std::vector<std::unique_ptr<RunReader>> runs;
      for (size_t i = 0; i < count; ++i) {
        const SpillSegment& segment = spills_[i].index.segments[partition];
        if (segment.records == 0) continue;
        runs.push_back(std::make_unique<RunReader>(
            MakeFileSegment(files[i], segment.offset, segment.stored_bytes)));
      }
      if (runs.empty()) continue;
      RETURN_IF_ERROR(writer->StartPartition(partition));
      RETURN_IF_ERROR(
          MergeRuns(std::move(runs), options_.shuffle, options_.combiner, counters_, *writer));
    }
    ASSIGN_OR_RETURN(merged.index, writer->Finish());
    const auto records_out = static_cast<int64_t>(merged.index.TotalRecords());
    if (options_.combiner != nullptr) {
      counters_->Add(BuiltinCounter::kCombineOutputRecords, records_out);
    }
    counters_->Add(BuiltinCounter::kSpilledRecords, records_out);
    for (size_t i = 0; i < count; ++i) RETURN_IF_ERROR(RemoveLocalFile(spills_[i].path));
    spills_.erase(spills_.begin(), spills_.begin() + static_cast<ptrdiff_t>(count));
    spills_.insert(spills_.begin(), std::move(merged));
  }
  RETURN_IF_ERROR(RenameLocalFile(spills_[0].path, output.path));
  output.index = std::move(spills_[0].index);
  return output;
}

}  // namespace tusk::mapreduce
