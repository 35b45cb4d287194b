#include "dataframe/expr/aggregate/hyper_log_log.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace tusk::df {

namespace {

constexpr char kSparseMark = 'S';
constexpr char kDenseMark = 'D';

// The two series of Ertl's estimator: for registers that are still 0, and for full ones.
double Sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1, z = x, before = 0;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

double Tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1, z = 1 - x, before = 0;
  do {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (z != before);
  return z / 3;
}

}  // namespace

void HyperLogLog::Add(uint64_t hash) {
  const auto index = static_cast<uint32_t>(hash >> (64 - kIndexBits));
  const uint64_t rest = (hash << kIndexBits) | (uint64_t{1} << (kIndexBits - 1));
  SetRegister(index, static_cast<uint8_t>(std::countl_zero(rest) + 1));
}

void HyperLogLog::SetRegister(uint32_t index, uint8_t rank) {
  if (!dense_.empty()) {
    dense_[index] = std::max(dense_[index], rank);
    return;
  }
  const uint32_t key = index << 8;
  const auto at = std::lower_bound(sparse_.begin(), sparse_.end(), key);
  if (at != sparse_.end() && (*at >> 8) == index) {
    *at = std::max(*at, key | rank);
  } else if (sparse_.size() < kMaxSparse) {
    sparse_.insert(at, key | rank);
  } else {
    MakeDense();
    dense_[index] = std::max(dense_[index], rank);
  }
}

void HyperLogLog::MakeDense() {
  dense_.resize(kRegisters);
  for (const uint32_t entry : sparse_) dense_[entry >> 8] = static_cast<uint8_t>(entry);
  sparse_ = {};
}

void HyperLogLog::Merge(const HyperLogLog& other) {
  for (const uint32_t entry : other.sparse_) {
    SetRegister(entry >> 8, static_cast<uint8_t>(entry));
  }
  if (other.dense_.empty()) return;
  if (dense_.empty()) MakeDense();
  for (size_t i = 0; i < kRegisters; ++i) dense_[i] = std::max(dense_[i], other.dense_[i]);
}

double HyperLogLog::Estimate() const {
  std::array<int64_t, kMaxRank + 1> counts{};
  for (const uint8_t rank : dense_) ++counts[rank];
  for (const uint32_t entry : sparse_) ++counts[static_cast<uint8_t>(entry)];
  if (dense_.empty()) counts[0] = static_cast<int64_t>(kRegisters - sparse_.size());
  constexpr auto kCount = static_cast<double>(kRegisters);
  double z = kCount * Tau(1 - static_cast<double>(counts[kMaxRank]) / kCount);
  for (int rank = kMaxRank - 1; rank >= 1; --rank) {
    z = 0.5 * (z + static_cast<double>(counts[rank]));
  }
  z += kCount * Sigma(static_cast<double>(counts[0]) / kCount);
  return kCount * kCount / (2 * std::numbers::ln2 * z);
}

std::string HyperLogLog::Serialize() const {
  std::string bytes;
  if (!dense_.empty()) {
    bytes.push_back(kDenseMark);
    bytes.append(dense_.begin(), dense_.end());
    return bytes;
  }
  bytes.push_back(kSparseMark);
  for (const uint32_t entry : sparse_) {
    for (const int shift : {0, 8, 16}) bytes.push_back(static_cast<char>(entry >> shift));
  }
  return bytes;
}

Result<HyperLogLog> HyperLogLog::Parse(std::string_view bytes) {
  const Status corrupt(StatusCode::kCorruption, "a state of approx_count_distinct is no sketch");
  if (bytes.empty()) return corrupt;
  const char mark = bytes[0];
  bytes.remove_prefix(1);
  HyperLogLog sketch;
  if (mark == kDenseMark) {
    if (bytes.size() != kRegisters) return corrupt;
    sketch.dense_.assign(bytes.begin(), bytes.end());
    for (const uint8_t rank : sketch.dense_) {
      if (rank > kMaxRank) return corrupt;
    }
    return sketch;
  }
  if (mark != kSparseMark || bytes.size() % 3 != 0 || bytes.size() / 3 > kMaxSparse) {
    return corrupt;
  }
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t entry = 0;
    for (const int byte : {2, 1, 0}) entry = entry << 8 | static_cast<uint8_t>(bytes[i + byte]);
    const uint32_t rank = entry & 0xff;
    if (entry >> 8 >= kRegisters || rank == 0 || rank > kMaxRank) return corrupt;
    sketch.SetRegister(entry >> 8, static_cast<uint8_t>(rank));
  }
  return sketch;
}

}  // namespace tusk::df
