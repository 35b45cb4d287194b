#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mapreduce/model/counters.h"
#include "mapreduce/sort/arena.h"
#include "mapreduce/sort/combine_table.h"
#include "mapreduce/sort/fold.h"
#include "mapreduce/sort/record.h"
#include "mapreduce/sort/sort_entries.h"
#include "mapreduce/sort/spill_file.h"

namespace tusk::mapreduce {

/// How a map's output is collected.
struct CollectorOptions {
  uint32_t partitions = 1;
  uint64_t buffer_bytes = uint64_t{100} << 20;
  uint32_t merge_factor = 64;
  ShuffleMode shuffle = ShuffleMode::kSorted;
  MapOutputCompression compression = MapOutputCompression::kNone;
  /// Not owned; null for HashPartition, and for no combiner.
  const KeyPartitioner* partitioner = nullptr;
  Combiner* combiner = nullptr;
  /// The combiner's fold, when it is one; needs `combiner` as well (for merging spills).
  FoldKind fold = FoldKind::kNone;
  /// A guess at the bytes of input, to size tables; 0 when nothing is known.
  uint64_t expected_input_bytes = 0;
  /// An existing directory of this attempt; spills go there.
  std::string directory;
};

/// A finished map output: one spill file.
struct MapOutput {
  std::string path;
  SpillIndex index;
};

/// Takes what a map emits and makes one sorted, partitioned, combined file of it, within
/// `buffer_bytes` of memory (and a few buffers of files).
///
/// Two ways in. `Begin` ... `End` encodes a record straight into the buffer; `Fold` hands a key and
/// a number to the table of CombineTable, which is only a way to fewer records: when keys hardly
/// repeat, the collector goes over to the buffer by itself. A full buffer or table is sorted,
/// combined and written as a spill; `Finish` merges the spills.
///
/// Emitting cannot fail in the caller's hands: the first error is kept in `status()`, and what
/// comes after is dropped. One thread.
class MapCollector {
 public:
  /// Lends `arena` for as long as the collector lives.
  static Result<std::unique_ptr<MapCollector>> Create(const CollectorOptions& options, Arena* arena,
                                                      Counters* counters);

  /// Room for a record of at most `bound` bytes; the key goes first. Never null: after an error the
  /// room is a scratch place. Finished by `End`.
  uint8_t* Begin(size_t bound) {
    const size_t needed = bound + kRecordHeaderBytes;
    if (data_end_ + needed + sizeof(SortEntry) > entries_begin_) [[unlikely]] {
      return MakeRoom(bound);
    }
    return arena_data_ + data_end_ + kRecordHeaderBytes;
  }
  /// The record is [begin, key_end) and [key_end, end), begin being what `Begin` gave.
  void End(uint8_t* begin, uint8_t* key_end, uint8_t* end);

  bool folds() const { return fold_mode_; }
  /// Only while `folds()`: folds `operand` into the key's number.
  void Fold(ByteView key, FoldWord operand) {
    ++output_records_;
    output_bytes_ += key.size();
    if (key.size() <= CombineTable::kShortKeyBytes) [[likely]] {
      table_.AddShort(key, operand);
      if (table_.full()) [[unlikely]]
        TableFull();
    } else {
      FoldLong(key, operand);
    }
  }

  const Status& status() const { return status_; }

  /// Writes what is left, merges, and adds to the counters. Once, at the end.
  Result<MapOutput> Finish();

 private:
  static constexpr size_t kRecordHeaderBytes = 8;  // key and value lengths

  class BufferedKeys;
  class BufferedGroups;

  MapCollector(const CollectorOptions& options, Arena* arena, Counters* counters);
  uint32_t PartitionOf(ByteView key) const;
  uint8_t* MakeRoom(size_t bound);
  void FoldLong(ByteView key, FoldWord operand);
  void TableFull();
  void StartBuffer();
  std::string SpillPath(size_t number) const;
  Status SpillBuffer();
  Status SpillTable();
  Status WriteSortedEntries(std::span<const SortEntry> entries, SpillWriter& writer);
  Result<MapOutput> MergeSpills();

  const CollectorOptions options_;
  Counters* const counters_;
  uint8_t* const arena_data_;
  const size_t arena_size_;
  bool fold_mode_ = false;
  CombineTable table_;
  uint64_t folded_since_spill_ = 0;

  // The buffer: records from the bottom up, entries from the top down.
  size_t data_end_ = 0;
  size_t entries_begin_ = 0;
  std::vector<uint8_t> scratch_;  // where records go after an error

  /// A sorted run on disk.
  struct Spill {
    std::string path;
    SpillIndex index;
  };
  std::vector<Spill> spills_;
  size_t files_made_ = 0;
  uint64_t output_records_ = 0;
  uint64_t output_bytes_ = 0;
  Status status_;
};

}  // namespace tusk::mapreduce
