// Evaluates a function at very many points, without any input file: count, mean, error, least,
// greatest value and histogram.

#include "jobs/evaluate/functions.h"

#include <tusk/mapreduce.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

using namespace tusk::mapreduce;

namespace {

constexpr size_t kBins = 20;

// What is known of many values: mean and squared distances by Welford (1962), merged by Chan et al.
// (1979).
struct Summary {
  uint64_t count = 0;
  double mean = 0;
  double squares = 0;
  double least = 0;
  double greatest = 0;
  std::vector<uint64_t> bins;

  static constexpr auto kFields = std::tuple(&Summary::count, &Summary::mean, &Summary::squares,
                                             &Summary::least, &Summary::greatest, &Summary::bins);

  void Add(double value, double low, double high) {
    least = count == 0 ? value : std::min(least, value);
    greatest = count == 0 ? value : std::max(greatest, value);
    ++count;
    const double distance = value - mean;
    mean += distance / static_cast<double>(count);
    squares += distance * (value - mean);
    bins.resize(kBins);
    const double place = (value - low) / (high - low) * static_cast<double>(kBins);
    ++bins[place > 0 ? std::min(static_cast<size_t>(place), kBins - 1) : 0];
  }

  void Merge(const Summary& other) {
    if (other.count == 0) return;
    least = count == 0 ? other.least : std::min(least, other.least);
    greatest = count == 0 ? other.greatest : std::max(greatest, other.greatest);
    const auto ours = static_cast<double>(count), theirs = static_cast<double>(other.count);
    const double distance = other.mean - mean;
    count += other.count;
    mean += distance * theirs / (ours + theirs);
    squares += other.squares + distance * distance * ours * theirs / (ours + theirs);
    bins.resize(kBins);
    for (size_t i = 0; i < kBins && i < other.bins.size(); ++i) bins[i] += other.bins[i];
  }
};

class Evaluate : public Mapper<uint64_t, bool, Summary> {
 public:
  void Setup() override {
    function_ = FindFunction(context().Parameter("evaluate.function"));
    if (function_ == nullptr) throw std::invalid_argument("no such function");
  }
  void Map(uint64_t point, Output&) override {
    summary_.Add(function_->value(point), function_->low, function_->high);
  }
  void Cleanup(Output& out) override { out.Emit(true, summary_); }

 private:
  const NamedFunction* function_ = nullptr;
  Summary summary_;
};

class MergeSummaries : public Reducer<bool, Summary> {
 public:
  void Reduce(bool key, Values& values, Output& out) override {
    Summary all;
    for (const Summary& part : values) all.Merge(part);
    out.Emit(key, all);
  }
};

// Prints the summary as lines of a table.
class PrintSummary : public Reducer<bool, Summary, std::string, double> {
 public:
  void Reduce(bool, Values& values, Output& out) override {
    Summary all;
    for (const Summary& part : values) all.Merge(part);
    const auto count = static_cast<double>(all.count);
    const double deviation = all.count > 1 ? std::sqrt(all.squares / (count - 1)) : 0;
    out.Emit("count", count);
    out.Emit("mean", all.mean);
    out.Emit("standard deviation", deviation);
    out.Emit("error of the mean", all.count == 0 ? 0 : deviation / std::sqrt(count));
    out.Emit("min", all.least);
    out.Emit("max", all.greatest);
    const NamedFunction* const function = FindFunction(context().Parameter("evaluate.function"));
    for (size_t i = 0; i < all.bins.size() && function != nullptr; ++i) {
      const double from = function->low + (function->high - function->low) *
                                              static_cast<double>(i) / static_cast<double>(kBins);
      out.Emit(fmt::format("histogram from {:g}", from), static_cast<double>(all.bins[i]));
    }
  }
};

bool ParseNumber(const std::string& text, uint64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
  Program program(argc, argv,
                  "FUNCTION FIRST END OUT  evaluates FUNCTION(n) for FIRST <= n < END: collatz, "
                  "circle, normal, "
                  "option, divisors");
  const auto& arguments = program.arguments();
  uint64_t first = 0, end = 0;
  if (FindFunction(arguments[0]) == nullptr) {
    std::string names;
    for (const NamedFunction& function : Functions()) {
      names += fmt::format("\n  {:<10} {}", function.name, function.summary);
    }
    return program.Fail(tusk::Status::Error(
        tusk::StatusCode::kNotFound, "no function \"{}\"; there are{}", arguments[0], names));
  }
  if (!ParseNumber(arguments[1], &first) || !ParseNumber(arguments[2], &end) || end < first) {
    return program.Fail(
        {tusk::StatusCode::kInvalidArgument, "FIRST and END must be numbers, FIRST not greater"});
  }
  const tusk::Result<JobResult> result = program.Execute(Job("evaluate " + arguments[0])
                                                             .Read<RangeInput>(first, end, 0)
                                                             .Set("evaluate.function", arguments[0])
                                                             .Map<Evaluate>()
                                                             .Combine<MergeSummaries>()
                                                             .Reduce<PrintSummary>()
                                                             .NumReduces(1)
                                                             .Write<TextOutput>(arguments[3]));
  if (!result.ok()) return program.Fail(result.status());
  fmt::print(stderr, "{}\n{:.3g} evaluations per second\n", SummaryOf(*result),
             static_cast<double>(end - first) / std::max(result->seconds, 1e-9));
  return 0;
}
