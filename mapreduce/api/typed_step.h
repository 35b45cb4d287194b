#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "mapreduce/api/mapper.h"
#include "mapreduce/api/output_files.h"
#include "mapreduce/api/output_format.h"
#include "mapreduce/api/partitioner.h"
#include "mapreduce/api/reducer.h"
#include "mapreduce/api/step.h"

namespace tusk::mapreduce::internal {

/// The error of an exception that user code threw; call inside a catch block. "std::out_of_range:
/// stoi".
Status StatusOfException();

/// Records between two looks at the reporter.
inline constexpr uint64_t kRecordsPerReport = 4096;

/// The loop of a map task, compiled for one input format and one mapper.
template <typename Input, typename M>
class TypedMapStep final : public MapStep {
 public:
  using Out = typename M::Output;

  Status Run(TaskContext& context, const InputSplit& split, const MapTarget& target) override {
    ASSIGN_OR_RETURN(auto reader, Input::Open(context.job(), split, context.files()));
    if (target.collector != nullptr) {
      Out out(target.collector);
      return Loop(context, *reader, out);
    }
    auto* const writer =
        dynamic_cast<RecordWriter<typename Out::Key, typename Out::Value>*>(target.writer);
    if (writer == nullptr)
      return Status(StatusCode::kInvalidArgument,
                    "the output is of another type than the mapper's");
    Out out(writer);
    return Loop(context, *reader, out);
  }

 private:
  template <typename Reader>
  Status Loop(TaskContext& context, Reader& reader, Out& out) {
    uint64_t records = 0;
    Status status;
    try {
      M mapper;
      mapper.Attach(&context);
      mapper.Setup();
      while (reader.Next()) {
        ++records;
        if constexpr (M::kTakesKey) {
          mapper.M::Map(reader.key(), reader.value(), out);
        } else {
          mapper.M::Map(reader.value(), out);
        }
        if (records % kRecordsPerReport == 0) {
          status = Report(context, reader, records, out);
          if (!status.ok()) break;
        }
      }
      if (status.ok() && reader.status().ok()) mapper.Cleanup(out);
    } catch (...) {
      status = StatusOfException().WithContext(
          fmt::format("at record {} of {}", records, reader.Position()));
    }
    if (status.ok()) status = reader.status();
    if (status.ok()) status = out.status();
    context.counters().Set(BuiltinCounter::kMapInputRecords, static_cast<int64_t>(records));
    context.counters().Add(BuiltinCounter::kBytesRead, static_cast<int64_t>(reader.bytes_read()));
    if (out.records() > 0) {
      context.counters().Add(BuiltinCounter::kMapOutputRecords,
                             static_cast<int64_t>(out.records()));
    }
    return status;
  }

  template <typename Reader>
  static Status Report(TaskContext& context, const Reader& reader, uint64_t records,
                       const Out& out) {
    // Counted on the way as well: who watches sees how fast it goes.
    context.counters().Set(BuiltinCounter::kMapInputRecords, static_cast<int64_t>(records));
    context.reporter().Progress(reader.progress(), context.counters());
    if (context.reporter().ShouldStop())
      return Status(StatusCode::kCancelled, "the task was told to stop");
    return out.status();
  }
};

/// Runs a reducer as combiner, group by group.
template <typename C>
class TypedCombiner final : public Combiner {
 public:
  static_assert(std::is_same_v<typename C::KeyIn, typename C::KeyOut> &&
                    std::is_same_v<typename C::ValueIn, typename C::ValueOut>,
                "a combiner's output must have the types of its input");

  explicit TypedCombiner(TaskContext& context) { combiner_.Attach(&context); }

  Status Combine(GroupedRecords& group, RecordSink& out) override {
    if (!key_.Decode(group.key())) return Status(StatusCode::kCorruption, "a key does not decode");
    if (sink_ != &out) {
      sink_ = &out;
      output_.emplace(&out);
    }
    try {
      if (!set_up_) {
        set_up_ = true;
        combiner_.Setup();
      }
      Values<typename C::ValueIn> values(group);
      combiner_.C::Reduce(key_.view(), values, *output_);
    } catch (...) {
      return StatusOfException().WithContext("in the combiner");
    }
    return output_->status();
  }

