#include <string>
#include <vector>

#include "common/codec/byte_reader.h"
#include "common/codec/record_log_reader.h"
#include "common/codec/record_log_writer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/memory_env.h"

namespace tusk {

namespace {

/// Reads the file to its end: what comes back is the beginning of what was appended, in order.
void CheckPrefix(MemoryEnv& env, const std::vector<std::string>& appended, bool damaged) {
  auto reader = RecordLogReader::Open(env, "/log");
  if (!reader.ok()) {
    CHECK(damaged);
    return;
  }
  size_t count = 0;
  std::string record;
  while (true) {
    const Result<bool> more = (*reader)->Next(record);
    if (!more.ok()) {
      CHECK(damaged);
      return;
    }
    if (!*more) break;
    CHECK(count < appended.size() && record == appended[count]);
    ++count;
  }
  CHECK(damaged || count == appended.size());
}

}  // namespace

}  // namespace tusk

// The bytes are first a file of their own, then a script: lengths of records with syncs between,
// after which the rest is laid over the end of the log.
FUZZ_TARGET(RecordLog) {
  MemoryEnv env;
  CHECK(env.ReplaceFile("/raw", bytes).ok());
  for (const bool salvage : {false, true}) {
    RecordLogReadOptions options;
    options.salvage = salvage;
    options.max_record_bytes = 1 << 20;
    auto reader = RecordLogReader::Open(env, "/raw", options);
    std::string record;
    while (reader.ok()) {
      const Result<bool> more = (*reader)->Next(record);
      if (!more.ok() || !*more) break;
    }
  }
  ByteReader script(bytes);
  uint8_t records = 0;
  if (!script.ReadLittle(records)) return;
  auto writer = RecordLogWriter::Create(env, "/log", {});
  CHECK(writer.ok());
  std::vector<std::string> appended;
  uint16_t length = 0;
  while (appended.size() < records && script.ReadLittle(length)) {
    appended.emplace_back(length, static_cast<char>(length));
    CHECK((*writer)->Append(AsBytes(appended.back())).ok());
    if (length % 2 == 0) CHECK((*writer)->Sync().ok());
  }
  CHECK((*writer)->Sync().ok());
  CheckPrefix(env, appended, false);
  if (script.AtEnd()) return;
  auto file = env.OpenFile("/log", OpenMode::kReadWrite);
  CHECK(file.ok());
  const uint64_t size = (*file)->Size().value();
  const uint64_t back = script.Rest()[0];
  CHECK((*file)->PWrite(size - (back < size ? back : size), script.Rest()).ok());
  CheckPrefix(env, appended, true);
}
