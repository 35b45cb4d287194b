#include <algorithm>
#include <optional>

#include "dataframe/source/scan.h"
#include "dataframe/source/table_discovery.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/temp_dir.h"

namespace {

using tusk::df::CsvFormat;

/// A file in memory where there is such a folder.
const std::string& FilePath() {
  static const tusk::TempDir directory;
  static const std::string path = directory.path() + "/fuzz.csv";
  return path;
}

/// The rows of a stretch of the file; nothing when there is an error in it.
std::optional<int64_t> RowsOf(const tusk::df::ScanNode& scan, uint64_t begin, uint64_t end) {
  tusk::df::ScanSplit split;
  split.begin = begin;
  split.end = end;
  auto stream = tusk::df::OpenScan(scan, split, tusk::df::LocalFiles());
  if (!stream.ok()) return std::nullopt;
  int64_t rows = 0;
  while (true) {
    const auto batch = (*stream)->Next();
    if (!batch.ok()) return std::nullopt;
    if (*batch == nullptr) return rows;
    CHECK((*batch)->ValidateFull().ok());
    rows += (*batch)->num_rows();
  }
}

CsvFormat FormatOf(uint8_t choice) {
  CsvFormat format;
  format.delimiter = ",;\t|"[choice & 3];
  format.quote = "\"'"[choice >> 2 & 1];
  format.header = (choice & 8) == 0;
  format.on_bad = (choice & 16) == 0 ? tusk::df::OnBad::kFail : tusk::df::OnBad::kNull;
  if ((choice & 32) != 0) format.null_tokens = {"", "NA", "-"};
  return format;
}

}  // namespace

// Byte 0 is how the CSV is written, bytes 1 and 2 are where it is cut, the rest is the file: both
// parts together have the rows of the whole.
FUZZ_TARGET(CsvScan) {
  if (bytes.size() < 4) return;
  const std::string_view text = AsText(bytes.subspan(3));
  df::WriteText(FilePath(), text);
  df::DiscoveryOptions options;
  options.csv = FormatOf(bytes[0]);
  const auto source = df::DiscoverTable(df::LocalFiles(), FilePath(), options);
  if (!source.ok()) return;
  const auto scan = df::MakeScan(*source);
  const auto whole = RowsOf(*scan, 0, df::ScanSplit::kToEnd);
  const uint64_t cut = (uint64_t{bytes[1]} << 8 | bytes[2]) * text.size() >> 16;
  const auto first = RowsOf(*scan, 0, cut);
  const auto second = RowsOf(*scan, cut, df::ScanSplit::kToEnd);
  CHECK(whole.has_value() == (first.has_value() && second.has_value()));
  if (whole) CHECK(*whole == *first + *second);
}