 private:
  C combiner_;
  bool set_up_ = false;
  RecordSink* sink_ = nullptr;
  std::optional<Output<typename C::KeyOut, typename C::ValueOut>>
      output_;  // for sink_; its buffers stay
  Decoded<typename C::KeyIn, KeyCodec> key_;
};

/// The combiner C of a job.
template <typename C, FoldKind kKind>
class TypedCombineStep final : public CombineStep {
 public:
  FoldKind fold() const override { return kKind; }
  std::unique_ptr<Combiner> Make(TaskContext& context) override {
    return std::make_unique<TypedCombiner<C>>(context);
  }
};

/// The partitioner P of a job.
template <typename P>
class TypedPartitionStep final : public PartitionStep {
 public:
  std::unique_ptr<KeyPartitioner> Make() override {
    return std::make_unique<TypedPartitioner<P>>();
  }
};

/// The loop of a reduce task.
template <typename R>
class TypedReduceStep final : public ReduceStep {
 public:
  Status Run(TaskContext& context, GroupedRecords& groups, RecordWriterBase& target) override {
    using Writer = RecordWriter<typename R::KeyOut, typename R::ValueOut>;
    auto* const writer = dynamic_cast<Writer*>(&target);
    if (writer == nullptr)
      return Status(StatusCode::kInvalidArgument,
                    "the output is of another type than the reducer's");
    Output<typename R::KeyOut, typename R::ValueOut> out(writer);
    Decoded<typename R::KeyIn, KeyCodec> key;
    uint64_t count = 0;
    Status status;
    try {
      R reducer;
      reducer.Attach(&context);
      reducer.Setup();
      while (status.ok() && groups.NextGroup()) {
        if (!key.Decode(groups.key())) {
          status = Status(StatusCode::kCorruption, "a key does not decode");
          break;
        }
        Values<typename R::ValueIn> values(groups);
        reducer.R::Reduce(key.view(), values, out);
        if (++count % kRecordsPerReport == 0 && context.reporter().ShouldStop()) {
          status = Status(StatusCode::kCancelled, "the task was told to stop");
        }
      }
      if (status.ok() && groups.status().ok()) reducer.Cleanup(out);
    } catch (...) {
      status = StatusOfException().WithContext(fmt::format("in group {} of the reduce", count + 1));
    }
    context.counters().Add(BuiltinCounter::kReduceInputGroups, static_cast<int64_t>(count));
    context.counters().Add(BuiltinCounter::kReduceOutputRecords,
                           static_cast<int64_t>(out.records()));
    return status.ok() ? groups.status() : status;
  }
};

/// The output format O for K and V.
template <typename O, typename K, typename V>
class TypedOutputStep final : public OutputStep {
 public:
  using Writer = std::unique_ptr<RecordWriterBase>;

  Result<Writer> Make(OutputFiles& files, const JobSpec& spec) override {
    if constexpr (requires { O::template MakeWriter<K, V>(files, spec); }) {
      ASSIGN_OR_RETURN(auto writer, (O::template MakeWriter<K, V>(files, spec)));
      return Writer(std::move(writer));
    } else {
      std::string name = files.part_name();
      if constexpr (requires { O::Suffix(spec); }) name += O::Suffix(spec);
      ASSIGN_OR_RETURN(OutputFileWriter* const file, files.Open(name));
      return MakeForFile(*file, spec);
    }
  }

 private:
  static Writer MakeForFile(OutputFileWriter& file, const JobSpec& spec) {
    if constexpr (requires { O::template MakeWriter<K, V>(file, spec); }) {
      return O::template MakeWriter<K, V>(file, spec);
    } else {
      return O::template MakeWriter<K, V>(file);
    }
  }
};

}  // namespace tusk::mapreduce::internal
