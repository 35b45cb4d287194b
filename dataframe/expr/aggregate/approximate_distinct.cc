#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/stable_hash.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"
#include "dataframe/expr/aggregate/hyper_log_log.h"

namespace tusk::df {

namespace {

// The last steps of SplitMix64: every bit of the input moves every bit of the result.
uint64_t MixBits(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Equal values have equal hashes, in every process: -0 is 0, and one NaN is as the other.
template <typename View>
uint64_t HashOf(const View& value) {
  if constexpr (std::is_same_v<View, std::string_view>) {
    return StableHash(value);
  } else if constexpr (std::is_same_v<View, Int128>) {
    return MixBits(static_cast<uint64_t>(value) ^ MixBits(static_cast<uint64_t>(value >> 64)));
  } else if constexpr (std::is_floating_point_v<View>) {
    double number = value;
    if (number == 0) number = 0;
    if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
    return MixBits(std::bit_cast<uint64_t>(number));
  } else {
    return MixBits(static_cast<uint64_t>(value));
  }
}

template <typename T>
class ApproximateDistinctState final : public AggregateState {
 public:
  explicit ApproximateDistinctState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    sketches_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<T> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) {
      HyperLogLog& sketch = sketches_[group_ids[i]];
      sketch_bytes_ -= sketch.bytes();
      sketch.Add(HashOf(values[i]));
      sketch_bytes_ += sketch.bytes();
    });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const ColumnReader<std::string> values(*state[0]);
    for (size_t i = 0; i < group_ids.size(); ++i) {
      ASSIGN_OR_RETURN(const HyperLogLog other,
                       HyperLogLog::Parse(values[static_cast<int64_t>(i)]));
      HyperLogLog& sketch = sketches_[group_ids[i]];
      sketch_bytes_ -= sketch.bytes();
      sketch.Merge(other);
      sketch_bytes_ += sketch.bytes();
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    GroupValues<std::string> bytes;
    bytes.Resize(static_cast<int64_t>(sketches_.size()));
    for (size_t g = 0; g < sketches_.size(); ++g) bytes.Set(g, sketches_[g].Serialize());
    ASSIGN_OR_RETURN(ArrayPtr column, bytes.Emit(arrow::binary(), nullptr));
    return std::vector<ArrayPtr>{std::move(column)};
  }

  Result<ArrayPtr> Finish() override {
    std::vector<int64_t> results;
    for (const HyperLogLog& sketch : sketches_) results.push_back(std::llround(sketch.Estimate()));
    return FixedWidthArray(arrow::int64(), results.data(), sizeof(int64_t),
                           static_cast<int64_t>(results.size()), nullptr);
  }

  int64_t bytes() const override {
    return sketch_bytes_ + static_cast<int64_t>(sketches_.capacity() * sizeof(HyperLogLog));
  }

 private:
  std::vector<HyperLogLog> sketches_;
  int64_t sketch_bytes_ = 0;
};

Result<AggregateFunction> ResolveApproximateDistinct(std::string_view name,
                                                     std::span<const TypePtr> types,
                                                     std::span<const double>) {
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::int32() : types[0];
  AggregateFunction function;
  function.arg_types = {type};
  function.result = arrow::int64();
  function.result_nullable = false;
  function.state_types = {arrow::binary()};
  function.make = WithStorage(*type, []<typename T>() -> decltype(AggregateFunction::make) {
    if constexpr (std::is_same_v<T, NestedValue>) {
      return nullptr;
    } else {
      return &NewState<ApproximateDistinctState<T>>;
    }
  });
  if (function.make == nullptr) return WrongAggregateType(name, "plain values", *type);
  return function;
}

}  // namespace

void AddApproximateDistinctAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"approx_count_distinct", "approx_count_distinct(x)",
                              "About how many different values there are, nulls left out: off by "
                              "1.6 % on average, in 4 KiB of memory for each group."},
                     .resolve = &ResolveApproximateDistinct});
}

}  // namespace tusk::df
