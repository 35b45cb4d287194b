#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mapreduce/api/input_format.h"

namespace tusk::mapreduce {

/// The numbers first, first + 1, ..., end - 1, and no file: input of jobs that compute.
/// `Read<RangeInput>(first, end, tasks)`; with 0 tasks, as many as keep the cluster's slots busy
/// evenly. A record is one number; key and value are the same.
class RangeInput {
 public:
  using Key = uint64_t;
  using Value = uint64_t;

  /// Counts through one split.
  class Reader {
   public:
    Reader(uint64_t first, uint64_t end) : first_(first), end_(end), next_(first) {}
    bool Next() {
      if (next_ == end_) return false;
      current_ = next_++;
      return true;
    }
    Key key() const { return current_; }
    Value value() const { return current_; }
    const Status& status() const { return status_; }
    double progress() const {
      return end_ == first_
                 ? 1
                 : static_cast<double>(next_ - first_) / static_cast<double>(end_ - first_);
    }
    uint64_t bytes_read() const { return 0; }
    std::string Position() const;

   private:
    const uint64_t first_;
    const uint64_t end_;
    uint64_t next_;
    uint64_t current_ = 0;
    Status status_;
  };

  static void Configure(JobSpec* spec, uint64_t first, uint64_t end, uint32_t tasks);
  static Result<std::vector<InputSplit>> Splits(const JobSpec& spec, dfs::FileSystem& files,
                                                const SplitOptions& options);
  static Result<std::unique_ptr<Reader>> Open(const JobSpec& spec, const InputSplit& split,
                                              dfs::FileSystem& files);
};

}  // namespace tusk::mapreduce
