#include "dataframe/expr/aggregate/t_digest.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tusk::df {

void TDigest::Sort() {
  if (sorted_) return;
  std::sort(centroids_.begin(), centroids_.end(),
            [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  sorted_ = true;
}

void TDigest::Compress() {
  Sort();
  double total = 0;
  for (const Centroid& centroid : centroids_) total += centroid.weight;
  // The scale function k(q) = c / 2π asin(2q - 1): a centroid may span one unit of k. Gives the
  // fraction at which the one that starts at `fraction` must end.
  const auto limit = [](double fraction) {
    const double unit = 2 * std::numbers::pi / kCompression;
    const double angle = std::asin(2 * fraction - 1) + unit;
    return angle >= std::numbers::pi / 2 ? 1.0 : (std::sin(angle) + 1) / 2;
  };
  std::vector<Centroid> merged;
  double before = 0;
  double end = limit(0) * total;
  for (const Centroid& centroid : centroids_) {
    if (merged.empty()) {
      merged.push_back(centroid);
    } else if (before + merged.back().weight + centroid.weight <= end) {
      Centroid& last = merged.back();
      last.weight += centroid.weight;
      // Infinities have no mean with others; they stay what they are.
      if (centroid.mean != last.mean) {
        last.mean += (centroid.mean - last.mean) * centroid.weight / last.weight;
      }
    } else {
      before += merged.back().weight;
      end = limit(before / total) * total;
      merged.push_back(centroid);
    }
  }
  centroids_ = std::move(merged);
}

void TDigest::Merge(const TDigest& other) {
  for (const Centroid& centroid : other.centroids_) AddCentroid(centroid.mean, centroid.weight);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double TDigest::Quantile(double fraction) {
  if (fraction <= 0) return min_;
  if (fraction >= 1) return max_;
  Sort();
  double total = 0;
  for (const Centroid& centroid : centroids_) total += centroid.weight;
  // Values sit at ranks 1/2, 3/2, ...; a centroid in the middle of its own.
  const double rank = fraction * (total - 1) + 0.5;
  double left_rank = 0.5, left = min_, before = 0;
  for (const Centroid& centroid : centroids_) {
    const double middle = before + centroid.weight / 2;
    if (rank <= middle) {
      if (rank >= middle || middle <= left_rank) return centroid.mean;
      return left + (centroid.mean - left) * (rank - left_rank) / (middle - left_rank);
    }
    left_rank = middle;
    left = centroid.mean;
    before += centroid.weight;
  }
  const double right_rank = total - 0.5;
  if (rank >= right_rank || right_rank <= left_rank) return max_;
  return left + (max_ - left) * (rank - left_rank) / (right_rank - left_rank);
}

void TDigest::AppendTo(std::vector<double>& numbers) {
  if (empty()) return;
  if (centroids_.size() > kMaxCentroids / 2) Compress();
  numbers.insert(numbers.end(), {min_, max_});
  for (const Centroid& centroid : centroids_) {
    numbers.insert(numbers.end(), {centroid.mean, centroid.weight});
  }
}

Result<TDigest> TDigest::Parse(std::span<const double> numbers) {
  TDigest digest;
  if (numbers.empty()) return digest;
  const Status corrupt(StatusCode::kCorruption, "a state of approx_quantile is no digest");
  if (numbers.size() < 4 || numbers.size() % 2 != 0) return corrupt;
  for (size_t i = 2; i < numbers.size(); i += 2) {
    if (std::isnan(numbers[i]) || !(numbers[i + 1] >= 1)) return corrupt;
    digest.AddCentroid(numbers[i], numbers[i + 1]);
  }
  if (!(numbers[0] <= digest.min_) || !(numbers[1] >= digest.max_)) return corrupt;
  digest.min_ = numbers[0];
  digest.max_ = numbers[1];
  return digest;
}

}  // namespace tusk::df
