#include "dataframe/tool/sql_runner.h"

#include <unistd.h>

#include <chrono>
#include <memory>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/time/system_clock.h"
#include "dataframe/options/sql_options.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

/// The batches that there are.
class GivenBatch final : public BatchStream {
 public:
  explicit GivenBatch(BatchPtr batch) : batch_(std::move(batch)) {}
  Result<BatchPtr> Next() override {
    if (batch_ != nullptr && batch_->num_rows() == 0) return BatchPtr();
    return std::exchange(batch_, nullptr);
  }

 private:
  BatchPtr batch_;
};

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             SystemClock::Get().WallNow().time_since_epoch())
      .count();
}

/// "host:pid" of this program.
std::string DriverName() {
  char host[256] = "localhost";
  static_cast<void>(gethostname(host, sizeof host - 1));  // the default does as well
  return fmt::format("{}:{}", host, getpid());
}

int64_t RowsRead(const QueryTrace& trace) {
  return trace.stages.empty() ? 0 : trace.stages.back().rows;
}

}  // namespace

SqlRunner::SqlRunner(Session& session, const SqlLook& look, SqlOrigin origin, std::FILE* out)
    : session_(session),
      look_(look),
      out_(out),
      catalog_(session.files(), session.config().Get(kWarehouse)),
      origin_(std::move(origin)),
      log_(session.files(), session.StageDirectory()) {}

Status SqlRunner::Run(std::string_view script) {
  ASSIGN_OR_RETURN(const sql::SqlScript parsed, sql::SqlScript::Parse(script));
  for (size_t i = 0; i < parsed.size(); ++i) {
    ASSIGN_OR_RETURN(const sql::Statement statement, parsed.Bind(i, catalog_));
    RETURN_IF_ERROR(RunOne(statement, parsed.text_of(i)));
  }
  return Status::Ok();
}

Status SqlRunner::RunOne(const sql::Statement& statement, const std::string& text) {
  record_ = QueryRecord();
  // A record stands for itself: it has the views that the statement may use.
  record_.text = views_ + text;
  if (const auto* query = statement.As<sql::QueryStatement>()) return RunQuery(query->plan);
  if (const auto* copy = statement.As<sql::CopyToStatement>())
    return RunWrite(copy->plan, copy->spec);
  if (const auto* explain = statement.As<sql::ExplainStatement>()) return RunExplain(*explain);
  if (const auto* create = statement.As<sql::CreateTableAsStatement>())
    return RunCreateTable(*create);
  if (const auto* view = statement.As<sql::CreateViewStatement>()) {
    views_ += text + ";\n";
    return catalog_.AddView(view->name, view->plan, view->or_replace);
  }
  if (const auto* describe = statement.As<sql::DescribeStatement>())
    return Describe(describe->plan);
  if (statement.As<sql::ShowTablesStatement>() != nullptr) return ShowTables();
  if (const auto* drop = statement.As<sql::DropStatement>()) {
    for (const std::string& name : drop->names) {
      RETURN_IF_ERROR(drop->view ? catalog_.DropView(name, drop->if_exists)
                                 : catalog_.DropTable(name, drop->if_exists));
    }
    return Status::Ok();
  }
  return Status(StatusCode::kUnsupported, "this statement cannot be run here");
}

Status SqlRunner::BeginRecord() {
  RETURN_IF_ERROR(session_.PrepareStageDirectory());
  record_.tables = origin_.tables;
  record_.settings = origin_.settings;
  record_.started_ms = NowMs();
  record_.driver = DriverName();
  if (origin_.resumed.empty()) return log_.Begin(&record_);
  record_.id = origin_.resumed;
  return log_.Update(record_);
}

Result<QueryResult> SqlRunner::RunRecorded(const PlanPtr& plan) {
  ASSIGN_OR_RETURN(const bool small, session_.IsSmall(plan));
  // What runs in this process is over in a moment, and is begun anew when the process ends before.
  if (small) return session_.Run(plan);
  RETURN_IF_ERROR(BeginRecord());
  session_.SetQuery(record_.id, record_.text);
  Status told;
  session_.SetStageObserver([this, &told](const StageReport& stage) {
    record_.stages.push_back({stage.stage.title, stage.fingerprint, stage.job, stage.reused,
                              stage.rows, stage.bytes, stage.seconds});
    told = log_.Update(record_);
  });
  Result<QueryResult> result = session_.Run(plan);
  session_.SetStageObserver(nullptr);
  record_.state = result.ok() ? QueryRecord::State::kDone : QueryRecord::State::kFailed;
  if (!result.ok()) record_.error = result.status().message();
  record_.ended_ms = NowMs();
  const Status ended = log_.Update(record_);
  if (told.ok()) told = ended;
  if (!told.ok()) {
    // The rows are there nevertheless.
    fmt::print(stderr, "warning: the record of query {} is not up to date: {}\n", record_.id,
               told.message());
  }
  return result;
}

