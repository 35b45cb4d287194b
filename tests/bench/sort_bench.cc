// The map side alone, in one thread: words folded in the collector's table, and records of 100
// bytes sorted and spilled.   sort_bench [--text FILE] [--directory DIR] [--runs N]
//
// Without --text, words are drawn here (fewer and less skewed than those of gen_text).

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "common/base/random.h"
#include "mapreduce/api/words.h"
#include "mapreduce/sort/map_collector.h"
#include "tests/bench/report.h"

namespace tusk::bench {
namespace {

using mapreduce::Arena;
using mapreduce::CollectorOptions;
using mapreduce::Combiner;
using mapreduce::Counters;
using mapreduce::FoldKind;
using mapreduce::GroupedRecords;
using mapreduce::MapCollector;
using mapreduce::RecordSink;
using mapreduce::Words;

constexpr size_t kTextBytes = size_t{100} << 20;
constexpr size_t kRecords = 1'000'000;
constexpr size_t kKeyBytes = 10;
constexpr size_t kRecordBytes = 100;

/// Needed by the collector for merging spills, of which there are none here.
class NoCombiner final : public Combiner {
 public:
  Status Combine(GroupedRecords&, RecordSink&) override {
    return Status(StatusCode::kInternal, "the table of words was spilled twice");
  }
};

std::string ReadText(const std::string& path) {
  std::string text(kTextBytes, '\0');
  if (!path.empty()) {
    std::ifstream file(path, std::ios::binary);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
    return text;
  }
  Random random(1);
  text.clear();
  while (text.size() < kTextBytes) {
    text += std::to_string(random.Below(uint64_t{1} << random.Below(20)));
    text += random.Below(10) == 0 ? '\n' : ' ';
  }
  return text;
}

std::unique_ptr<MapCollector> Open(const CollectorOptions& options, Arena* arena,
                                   Counters* counters) {
  std::filesystem::create_directories(options.directory);
  auto collector = MapCollector::Create(options, arena, counters);
  Require(collector.status());
  return std::move(*collector);
}

void CountWords(CollectorOptions options, const std::string& text, Arena* arena, int runs) {
  NoCombiner combiner;
  options.combiner = &combiner;
  options.fold = FoldKind::kSumInt64;
  options.expected_input_bytes = text.size();
  MeasureRate("words folded and spilled", "MB/s", static_cast<double>(text.size()) / 1e6, runs,
              [&] {
                Counters counters;
                const auto collector = Open(options, arena, &counters);
                for (const std::string_view word : Words(text)) collector->Fold(AsBytes(word), 1);
                Require(collector->Finish().status());
                std::filesystem::remove_all(options.directory);
              });
}

void SortRecords(CollectorOptions options, Arena* arena, int runs) {
  Random random(2);
  std::string records(kRecords * kRecordBytes, ' ');
  for (char& c : records) c = static_cast<char>(' ' + random.Below(95));
  options.partitions = 4;
  MeasureRate("records of 100 bytes sorted and spilled", "MB/s",
              static_cast<double>(records.size()) / 1e6, runs, [&] {
                Counters counters;
                const auto collector = Open(options, arena, &counters);
                for (size_t i = 0; i < records.size(); i += kRecordBytes) {
                  uint8_t* const begin = collector->Begin(kRecordBytes);
                  std::copy_n(records.data() + i, kRecordBytes, begin);
                  collector->End(begin, begin + kKeyBytes, begin + kRecordBytes);
                }
                Require(collector->Finish().status());
                std::filesystem::remove_all(options.directory);
              });
}

int Run(int argc, char** argv) {
  const int runs = static_cast<int>(NumberOf(argc, argv, "--runs", 5));
  CollectorOptions options;
  options.directory =
      OptionOf(argc, argv, "--directory", "/tmp") + "/sort_bench." + std::to_string(RandomSeed());
  options.buffer_bytes = uint64_t{160} << 20;
  Arena arena;
  CountWords(options, ReadText(OptionOf(argc, argv, "--text", "")), &arena, runs);
  SortRecords(options, &arena, runs);
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }
