#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "mapreduce/api/output.h"
#include "mapreduce/sort/fold.h"
#include "mapreduce/sort/map_collector.h"
#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {

class OutputFiles;
class TaskContext;
struct JobSpec;

/// The steps of a job without their types: what the engine runs, and what the registry makes from a
/// name. The typed ones are in typed_step.h. User code runs inside `Run` and `Combine` only, where
/// its exceptions end.

/// Where a map puts its records: a collector, or the output file of a job without reduce.
struct MapTarget {
  MapCollector* collector = nullptr;
  RecordWriterBase* writer = nullptr;
};

/// The map side of a job without its types.
class MapStep {
 public:
  virtual ~MapStep() = default;
  /// Reads the split and maps every record. kCancelled when the reporter says stop. Errors name the
  /// record.
  virtual Status Run(TaskContext& context, const InputSplit& split, const MapTarget& target) = 0;
};

/// The combiner of a job without its types.
class CombineStep {
 public:
  virtual ~CombineStep() = default;
  virtual FoldKind fold() const = 0;
  virtual std::unique_ptr<Combiner> Make(TaskContext& context) = 0;
};

/// The partitioner of a job without its types.
class PartitionStep {
 public:
  virtual ~PartitionStep() = default;
  virtual std::unique_ptr<KeyPartitioner> Make() = 0;
};

/// The reduce side of a job without its types.
class ReduceStep {
 public:
  virtual ~ReduceStep() = default;
  /// Reduces every group into `writer`, which must be of the reducer's output types.
  virtual Status Run(TaskContext& context, GroupedRecords& groups, RecordWriterBase& writer) = 0;
};

/// The output format of a job without its types.
class OutputStep {
 public:
  virtual ~OutputStep() = default;
  /// `files` must outlive the writer.
  virtual Result<std::unique_ptr<RecordWriterBase>> Make(OutputFiles& files,
                                                         const JobSpec& spec) = 0;
};

}  // namespace tusk::mapreduce
