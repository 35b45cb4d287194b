#include "mapreduce/model/counters.h"

#include <algorithm>

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kTask = "org.apache.hadoop.mapreduce.TaskCounter";
constexpr std::string_view kTaskDisplay = "Map-Reduce Framework";
constexpr std::string_view kJob = "org.apache.hadoop.mapreduce.JobCounter";
constexpr std::string_view kJobDisplay = "Job Counters";
constexpr std::string_view kInput = "org.apache.hadoop.mapreduce.lib.input.FileInputFormatCounter";
constexpr std::string_view kInputDisplay = "File Input Format Counters";
constexpr std::string_view kOutput =
    "org.apache.hadoop.mapreduce.lib.output.FileOutputFormatCounter";
constexpr std::string_view kOutputDisplay = "File Output Format Counters";

constexpr std::array<BuiltinCounterName, kBuiltinCounterCount> kNames = {{
    {kTask, kTaskDisplay, "MAP_INPUT_RECORDS", "Map input records"},
    {kTask, kTaskDisplay, "MAP_OUTPUT_RECORDS", "Map output records"},
    {kTask, kTaskDisplay, "MAP_OUTPUT_BYTES", "Map output bytes"},
    {kTask, kTaskDisplay, "MAP_OUTPUT_MATERIALIZED_BYTES", "Map output materialized bytes"},
    {kTask, kTaskDisplay, "SPLIT_RAW_BYTES", "Input split bytes"},
    {kTask, kTaskDisplay, "COMBINE_INPUT_RECORDS", "Combine input records"},
    {kTask, kTaskDisplay, "COMBINE_OUTPUT_RECORDS", "Combine output records"},
    {kTask, kTaskDisplay, "REDUCE_INPUT_GROUPS", "Reduce input groups"},
    {kTask, kTaskDisplay, "REDUCE_SHUFFLE_BYTES", "Reduce shuffle bytes"},
    {kTask, kTaskDisplay, "REDUCE_INPUT_RECORDS", "Reduce input records"},
    {kTask, kTaskDisplay, "REDUCE_OUTPUT_RECORDS", "Reduce output records"},
    {kTask, kTaskDisplay, "SPILLED_RECORDS", "Spilled Records"},
    {kTask, kTaskDisplay, "SHUFFLED_MAPS", "Shuffled Maps"},
    {kTask, kTaskDisplay, "FAILED_SHUFFLE", "Failed Shuffles"},
    {kTask, kTaskDisplay, "MERGED_MAP_OUTPUTS", "Merged Map outputs"},
    {kTask, kTaskDisplay, "CPU_MILLISECONDS", "CPU time spent (ms)"},
    {kTask, kTaskDisplay, "PHYSICAL_MEMORY_BYTES", "Physical memory (bytes) snapshot"},
    {kJob, kJobDisplay, "TOTAL_LAUNCHED_MAPS", "Launched map tasks"},
    {kJob, kJobDisplay, "TOTAL_LAUNCHED_REDUCES", "Launched reduce tasks"},
    {kJob, kJobDisplay, "NUM_FAILED_MAPS", "Failed map tasks"},
    {kJob, kJobDisplay, "NUM_FAILED_REDUCES", "Failed reduce tasks"},
    {kJob, kJobDisplay, "NUM_KILLED_MAPS", "Killed map tasks"},
    {kJob, kJobDisplay, "NUM_KILLED_REDUCES", "Killed reduce tasks"},
    {kJob, kJobDisplay, "DATA_LOCAL_MAPS", "Data-local map tasks"},
    {kJob, kJobDisplay, "RACK_LOCAL_MAPS", "Rack-local map tasks"},
    {kJob, kJobDisplay, "OTHER_LOCAL_MAPS", "Other local map tasks"},
    {kJob, kJobDisplay, "MILLIS_MAPS", "Total time spent by all map tasks (ms)"},
    {kJob, kJobDisplay, "MILLIS_REDUCES", "Total time spent by all reduce tasks (ms)"},
    {kInput, kInputDisplay, "BYTES_READ", "Bytes Read"},
    {kOutput, kOutputDisplay, "BYTES_WRITTEN", "Bytes Written"},
}};

}  // namespace

const BuiltinCounterName& NameOf(BuiltinCounter counter) {
  return kNames[static_cast<size_t>(counter)];
}

Status Counters::Add(std::string_view group, std::string_view name, int64_t amount) {
  if (group.empty() || name.empty()) {
    return Status(StatusCode::kInvalidArgument, "a counter needs a group and a name");
  }
  if (group.size() > kMaxNameBytes || name.size() > kMaxNameBytes) {
    return Status::Error(StatusCode::kTooLarge, "counter name longer than {} bytes: {}",
                         kMaxNameBytes, name.substr(0, kMaxNameBytes));
  }
  std::pair<std::string, std::string> key(group, name);
  const auto found = user_.find(key);
  if (found != user_.end()) {
    found->second += amount;
    return Status::Ok();
  }
  if (user_.size() >= kMaxUserCounters) {
    return Status::Error(StatusCode::kTooLarge, "too many counters: {} and one more, {}/{}",
                         kMaxUserCounters, group, name);
  }
  user_.emplace(std::move(key), amount);
  return Status::Ok();
}

int64_t Counters::Get(std::string_view group, std::string_view name) const {
  for (size_t i = 0; i < kBuiltinCounterCount; ++i) {
    if (kNames[i].name == name && kNames[i].group == group) return builtin_[i];
  }
  const auto found = user_.find(std::pair<std::string, std::string>(group, name));
  return found == user_.end() ? 0 : found->second;
}

void Counters::Merge(const Counters& other) {
  constexpr size_t kPeak = static_cast<size_t>(BuiltinCounter::kPhysicalMemoryBytes);
  for (size_t i = 0; i < kBuiltinCounterCount; ++i) {
    if (i == kPeak) {
      builtin_[i] = std::max(builtin_[i], other.builtin_[i]);
    } else {
      builtin_[i] += other.builtin_[i];
    }
  }
  for (const auto& [key, value] : other.user_) {
    // The bound holds for the sum of all tasks too; a counter beyond it is dropped, never renamed.
    const Status ignored = Add(key.first, key.second, value);
    static_cast<void>(ignored);
  }
}

void Counters::ForEach(const Visitor& visit) const {
  for (size_t i = 0; i < kBuiltinCounterCount; ++i) {
    if (builtin_[i] == 0) continue;
    visit(kNames[i].group, kNames[i].group_display, kNames[i].name, kNames[i].display, builtin_[i]);
  }
  for (const auto& [key, value] : user_) visit(key.first, key.first, key.second, key.second, value);
}

void Counters::ForEachUser(const UserVisitor& visit) const {
  for (const auto& [key, value] : user_) visit(key.first, key.second, value);
}

}  // namespace tusk::mapreduce
