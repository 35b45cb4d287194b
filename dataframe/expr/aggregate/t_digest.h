#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/base/result.h"

namespace tusk::df {

/// Estimates quantiles in bounded memory (t-digest, Dunning and Ertl 2019, the merging kind):
/// neighbouring values are replaced by their mean, finely at the ends and coarsely in the middle. A
/// few hundred values are kept as they are, so small sets are exact. NaN must not be added.
class TDigest {
 public:
  void Add(double value) { AddCentroid(value, 1); }
  void Merge(const TDigest& other);
  bool empty() const { return centroids_.empty(); }
  /// The value below which `fraction` of the values are; not for an empty digest.
  double Quantile(double fraction);

  /// Appends minimum, maximum, then mean and weight of each centroid; nothing when empty.
  void AppendTo(std::vector<double>& numbers);
  /// The way back; kCorruption for numbers that are no digest.
  static Result<TDigest> Parse(std::span<const double> numbers);

  /// Memory beyond the object itself.
  int64_t bytes() const { return static_cast<int64_t>(centroids_.capacity() * sizeof(Centroid)); }

 private:
  // Some values close to each other.
  struct Centroid {
    double mean;
    double weight;
  };
  // About how many centroids remain: the rank is off by less than one in a hundred in the middle,
  // by much less at the ends.
  static constexpr double kCompression = 200;
  static constexpr size_t kMaxCentroids = 1000;

  void AddCentroid(double mean, double weight) {
    if (centroids_.size() >= kMaxCentroids) Compress();
    centroids_.push_back({mean, weight});
    sorted_ = false;
    if (mean < min_) min_ = mean;
    if (mean > max_) max_ = mean;
  }
  void Sort();
  void Compress();

  std::vector<Centroid> centroids_;
  bool sorted_ = true;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace tusk::df
