#include "tests/dataframe/plan/all_nodes.h"

#include <arrow/api.h>

namespace tusk::df {
namespace {

std::shared_ptr<arrow::RecordBatch> ThreeRows() {
  arrow::Int64Builder numbers;
  EXPECT_TRUE(numbers.AppendValues({1, 2}).ok());
  EXPECT_TRUE(numbers.AppendNull().ok());
  arrow::StringBuilder texts;
  EXPECT_TRUE(texts.AppendValues({"x", "", "z"}).ok());
  const auto schema =
      arrow::schema({arrow::field("n", arrow::int64()), arrow::field("s", arrow::utf8(), false)});
  return arrow::RecordBatch::Make(schema, 3, {*numbers.Finish(), *texts.Finish()});
}

PlanPtr ScanOfAll() {
  auto source = Source("t", "a int64, b string, c date, list list(int64)", 17, 4711);
  source->format = TableFormat::kCsv;
  source->csv = {.delimiter = ';',
                 .quote = '\'',
                 .header = false,
                 .null_tokens = {"", "NA"},
                 .on_bad = OnBad::kReject};
  source->files[0].modification_ms = 123;
  source->files[0].partition_values = {{"b", "DE"}};
  source->files.push_back(File("/t/2", 1));
  return Made(ScanNode::Make(source,
                             {{.source = "a", .name = "x"},
                              {.source = "list", .name = "list"},
                              {.source = "b", .name = "hidden", .hidden = true}},
                             Eq(Col("hidden"), Lit("DE"))));
}

PlanPtr ScanOfStage() {
  auto source = Source("stage", "a int64", 5);
  source->format = TableFormat::kIpc;
  source->stage = 3;
  return Made(ScanNode::Make(source));
}

PlanPtr ScanOfRange() {
  auto source = std::make_shared<TableSource>();
  source->name = "range";
  source->format = TableFormat::kRange;
  source->range_from = -5;
  source->range_to = 10;
  source->schema = Made(ParseSchema("id int64 not null"));
  return Made(ScanNode::Make(source));
}

WindowCall CallOf(std::string function, std::vector<ExprPtr> args, std::string name) {
  WindowCall call;
  call.function = std::move(function);
  call.args = std::move(args);
  call.name = std::move(name);
  return call;
}

PlanPtr WindowOf(const PlanPtr& child) {
  WindowCall sum = CallOf("sum", {Col("a")}, "running");
  sum.frame = {.unit = WindowFrame::Unit::kRows, .start = -3, .end = std::nullopt};
  return Made(WindowNode::Make(
      child, {Col("b")}, {Desc("a")},
      {CallOf("row_number", {}, "n"), sum, CallOf("lag", {Col("a"), Lit(1)}, "before")}));
}

PlanPtr WriteOf(const PlanPtr& child) {
  WriteSpec spec;
  spec.path = "/out";
  spec.format = TableFormat::kCsv;
  spec.mode = SaveMode::kAppend;
  spec.csv.delimiter = '\t';
  spec.partition_by = {"b"};
  spec.compression = "zstd";
  spec.target_file_bytes = 1 << 20;
  return Made(WriteNode::Make(child, spec));
}

void AddJoins(const PlanPtr& left, std::vector<std::pair<std::string, PlanPtr>>* plans) {
  const PlanPtr right = Table("u", "k int64, d decimal(10,2)");
  for (int type = 0; type <= static_cast<int>(JoinType::kMark); ++type) {
    const auto join = static_cast<JoinType>(type);
    plans->emplace_back(std::string(JoinTypeName(join)) + " join",
                        Join(left, right, On(join, {{"a", "k"}}, Gt(Col("d"), Col("a")))));
  }
  JoinSpec spec = On(JoinType::kInner, {{"a", "d"}});
  spec.nulls_match = true;
  spec.strategy = JoinStrategy::kBroadcastLeft;
  spec.reason = "12 kB";
  plans->emplace_back("chosen join", Join(left, right, spec));
}

void AddAggregates(const PlanPtr& child, std::vector<std::pair<std::string, PlanPtr>>* plans) {
  const std::vector<NamedExpr> keys = {As(Col("b"), "b"), As(Add(Col("a"), Lit(1)), "a1")};
  plans->emplace_back("aggregate",
                      Aggregate(child, keys,
                                {Agg("count", {}, "rows"), Agg("count", {Col("a")}, "values", true),
                                 Agg("quantile", {Col("a"), Lit(0.25)}, "q"),
                                 Agg("sum", {Col("a")}, "s", false, Gt(Col("a"), Lit(2)))}));
  plans->emplace_back("distinct", Aggregate(child, Named({"b"}), {}));
  const PlanPtr partial = Made(
      AggregateNode::Make(child, keys, {Agg("avg", {Col("a")}, "m")}, AggregateMode::kPartial));
  plans->emplace_back("partial aggregate", partial);
  AggregateCall call = Agg("avg", {Col("a")}, "m");
  call.arg_types = {arrow::int64()};
  plans->emplace_back("final aggregate", Made(AggregateNode::Make(partial, Named({"b", "a1"}),
                                                                  {call}, AggregateMode::kFinal)));
}

}  // namespace

std::vector<std::pair<std::string, PlanPtr>> PlansOfAllNodes() {
  const PlanPtr t = Table("t", "a int64, b string, c date not null");
  std::vector<std::pair<std::string, PlanPtr>> plans;
  plans.emplace_back("scan", ScanOfAll());
  plans.emplace_back("scan of a stage", ScanOfStage());
  plans.emplace_back("scan of a range", ScanOfRange());
  plans.emplace_back("values", Made(ValuesNode::Make(ThreeRows())));
  plans.emplace_back("filter", Filter(t, Or({Eq(Col("a"), Lit(5)), Call("is_null", {Col("b")})})));
  plans.emplace_back("project", Project(t, {As(Col("c"), "c"), As(Add(Col("a"), Col("a")), "d")}));
  AddAggregates(t, &plans);
  AddJoins(t, &plans);
  plans.emplace_back("sort", Sorted(t, {Desc("a"), {.expr = Col("b"), .nulls_first = true}}));
  plans.emplace_back("top-k", Sorted(t, {Asc("a")}, 10, 5));
  plans.emplace_back("limit", Limit(t, 10, 3));
  plans.emplace_back("offset", Limit(t, std::nullopt, 3));
  plans.emplace_back("window", WindowOf(t));
  plans.emplace_back("union", Union({t, t, Filter(t, Eq(Col("a"), Lit(1)))}));
  plans.emplace_back("explode", Made(ExplodeNode::Make(ScanOfAll(), "list", true)));
  plans.emplace_back("map batches", Made(MapBatchesNode::Make(ScanOfAll(), "a type's name",
                                                              Made(ParseSchema("n int64")))));
  const PlanPtr keys = Project(t, {As(Col("a"), "k")});
  const PlanPtr filter = Made(BloomBuildNode::Make(keys, 1000));
  plans.emplace_back("Bloom filter", filter);
  plans.emplace_back("merged Bloom filter", Made(BloomBuildNode::MakeMerge(filter, 1000)));
  plans.emplace_back("Bloom probe",
                     Made(BloomProbeNode::Make(t, filter, {Add(Col("a"), Lit(1))}, 1000)));
  plans.emplace_back("rejects", Made(ScanNode::Make(std::make_shared<TableSource>(
                                    RejectsOf(As<ScanNode>(*ScanOfAll()).source())))));
  plans.emplace_back("shuffle read", ShuffleReadNode::Make(7, t->schema()));
  plans.emplace_back("write", WriteOf(t));
  return plans;
}

}  // namespace tusk::df
