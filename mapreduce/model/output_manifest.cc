#include "mapreduce/model/output_manifest.h"

#include <charconv>

#include <fmt/format.h>

#include "common/base/stable_hash.h"
#include "common/base/status_macros.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kFirstLine = "tusk-manifest 1";

Status Damaged(std::string_view what, size_t line) {
  return Status::Error(StatusCode::kCorruption, "output manifest, line {}: {}", line, what);
}

/// Walks lines and their tab-separated fields.
class LineParser {
 public:
  explicit LineParser(std::string_view text) : rest_(text) {}

  /// False at the end, or when the last line has no newline (then `torn()`).
  bool NextLine() {
    if (rest_.empty()) return false;
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) {
      torn_ = true;
      return false;
    }
    fields_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    fields_left_ = true;
    ++number_;
    return true;
  }
  bool Field(std::string_view* out) {
    if (!fields_left_) return false;
    const size_t end = fields_.find('\t');
    *out = fields_.substr(0, end);
    fields_left_ = end != std::string_view::npos;
    if (fields_left_) fields_.remove_prefix(end + 1);
    return true;
  }
  template <typename T>
  bool Number(T* out, int base = 10) {
    std::string_view field;
    if (!Field(&field) || field.empty()) return false;
    const auto [end, error] =
        std::from_chars(field.data(), field.data() + field.size(), *out, base);
    return error == std::errc() && end == field.data() + field.size();
  }
  bool LineDone() const { return !fields_left_; }
  bool torn() const { return torn_; }
  size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::string_view fields_;
  bool fields_left_ = false;
  bool torn_ = false;
  size_t number_ = 0;
};

Status ParseFile(LineParser& lines, OutputManifest* manifest) {
  OutputFile file;
  std::string_view name;
  if (manifest->tasks.empty()) return Damaged("a file before its task", lines.number());
  if (!lines.Field(&name) || !lines.Number(&file.length) || !lines.Number(&file.crc32c, 16) ||
      !lines.Number(&file.records) || !lines.LineDone()) {
    return Damaged("not a file line", lines.number());
  }
  if (!IsOutputFileName(name)) return Damaged("not the name of an output file", lines.number());
  file.name = name;
  manifest->tasks.back().files.push_back(std::move(file));
  return Status::Ok();
}

}  // namespace

bool IsOutputFileName(std::string_view name) {
  if (name.empty() || name.size() > 1024) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  while (true) {
    const size_t end = name.find('/');
    const std::string_view part = name.substr(0, end);
    if (part.empty() || part[0] == '_' || part[0] == '.') return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

std::string OutputManifest::Encode() const {
  std::string out = fmt::format("{}\njob\t{}\n", kFirstLine, job_uuid);
  uint64_t files = 0;
  for (const TaskOutput& task : tasks) {
    out += fmt::format("task\t{}\t{}\n", task.task, task.attempt);
    for (const OutputFile& file : task.files) {
      out += fmt::format("file\t{}\t{}\t{:08x}\t{}\n", file.name, file.length, file.crc32c,
                         file.records);
      ++files;
    }
  }
  out += fmt::format("end\t{}\t{}\n", tasks.size(), files);
  return out;
}

Result<OutputManifest> OutputManifest::Decode(std::string_view text) {
  LineParser lines(text);
  OutputManifest manifest;
  std::string_view word;
  if (!lines.NextLine() || !lines.Field(&word) || word != kFirstLine || !lines.LineDone()) {
    return Damaged("not a manifest", 1);
  }
  std::string_view uuid;
  if (!lines.NextLine() || !lines.Field(&word) || word != "job" || !lines.Field(&uuid) ||
      !lines.LineDone()) {
    return Damaged("no job line", 2);
  }
  manifest.job_uuid = uuid;
  uint64_t files = 0;
  while (lines.NextLine()) {
    if (!lines.Field(&word)) return Damaged("empty line", lines.number());
    if (word == "task") {
      std::string_view task, attempt;
      if (!lines.Field(&task) || !lines.Field(&attempt) || !lines.LineDone()) {
        return Damaged("not a task line", lines.number());
      }
      manifest.tasks.push_back({std::string(task), std::string(attempt), {}});
    } else if (word == "file") {
      RETURN_IF_ERROR(ParseFile(lines, &manifest));
      ++files;
    } else if (word == "end") {
      uint64_t tasks_told = 0, files_told = 0;
      if (!lines.Number(&tasks_told) || !lines.Number(&files_told) || !lines.LineDone() ||
          tasks_told != manifest.tasks.size() || files_told != files) {
        return Damaged("the sums do not agree", lines.number());
      }
      if (lines.NextLine() || lines.torn()) return Damaged("text behind the end", lines.number());
      return manifest;
    } else {
      return Damaged("unknown word", lines.number());
    }
  }
  return Damaged("cut off", lines.number());
}

std::string OutputManifest::HashOf(std::string_view encoded) {
  return fmt::format("{:016x}", StableHash(encoded));
}

}  // namespace tusk::mapreduce
