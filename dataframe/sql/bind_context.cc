#include "dataframe/sql/bind_context.h"

#include "common/base/nearest_name.h"

namespace tusk::df::sql {

namespace {

// Each level takes some hundred bytes of stack here, and again in all that walks plans: the
// optimizer, the codec of plans, the evaluation.
constexpr int kMaxDepth = 250;

}  // namespace

std::string UniqueIn(std::unordered_set<std::string>& used, std::string_view base) {
  std::string name(base);
  for (int number = 2; !used.insert(name).second; ++number)
    name = fmt::format("{}_{}", base, number);
  return name;
}

std::string BindContext::NewColumn(std::string_view base) { return UniqueIn(columns_, base); }
std::string BindContext::NewTable(std::string_view base) { return UniqueIn(tables_, base); }

SourcePlace BindContext::PlaceOf(const Tree& node) const {
  return script_.text().PlaceAt(LocationOf(node));
}

Status BindContext::ErrorAt(StatusCode code, int64_t location, std::string_view message,
                            std::string_view hint) const {
  return script_.text().Error(code, message, location, hint);
}

Status BindContext::Invalid(const Tree& node, std::string_view message,
                            std::string_view hint) const {
  return ErrorAt(StatusCode::kInvalidArgument, LocationOf(node), message, hint);
}

Status BindContext::Unsupported(const Tree& node, std::string_view message,
                                std::string_view hint) const {
  return ErrorAt(StatusCode::kUnsupported, LocationOf(node), message, hint);
}

Status BindContext::Located(const Status& status, const Tree& node) const {
  if (status.ok()) return status;
  Status located = script_.text().WithCaret(status);
  if (located.message().find("\n  LINE ") != std::string_view::npos || LocationOf(node) < 0) {
    return located;
  }
  return ErrorAt(status.code(), LocationOf(node), status.message());
}

Status BindContext::CheckDepth(const Tree& node) const {
  if (depth_ <= kMaxDepth) return Status::Ok();
  return ErrorAt(StatusCode::kTooLarge, LocationOf(node),
                 fmt::format("the statement is nested too deeply: more than {} levels", kMaxDepth));
}

std::string NearestHint(const std::vector<std::string>& known, std::string_view name) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view nearest = NearestName(views, name);
  return nearest.empty() ? std::string() : fmt::format("take {}, the nearest", nearest);
}

}  // namespace tusk::df::sql
