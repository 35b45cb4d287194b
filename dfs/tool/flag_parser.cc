#include "dfs/tool/flag_parser.h"

#include <utility>

namespace tusk::dfs {

FlagParser::FlagParser(std::set<std::string, std::less<>> flags, size_t min_arguments,
                       size_t max_arguments, std::set<std::string, std::less<>> valued)
    : flags_(std::move(flags)),
      valued_(std::move(valued)),
      min_arguments_(min_arguments),
      max_arguments_(max_arguments) {}

Status FlagParser::Parse(std::span<const std::string> arguments) {
  size_t i = 0;
  for (; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      ++i;
      break;
    }
    if (argument.size() < 2 || argument[0] != '-') break;
    const std::string flag = argument.substr(1);
    if (flags_.contains(flag)) {
      given_[flag];
    } else if (valued_.contains(flag)) {
      if (i + 1 == arguments.size()) {
        return Status::Error(StatusCode::kInvalidArgument, "option '{}' requires a value", flag);
      }
      given_[flag] = arguments[++i];
    } else {
      return Status::Error(StatusCode::kInvalidArgument, "Illegal option {}", argument);
    }
  }
  arguments_.assign(arguments.begin() + static_cast<ptrdiff_t>(i), arguments.end());
  if (arguments_.size() < min_arguments_) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "Not enough arguments: expected {} but got {}", min_arguments_,
                         arguments_.size());
  }
  if (arguments_.size() > max_arguments_) {
    return Status::Error(StatusCode::kInvalidArgument, "Too many arguments: expected {} but got {}",
                         max_arguments_, arguments_.size());
  }
  return Status::Ok();
}

std::string FlagParser::Value(std::string_view flag) const {
  const auto found = given_.find(flag);
  return found == given_.end() ? std::string() : found->second;
}

}  // namespace tusk::dfs
