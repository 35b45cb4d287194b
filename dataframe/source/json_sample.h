#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/source/schema_inference.h"

namespace tusk::df {

/// The columns of JSON objects, found out line by line.
class JsonColumns {
 public:
  /// Takes one line; blank ones say nothing. kCorruption when it is no JSON object.
  Status AddLine(std::string_view line);

  /// True for a line that `AddLine` takes.
  static bool IsObject(std::string_view line);

  /// The columns in the order of their first appearance. kUnsupported names a column of objects.
  Result<SchemaPtr> Schema() const;

 private:
  /// What the values of a key were; of lists their elements.
  struct Values {
    bool text = false;
    bool bare = false;  // numbers, true, false
    bool list = false;
    bool object = false;
    TypeGuess texts;
    TypeGuess bares;
    std::vector<Values> elements;  // at most one
  };
  /// A key and its values.
  struct Column {
    std::string name;
    Values values;
  };
  /// Reads one line.
  class Parser;

  static Result<TypePtr> TypeOf(const Values& values, const std::string& name);
  Values& Find(const std::string& name, size_t hint);

  std::vector<Column> columns_;
};

}  // namespace tusk::df
