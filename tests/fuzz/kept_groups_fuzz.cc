#include "dataframe/compiler/kept_groups.h"

#include <xxhash.h>

#include <fmt/format.h>

#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

/// In front of a record's message; what is damaged behind it would not be looked at otherwise.
std::string WithSum(std::string_view message) {
  return fmt::format("{:016x}\n{}", XXH3_64bits(message.data(), message.size()), message);
}

std::vector<std::string> WholeMessages() {
  tusk::df::KeptGroups kept;
  for (const char* path : {"/data/day=1/a.csv", "/data/day=2/b.csv"}) {
    tusk::df::SourceFile& file = kept.covered.emplace_back();
    file.path = path;
    file.length = 1000;
    file.modification_ms = 1'767'225'600'000;
    file.partition_values["day"] = "1";
  }
  tusk::df::SourceFile& part = kept.parts.emplace_back();
  part.path = "/run/00000-3.arrow";
  part.length = 500;
  part.rows = 3;
  const std::string encoded = kept.Encode();
  return {encoded.substr(encoded.find('\n') + 1)};
}

}  // namespace

// A record of kept groups that anybody may have written: what is read is the same after it was
// written again, and its parts are in the folder.
FUZZ_TARGET(KeptGroups) {
  static const std::vector<std::string> seeds = WholeMessages();
  const auto kept = df::KeptGroups::Decode(WithSum(DamagedSeed(seeds, bytes)), "/run");
  if (!kept.ok()) return;
  for (const df::SourceFile& part : kept->parts) CHECK(part.path.rfind('/') == 4);
  const auto back = df::KeptGroups::Decode(kept->Encode(), "/run");
  CHECK(back.ok());
  CHECK(back->Encode() == kept->Encode());
}
