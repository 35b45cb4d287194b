#include "mapreduce/io/range_input.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kParameter = "tusk.range";
constexpr uint32_t kTasksPerSlot = 4;
constexpr uint32_t kTasksUnknown = 8;

struct Range {
  uint64_t first = 0;
  uint64_t end = 0;
  uint32_t tasks = 0;
};

template <typename T>
bool ParseNumber(std::string_view* text, T* value) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *value);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  if (!text->empty()) {
    if (text->front() != ':') return false;
    text->remove_prefix(1);
  }
  return true;
}

Result<Range> ParseRange(std::string_view text, bool with_tasks) {
  Range range;
  std::string_view rest = text;
  if (!ParseNumber(&rest, &range.first) || !ParseNumber(&rest, &range.end) ||
      (with_tasks && !ParseNumber(&rest, &range.tasks)) || !rest.empty() ||
      range.end < range.first) {
    return Status::Error(StatusCode::kInvalidArgument, "not a range: \"{}\"", text.substr(0, 80));
  }
  return range;
}

}  // namespace

std::string RangeInput::Reader::Position() const {
  return fmt::format("range {} to {}, number {}", first_, end_, current_);
}

void RangeInput::Configure(JobSpec* spec, uint64_t first, uint64_t end, uint32_t tasks) {
  spec->parameters[std::string(kParameter)] = fmt::format("{}:{}:{}", first, end, tasks);
}

Result<std::vector<InputSplit>> RangeInput::Splits(const JobSpec& spec, dfs::FileSystem&,
                                                   const SplitOptions& options) {
  const auto found = spec.parameters.find(std::string(kParameter));
  if (found == spec.parameters.end()) {
    return Status(StatusCode::kInvalidArgument, "Read<RangeInput> without a range");
  }
  ASSIGN_OR_RETURN(const Range range, ParseRange(found->second, true));
  const uint64_t numbers = range.end - range.first;
  uint64_t tasks = range.tasks;
  if (tasks == 0) tasks = options.slots == 0 ? kTasksUnknown : options.slots * kTasksPerSlot;
  tasks = std::clamp<uint64_t>(tasks, 1,
                               std::max<uint64_t>(std::min<uint64_t>(numbers, kMaxSplits), 1));
  std::vector<InputSplit> splits;
  splits.reserve(tasks);
  uint64_t first = range.first;
  for (uint64_t i = 0; i < tasks; ++i) {
    const uint64_t count = numbers / tasks + (i < numbers % tasks ? 1 : 0);
    InputSplit split;
    split.opaque = fmt::format("{}:{}", first, first + count);
    splits.push_back(std::move(split));
    first += count;
  }
  return splits;
}

Result<std::unique_ptr<RangeInput::Reader>> RangeInput::Open(const JobSpec&,
                                                             const InputSplit& split,
                                                             dfs::FileSystem&) {
  ASSIGN_OR_RETURN(const Range range, ParseRange(split.opaque, false));
  return std::make_unique<Reader>(range.first, range.end);
}

}  // namespace tusk::mapreduce
