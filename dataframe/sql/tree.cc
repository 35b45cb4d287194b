#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

Tree::Tree(const boost::json::value& value) {
  fields_ = value.if_object();
  if (fields_ == nullptr || fields_->size() != 1) return;
  // Where the grammar allows several classes, the node is wrapped: {"ColumnRef": {...}}. Classes
  // begin with a capital, fields do not.
  const auto& only = *fields_->begin();
  const boost::json::object* inner = only.value().if_object();
  if (inner == nullptr || only.key().empty()) return;
  if (only.key().front() < 'A' || only.key().front() > 'Z') return;
  type_ = only.key();
  fields_ = inner;
}

const boost::json::value* Tree::Find(std::string_view field) const {
  return fields_ == nullptr ? nullptr : fields_->if_contains(field);
}

Tree Tree::Child(std::string_view field) const {
  const boost::json::value* value = Find(field);
  return value == nullptr ? Tree() : Tree(*value);
}

std::vector<Tree> Tree::List(std::string_view field) const {
  std::vector<Tree> nodes;
  const boost::json::value* value = Find(field);
  const boost::json::array* items = value == nullptr ? nullptr : value->if_array();
  if (items == nullptr) return nodes;
  nodes.reserve(items->size());
  for (const boost::json::value& item : *items) nodes.emplace_back(item);
  return nodes;
}

bool Tree::Has(std::string_view field) const { return Find(field) != nullptr; }

std::string Tree::Text(std::string_view field) const {
  const boost::json::value* value = Find(field);
  const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

bool Tree::Flag(std::string_view field) const {
  const boost::json::value* value = Find(field);
  return value != nullptr && value->is_bool() && value->get_bool();
}

int64_t Tree::Number(std::string_view field, int64_t absent) const {
  const boost::json::value* value = Find(field);
  if (value == nullptr) return absent;
  if (value->is_int64()) return value->get_int64();
  return absent;
}

std::vector<std::string> Tree::Names(std::string_view field) const {
  std::vector<std::string> names;
  for (const Tree& node : List(field)) names.push_back(node.sval());
  return names;
}

int64_t LocationOf(const Tree& node) {
  if (!node) return -1;
  if (node.location() >= 0) {
    // An infix operator's own place is behind its left side.
    if (node.Is("A_Expr") && node.Child("lexpr")) {
      const int64_t left = LocationOf(node.Child("lexpr"));
      if (left >= 0) return left;
    }
    return node.location();
  }
  for (const char* field : {"arg", "node", "val", "typeName", "lexpr"}) {
    const int64_t at = LocationOf(node.Child(field));
    if (at >= 0) return at;
  }
  return -1;
}

}  // namespace tusk::df::sql