Status SqlRunner::RunQuery(const PlanPtr& plan) {
  ASSIGN_OR_RETURN(const QueryResult result, RunRecorded(plan));
  ASSIGN_OR_RETURN(const auto rows, session_.Rows(result));
  TableLook look;
  look.max_rows = look_.max_rows;
  ASSIGN_OR_RETURN(const int64_t count,
                   PrintRows(*rows, result.table->schema, look_.format, look, out_));
  std::fflush(out_);
  Tell(result, count, "");
  return Status::Ok();
}

Status SqlRunner::RunWrite(const PlanPtr& plan, const WriteSpec& spec) {
  ASSIGN_OR_RETURN(const PlanPtr write, WriteNode::Make(plan, spec));
  ASSIGN_OR_RETURN(const QueryResult result, RunRecorded(write));
  Tell(result, RowsRead(result.trace), fmt::format(" written to {}", spec.path));
  return Status::Ok();
}

Status SqlRunner::RunExplain(const sql::ExplainStatement& explain) {
  PlanPtr plan;
  if (const auto* query = explain.inner->As<sql::QueryStatement>()) plan = query->plan;
  if (const auto* copy = explain.inner->As<sql::CopyToStatement>()) plan = copy->plan;
  if (const auto* create = explain.inner->As<sql::CreateTableAsStatement>()) plan = create->plan;
  if (plan == nullptr)
    return Status(StatusCode::kUnsupported, "EXPLAIN is for queries, COPY and CREATE TABLE AS");
  ASSIGN_OR_RETURN(const std::string text, session_.Explain(plan));
  fmt::print(out_, "{}", text);
  if (!explain.analyze) return Status::Ok();
  ASSIGN_OR_RETURN(const QueryResult result, session_.Analyze(plan));
  fmt::print(out_, "\nas it went, in {:.3f} s:\n{}", result.seconds, AnalyzedText(result.trace));
  return Status::Ok();
}

Status SqlRunner::RunCreateTable(const sql::CreateTableAsStatement& create) {
  WriteSpec spec;
  ASSIGN_OR_RETURN(spec.path, catalog_.WarehousePath(create.name));
  spec.mode = create.if_not_exists ? SaveMode::kIgnore : SaveMode::kError;
  RETURN_IF_ERROR(RunWrite(create.plan, spec));
  catalog_.Forget(create.name);
  return Status::Ok();
}

Status SqlRunner::Describe(const PlanPtr& plan) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& field : plan->schema()->fields())
    rows.push_back({field->name(), TypeText(*field->type()), field->nullable() ? "yes" : "no"});
  return PrintStrings({"column", "type", "nullable"}, rows);
}

Status SqlRunner::ShowTables() {
  std::vector<std::vector<std::string>> rows;
  for (std::string& name : catalog_.TableNames()) rows.push_back({std::move(name)});
  return PrintStrings({"table"}, rows);
}

Status SqlRunner::PrintStrings(const std::vector<std::string>& names,
                               const std::vector<std::vector<std::string>>& rows) {
  ASSIGN_OR_RETURN(BatchPtr batch, TextRows(names, rows));
  const SchemaPtr schema = batch->schema();
  GivenBatch stream(std::move(batch));
  return PrintRows(stream, schema, look_.format, TableLook{}, out_).status();
}

void SqlRunner::Tell(const QueryResult& result, int64_t rows, std::string_view verb) const {
  if (look_.stats) fmt::print(stderr, "{}", TraceText(result.trace));
  if (look_.quiet) return;
  size_t reused = 0;
  int64_t bytes = 0;
  for (const StageReport& stage : result.trace.stages) {
    reused += stage.reused ? 1 : 0;
    bytes += static_cast<int64_t>(stage.bytes);
  }
  const auto jobs = static_cast<int64_t>(result.trace.stages.size() - reused);
  fmt::print(stderr, "{}{} in {:.2f} s; {}{}, {} reused, {} on disk\n", CountText(rows, "row"),
             verb, result.seconds, CountText(jobs, "job"), result.small ? " in this process" : "",
             CountText(static_cast<int64_t>(reused), "stage"), BytesText(bytes));
}

}  // namespace tusk::df
