#include "cli/verb_table.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>

#include <fmt/core.h>

#include "cli/cli_commands.h"
#include "cli/cluster_command.h"
#include "cli/external_verb.h"
#include "common/base/nearest_name.h"
#include "dfs/datanode/datanode_command.h"
#include "dfs/namenode/namenode_command.h"
#include "dfs/tool/dfs_commands.h"
#include "mapreduce/jobtracker/jobtracker.h"
#include "mapreduce/tasktracker/tasktracker.h"
#include "mapreduce/tool/mapreduce_commands.h"

namespace tusk::cli {
namespace {

std::vector<Command> Verbs(std::span<const Command> commands) {
  return std::vector<Command>(commands.begin(), commands.end());
}

}  // namespace

std::vector<VerbGroup> VerbGroups() {
  return {
      {"Files", Verbs(dfs::DfsCommands())},
      {"Jobs", Verbs(mapreduce::MapreduceCommands())},
      {"A cluster on this machine", {kClusterCommand}},
      {"Daemons",
       {dfs::namenode::kNamenodeCommand, dfs::datanode::kDatanodeCommand,
        mapreduce::jobtracker::kJobtrackerCommand, mapreduce::tasktracker::kTasktrackerCommand}},
      {"This program", Verbs(CliCommands())},
  };
}

const Command* FindVerb(const std::vector<VerbGroup>& groups, std::string_view name) {
  for (const VerbGroup& group : groups) {
    for (const Command& command : group.commands) {
      if (command.name == name) return &command;
    }
  }
  return nullptr;
}

int FailUnknownVerb(const std::vector<VerbGroup>& groups, std::string_view verb) {
  const std::vector<std::string> external = ListExternalVerbs();
  std::vector<std::string_view> names(external.begin(), external.end());
  for (const VerbGroup& group : groups) {
    for (const Command& command : group.commands) names.push_back(command.name);
  }
  std::string text = fmt::format("error: no verb \"{}\"\n", verb);
  const std::string_view nearest = NearestName(names, verb);
  if (!nearest.empty()) text += fmt::format("  nearest: {}\n", nearest);
  std::fputs((text + "  all: tusk help\n").c_str(), stderr);
  return kUsageExit;
}

std::string_view NearestName(const std::vector<std::string_view>& names, std::string_view name) {
  std::string_view nearest;
  size_t best = name.size() / 2 + 1;
  for (const std::string_view known : names) {
    const size_t distance = EditDistance(known, name);
    if (distance >= best) continue;
    best = distance;
    nearest = known;
  }
  return nearest;
}

}  // namespace tusk::cli
