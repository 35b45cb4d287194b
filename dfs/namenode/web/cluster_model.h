#pragma once

#include <string>

#include <boost/json/fwd.hpp>

#include "common/base/result.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// How the cluster is, for people: a level ("good", "warn", "bad"), a sentence, and what to type to
/// see more or mend it ("" when nothing is to do).
struct ClusterHealth {
  std::string level;
  std::string sentence;
  std::string advice;
};
ClusterHealth JudgeCluster(const OpContext& context);

// The facts of the pages as JSON. Sizes in bytes, times in milliseconds since 1970.
boost::json::value OverviewModel(const OpContext& context);
boost::json::value DatanodesModel(const OpContext& context);
/// A directory page by page (`after`: last name of the page before), or one file with its blocks.
Result<boost::json::value> FilesModel(const OpContext& context, const Caller& caller,
                                      const std::string& path, const std::string& after);

}  // namespace tusk::dfs::namenode
