#include "tests/faults/file_oracle.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "common/base/status_macros.h"

namespace tusk::faults {

namespace {

/// SplitMix64 of a position: good enough that a shifted or swapped byte shows.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> out;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return out;
}

bool ParseNumber(std::string_view text, uint64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

Status Bad(std::string_view line) {
  return Status::Error(StatusCode::kInvalidArgument, "not a line of a workload's log: {}", line);
}

Status Apply(std::string_view line, std::map<uint64_t, FileRecord>* files) {
  const std::vector<std::string_view> fields = Fields(line);
  if (!fields.empty() && fields[0] == "error") return Status::Ok();
  uint64_t file = 0;
  uint64_t number = 0;
  if (fields.size() < 3 || !ParseNumber(fields[2], &file)) return Bad(line);
  if (fields.size() > 3 && !ParseNumber(fields[3], &number)) return Bad(line);
  FileRecord& record = (*files)[file];
  const std::string event = fmt::format("{} {}", fields[0], fields[1]);
  if (event == "begin create") {
    record.length = number;
  } else if (event == "ack sync") {
    record.synced = number;
  } else if (event == "ack create") {
    record.closed = true;
  } else if (event == "begin rename") {
    record.renaming = true;
  } else if (event == "ack rename") {
    record.renaming = false;
    record.generation = number;
  } else if (event == "begin delete") {
    record.deleting = true;
  } else if (event == "ack delete") {
    record.deleted = true;
  } else {
    return Bad(line);
  }
  return Status::Ok();
}

}  // namespace

void FillContent(uint64_t seed, uint64_t file, uint64_t offset, MutableByteView out) {
  const uint64_t key = Mix(Mix(seed) ^ file);
  size_t done = 0;
  while (done < out.size()) {
    const uint64_t at = offset + done;
    const uint64_t word = Mix(key ^ (at / 8));
    const size_t skip = at % 8;
    const size_t take = std::min<size_t>(8 - skip, out.size() - done);
    std::memcpy(out.data() + done, reinterpret_cast<const char*>(&word) + skip, take);
    done += take;
  }
}

Result<std::map<uint64_t, FileRecord>> ReadLog(std::string_view text) {
  std::map<uint64_t, FileRecord> files;
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
    RETURN_IF_ERROR(Apply(text.substr(begin, end - begin), &files));
    begin = end + 1;
  }
  return files;
}

std::string FilePath(std::string_view directory, uint64_t file, uint64_t generation) {
  return fmt::format("{}/f{}.{}", directory, file, generation);
}

}  // namespace tusk::faults
