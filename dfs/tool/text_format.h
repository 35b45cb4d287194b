#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tusk::dfs {

/// "512", "1.5 K", "128 M": powers of 1024 with one decimal unless exact, as Hadoop's
/// StringUtils.TraditionalBinaryPrefix writes sizes for `-h`.
std::string HumanSize(int64_t bytes);

/// HumanSize or the plain number.
std::string SizeText(uint64_t bytes, bool human);

/// "2026-11-24 17:20" in the local time zone, for listings.
std::string LocalMinute(int64_t milliseconds);

/// "2026-11-24 17:20:01" in UTC, for `-stat`.
std::string UtcSecond(int64_t milliseconds);

/// Rows printed with columns as wide as their widest cell and two spaces between them (Hadoop's
/// TableBuilder). The last column is not padded.
class TextTable {
 public:
  explicit TextTable(std::vector<bool> right_aligned) : right_aligned_(std::move(right_aligned)) {}

  /// `cells` has as many entries as there are columns.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string ToString() const;

 private:
  const std::vector<bool> right_aligned_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tusk::dfs
