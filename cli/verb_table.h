#pragma once

#include <string_view>
#include <vector>

#include "common/daemon/command.h"

namespace tusk::cli {

/// A heading of `tusk help` and the verbs below it.
struct VerbGroup {
  std::string_view title;
  std::vector<Command> commands;
};

/// Every verb that is compiled in, gathered from each layer's tools and daemons.
std::vector<VerbGroup> VerbGroups();

/// The verb of that name; nothing when none is compiled in.
const Command* FindVerb(const std::vector<VerbGroup>& groups, std::string_view name);

/// Says on stderr that there is no such verb, and which one may be meant. Returns kUsageExit.
int FailUnknownVerb(const std::vector<VerbGroup>& groups, std::string_view verb);

/// Of `names`, the one that a user who typed `name` most likely meant; empty when none is near.
std::string_view NearestName(const std::vector<std::string_view>& names, std::string_view name);

}  // namespace tusk::cli
