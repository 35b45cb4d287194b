#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace tusk::df::sql {

/// A node of the parser's tree: the name of its class and its fields, by PostgreSQL's names. An
/// absent field reads as an absent node, an empty list, "", 0 or false, which is what the parser
/// leaves out. A view of the tree that `ParsedScript` owns.
class Tree {
 public:
  /// An absent node.
  Tree() = default;
  explicit Tree(const boost::json::value& value);

  /// False when absent.
  explicit operator bool() const { return fields_ != nullptr; }
  /// "SelectStmt", "A_Expr", ...; empty where the grammar allows one class only.
  std::string_view type() const { return type_; }
  bool Is(std::string_view type) const { return type_ == type; }

  Tree Child(std::string_view field) const;
  std::vector<Tree> List(std::string_view field) const;
  bool Has(std::string_view field) const;
  /// A text or the name of an enumerator.
  std::string Text(std::string_view field) const;
  bool Flag(std::string_view field) const;
  int64_t Number(std::string_view field, int64_t absent = 0) const;

  /// The position of the node in the script; -1 where the parser keeps none.
  int64_t location() const { return Number("location", -1); }

  /// Of a node String: its text.
  std::string sval() const { return Text("sval"); }
  /// Of a list of String nodes: their texts.
  std::vector<std::string> Names(std::string_view field) const;

  /// Two views of the same node.
  friend bool operator==(const Tree& a, const Tree& b) { return a.fields_ == b.fields_; }

 private:
  const boost::json::value* Find(std::string_view field) const;

  std::string_view type_;
  const boost::json::object* fields_ = nullptr;
};

/// The position of `node`, or of the first of its parts that has one.
int64_t LocationOf(const Tree& node);

}  // namespace tusk::df::sql
