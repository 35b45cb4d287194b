#include "mapreduce/model/job_spec.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {
namespace {

constexpr std::array<std::string_view, 5> kPriorityNames = {"VERY_HIGH", "HIGH", "NORMAL", "LOW",
                                                            "VERY_LOW"};
constexpr size_t kMaxNameBytes = 4096;
constexpr size_t kMaxParameters = 10'000;
constexpr size_t kMaxParameterBytes = 1 << 20;

Status Invalid(std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "job: {}", what);
}

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Status ValidateSplits(const JobSpec& spec) {
  if (spec.splits.size() > kMaxSplits) {
    return Status::Error(StatusCode::kTooLarge, "job: {} splits, at most {} are possible",
                         spec.splits.size(), kMaxSplits);
  }
  for (const InputSplit& split : spec.splits) {
    if (split.opaque.size() > kMaxSplitBytes) {
      return Status::Error(StatusCode::kTooLarge,
                           "job: a split of {} bytes, at most {} are possible", split.opaque.size(),
                           kMaxSplitBytes);
    }
    if (split.offset + split.length < split.offset) return Invalid("a split's range overflows");
  }
  return Status::Ok();
}

Status ValidateParameters(const JobSpec& spec) {
  if (spec.parameters.size() > kMaxParameters) return Invalid("too many parameters");
  for (const auto& [key, value] : spec.parameters) {
    if (key.empty()) return Invalid("a parameter without a name");
    if (key.size() > kMaxNameBytes || value.size() > kMaxParameterBytes) {
      return Status::Error(StatusCode::kTooLarge, "job: parameter too long: {}", key.substr(0, 80));
    }
  }
  return Status::Ok();
}

}  // namespace

std::string_view JobPriorityName(JobPriority priority) {
  return kPriorityNames[static_cast<size_t>(priority)];
}

Result<JobPriority> ParseJobPriority(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (size_t i = 0; i < kPriorityNames.size(); ++i) {
    if (upper == kPriorityNames[i]) return static_cast<JobPriority>(i);
  }
  return Status::Error(StatusCode::kInvalidArgument,
                       "no such priority: {} (VERY_HIGH, HIGH, NORMAL, LOW, VERY_LOW)",
                       text.substr(0, 80));
}

Status JobSpec::Validate() const {
  if (name.empty() || name.size() > kMaxNameBytes)
    return Invalid("a name of 1 to 4096 bytes is needed");
  if (uuid.size() != 32 || !IsHex(uuid)) return Invalid("the uuid is not 32 hexadecimal digits");
  if (map_step.empty()) return Invalid("no Read and Map");
  if (reduces > kMaxReduces) {
    return Status::Error(StatusCode::kTooLarge, "job: {} reduces, at most {} are possible", reduces,
                         kMaxReduces);
  }
  if (reduces > 0 && reduce_step.empty()) return Invalid("reduces without a Reduce");
  if (reduces == 0 && !reduce_step.empty()) return Invalid("a Reduce with no reduces");
  if (sort_buffer_bytes < kMinSortBufferBytes || sort_buffer_bytes > kMaxSortBufferBytes) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "job: a sort buffer of {} bytes, {} to {} are possible", sort_buffer_bytes,
                         kMinSortBufferBytes, kMaxSortBufferBytes);
  }
  if (merge_factor < 2 || merge_factor > 1000)
    return Invalid("a merge factor of 2 to 1000 is needed");
  if (max_attempts < 1 || max_attempts > 100) return Invalid("1 to 100 attempts are possible");
  RETURN_IF_ERROR(ValidateSplits(*this));
  return ValidateParameters(*this);
}

}  // namespace tusk::mapreduce
