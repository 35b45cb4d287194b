#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/env/env.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator.h"

namespace tusk::df {

/// Batches of one schema in a file on the local disk, written one after the other, then read back
/// in this order any number of times. The file has no name from the start on: it goes with the
/// object, also when the process dies. Small batches are put together, large ones are cut, so that
/// a reader holds about kFrameBytes. What is written is counted in the context. One thread.
class SpillFile {
 public:
  static constexpr int64_t kFrameBytes = int64_t{256} << 10;

  /// `context` must outlive the file. Errors name the directory.
  static Result<std::unique_ptr<SpillFile>> Create(ExecContext& context, Env& env,
                                                   SchemaPtr schema);
  /// In the context's directory on the real disk.
  static Result<std::unique_ptr<SpillFile>> Create(ExecContext& context, SchemaPtr schema);

  Status Append(const BatchPtr& batch);
  /// Nothing more is appended.
  Status Seal();
  /// The batches from the start; sealed files only. The file must outlive the stream.
  std::unique_ptr<BatchStream> Read() const;

  const SchemaPtr& schema() const { return schema_; }
  int64_t rows() const { return rows_; }
  /// Of the batches in memory, not of the file.
  int64_t bytes() const { return bytes_; }

 private:
  class Stream;
  SpillFile(ExecContext& context, std::unique_ptr<File> file, SchemaPtr schema);
  Status WritePending();
  Status WriteFrame(const BatchPtr& batch);
  Status WriteOut();
  Status Explained(const Status& status) const;

  ExecContext& context_;
  const std::unique_ptr<File> file_;
  const SchemaPtr schema_;
  std::vector<BatchPtr> pending_;
  int64_t pending_bytes_ = 0;
  int64_t pending_rows_ = 0;
  std::string buffer_;                 // encoded, not yet written
  std::vector<uint32_t> frame_bytes_;  // in the file, one after the other
  int64_t rows_ = 0;
  int64_t bytes_ = 0;
  bool sealed_ = false;
};

/// Spill files into which rows are divided by the hash of their keys. One thread.
class SpillParts {
 public:
  /// Parts of one division; those that are still too big are divided again, at the next level.
  static constexpr uint32_t kParts = 16;
  /// Rows that share the hash of so many levels have the same key: no more is tried.
  static constexpr int kMostLevels = 6;

  SpillParts(ExecContext& context, SchemaPtr schema, int level)
      : context_(context), schema_(std::move(schema)), level_(level), files_(kParts) {}

  /// `keys` are columns of as many rows as the batch.
  Status Append(const BatchPtr& batch, std::span<const ArrayPtr> keys);
  Status Seal();
  /// Null when the part has no rows.
  std::unique_ptr<SpillFile> Release(uint32_t part) { return std::move(files_[part]); }
  int level() const { return level_; }

 private:
  ExecContext& context_;
  const SchemaPtr schema_;
  const int level_;
  std::vector<std::unique_ptr<SpillFile>> files_;
  std::vector<BatchPtr> divided_;
};

}  // namespace tusk::df
