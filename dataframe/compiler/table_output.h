#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "common/base/result.h"
#include "dataframe/compiler/table_batch.h"
#include "dataframe/plan/plan_node.h"
#include "mapreduce/api/output.h"
#include "mapreduce/api/output_files.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::df {

/// The fragment that a task runs for the root of a stage: what is below the node that says where
/// the result is written, with rows of a partition together when it wants folders of them.
Result<PlanPtr> FragmentOf(const PlanPtr& root);

/// The output format of stages: batches of a task as one file of the table. With partitions a file
/// in the folder of each, one after the other, so that one is open at a time: rows must come in the
/// order of the partitions (`FragmentOf`). With a target length as many files as that takes.
class TableOutput {
 public:
  using Writer = mapreduce::RecordWriter<uint32_t, TableBatch>;

  template <typename K, typename V>
  static Result<std::unique_ptr<mapreduce::RecordWriter<K, V>>> MakeWriter(
      mapreduce::OutputFiles& files, const mapreduce::JobSpec& spec) {
    static_assert(std::is_same_v<mapreduce::RecordWriter<K, V>, Writer>);
    return Make(files, spec);
  }

 private:
  static Result<std::unique_ptr<Writer>> Make(mapreduce::OutputFiles& files,
                                              const mapreduce::JobSpec& spec);
};

}  // namespace tusk::df
