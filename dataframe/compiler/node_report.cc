#include "dataframe/compiler/node_report.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "common/base/quantity_text.h"

namespace tusk::df {
namespace {

constexpr std::string_view kGroup = "Dataframe nodes";
/// Names that a task uses of those that Counters have room for: others count as well.
constexpr size_t kMostNames = mapreduce::Counters::kMaxUserCounters - 20;
/// A task with so many times the rows or the time of the one in the middle is told of, when its
/// time is worth a word.
constexpr int64_t kUneven = 3;
constexpr int64_t kWorthAWord = 100'000'000;  // nanoseconds

/// A number of NodeCounts and its name.
struct Field {
  std::string_view name;
  int64_t NodeCounts::* value;
};
constexpr Field kFields[] = {{"rows", &NodeCounts::rows},
                             {"bytes", &NodeCounts::bytes},
                             {"ns", &NodeCounts::nanoseconds},
                             {"spilled bytes", &NodeCounts::spilled_bytes}};

/// "0.12 rows" taken apart.
struct CounterName {
  std::string_view fragment;
  size_t node = 0;
  const Field* field = nullptr;
};

std::optional<CounterName> ParseName(std::string_view name) {
  CounterName parsed;
  const size_t dot = name.find('.');
  const size_t space = name.find(' ');
  if (dot == std::string_view::npos || space == std::string_view::npos || space < dot)
    return std::nullopt;
  parsed.fragment = name.substr(0, dot);
  const auto number = std::from_chars(name.data() + dot + 1, name.data() + space, parsed.node);
  if (number.ec != std::errc() || number.ptr != name.data() + space) return std::nullopt;
  if (parsed.node >= kMostNames) return std::nullopt;
  for (const Field& field : kFields) {
    if (field.name == name.substr(space + 1)) parsed.field = &field;
  }
  return parsed.field == nullptr ? std::nullopt : std::optional(parsed);
}

/// By fragment, by node: the counts of each task.
using CountsOfTasks = std::map<std::string, std::vector<std::vector<NodeCounts>>, std::less<>>;

void Collect(const mapreduce::Counters& counters, CountsOfTasks* all) {
  // One task runs one fragment.
  std::map<std::string, std::map<size_t, NodeCounts>, std::less<>> own;
  counters.ForEachUser([&own](std::string_view group, std::string_view name, int64_t value) {
    if (group != kGroup) return;
    const std::optional<CounterName> parsed = ParseName(name);
    if (parsed) own[std::string(parsed->fragment)][parsed->node].*(parsed->field->value) = value;
  });
  for (const auto& [fragment, nodes] : own) {
    std::vector<std::vector<NodeCounts>>& kept = (*all)[fragment];
    for (const auto& [node, counts] : nodes) {
      if (kept.size() <= node) kept.resize(node + 1);
      kept[node].push_back(counts);
    }
  }
}

NodeReport Summed(const std::vector<NodeCounts>& tasks) {
  NodeReport report;
  report.tasks = static_cast<uint32_t>(tasks.size());
  if (tasks.empty()) return report;
  for (const Field& field : kFields) {
    std::vector<int64_t> values;
    for (const NodeCounts& task : tasks) values.push_back(task.*(field.value));
    std::sort(values.begin(), values.end());
    for (const int64_t value : values) report.all.*(field.value) += value;
    report.median.*(field.value) = values[(values.size() - 1) / 2];
    report.most.*(field.value) = values.back();
  }
  return report;
}

std::vector<NodeReport> Summed(const std::vector<std::vector<NodeCounts>>& nodes) {
  std::vector<NodeReport> reports;
  for (const std::vector<NodeCounts>& tasks : nodes) reports.push_back(Summed(tasks));
  return reports;
}

std::string SecondsText(int64_t nanoseconds) {
  return fmt::format("{:.3f} s", static_cast<double>(nanoseconds) / 1e9);
}

bool Uneven(const NodeReport& node) {
  if (node.tasks < 2 || node.most.nanoseconds < kWorthAWord) return false;
  return node.most.rows > kUneven * std::max<int64_t>(node.median.rows, 1) ||
         node.most.nanoseconds > kUneven * node.median.nanoseconds;
}

}  // namespace

std::string FragmentName(uint32_t input) { return std::to_string(input); }

void TellNodes(std::string_view fragment, std::span<const NodeCounts> nodes,
               mapreduce::Counters* counters) {
  size_t names = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (names + std::size(kFields) > kMostNames) return;
    for (const Field& field : kFields) {
      const int64_t value = nodes[i].*(field.value);
      // A node without rows is told of as well: it is not one that there was no room for.
      if (value == 0 && field.value != &NodeCounts::rows) continue;
      const Status told =
          counters->Add(kGroup, fmt::format("{}.{} {}", fragment, i, field.name), value);
      if (!told.ok()) return;  // this node and those behind it are shown without numbers
      ++names;
    }
  }
}

StageNodes ReadNodes(size_t inputs, std::span<const mapreduce::TaskCounters> tasks) {
  CountsOfTasks all;
  for (const mapreduce::TaskCounters& task : tasks) Collect(task.counters, &all);
  StageNodes nodes;
  for (uint32_t i = 0; i < inputs; ++i) nodes.inputs.push_back(Summed(all[FragmentName(i)]));
  nodes.reduce = Summed(all[std::string(kReduceFragment)]);
  return nodes;
}

std::string NodeReportText(const NodeReport& node) {
  if (node.tasks == 0) return std::string();
  std::string text = fmt::format("({}, {}, {}", CountText(node.all.rows, "row"),
                                 BytesText(node.all.bytes), SecondsText(node.all.nanoseconds));
  if (node.all.spilled_bytes > 0)
    text += fmt::format(", spilled {}", BytesText(node.all.spilled_bytes));
  if (node.tasks > 1) {
    text += fmt::format("; {}, median {} {}, most {} {}{}", CountText(node.tasks, "task"),
                        CountText(node.median.rows, "row"), SecondsText(node.median.nanoseconds),
                        CountText(node.most.rows, "row"), SecondsText(node.most.nanoseconds),
                        Uneven(node) ? ": uneven" : "");
  }
  return text + ")";
}

}  // namespace tusk::df
