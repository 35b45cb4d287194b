#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/base/status.h"
#include "dataframe/expr/expr.h"
#include "dataframe/sql/catalog.h"
#include "dataframe/sql/parse.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// What all parts of one statement share while it is bound: the text, the catalog, the names given
/// so far, and how deep we are. One thread.
class BindContext {
 public:
  BindContext(const ParsedScript& script, Catalog& catalog) : script_(script), catalog_(catalog) {}
  BindContext(const BindContext&) = delete;
  BindContext& operator=(const BindContext&) = delete;

  const ParsedScript& script() const { return script_; }
  Catalog& catalog() const { return catalog_; }

  /// `base`, or with a number behind it when the statement has it already: columns of plans, and
  /// the names of tables that they begin with.
  std::string NewColumn(std::string_view base);
  std::string NewTable(std::string_view base);

  SourcePlace PlaceOf(const Tree& node) const;
  /// An error of the user's at a node, and what to do.
  Status Invalid(const Tree& node, std::string_view message, std::string_view hint = {}) const;
  Status Unsupported(const Tree& node, std::string_view message, std::string_view hint = {}) const;
  Status ErrorAt(StatusCode code, int64_t location, std::string_view message,
                 std::string_view hint = {}) const;
  /// `status` with line and caret: at the place that it names, else at `node`.
  Status Located(const Status& status, const Tree& node) const;

  /// Counts levels of expressions and queries while it lives.
  class Level {
   public:
    explicit Level(BindContext& context) : context_(context) { ++context_.depth_; }
    ~Level() { --context_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    BindContext& context_;
  };
  /// kTooLarge when there are too many.
  Status CheckDepth(const Tree& node) const;

 private:
  const ParsedScript& script_;
  Catalog& catalog_;
  std::unordered_set<std::string> columns_;
  std::unordered_set<std::string> tables_;
  int depth_ = 0;
};

/// The one of `known` that a user most likely meant by `name`, as a hint: "take NAME, the nearest";
/// empty when none is near.
std::string NearestHint(const std::vector<std::string>& known, std::string_view name);

/// `base`, or `base` with a number behind it, so that `used` did not have it; puts it there.
std::string UniqueIn(std::unordered_set<std::string>& used, std::string_view base);

}  // namespace tusk::df::sql
