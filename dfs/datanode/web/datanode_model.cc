#include "dfs/datanode/web/datanode_model.h"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace tusk::dfs::datanode {

namespace json = boost::json;

namespace {

std::string FailedVolumes(const BlockStore& store) {
  std::string paths;
  for (const auto& volume : store.volumes().volumes()) {
    if (volume->failed()) paths += (paths.empty() ? "" : ", ") + volume->path();
  }
  return paths;
}

double Seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

}  // namespace

DatanodeHealth JudgeDatanode(const BlockStore& store, const LinkFacts& link,
                             std::chrono::milliseconds patience) {
  const VolumeSet& volumes = store.volumes();
  if (volumes.failed() > 0) {
    return {"bad", fmt::format("{} of {} volumes have failed: {}", volumes.failed(), volumes.size(),
                               FailedVolumes(store))};
  }
  if (!link.registered) {
    return {"warn", fmt::format("Waiting for the namenode at {}", link.namenode)};
  }
  if (link.silence > patience) {
    return {"bad", fmt::format("The namenode at {} has not answered for {:.0f} s", link.namenode,
                               Seconds(link.silence))};
  }
  return {"good",
          fmt::format("Serving {} replicas on {} volumes", store.ReplicaCount(), volumes.size())};
}

json::value DatanodeModel(const BlockStore& store, const LinkFacts& link,
                          const DatanodeHealth& health) {
  uint64_t capacity = 0;
  uint64_t used = 0;
  uint64_t remaining = 0;
  json::array volumes;
  for (const auto& volume : store.volumes().volumes()) {
    capacity += volume->capacity();
    used += volume->used();
    remaining += volume->remaining();
    // Written by the first attachment: not to be read before.
    const std::string storage_id = store.attached() ? volume->storage_id() : std::string();
    volumes.push_back({{"path", volume->path()},
                       {"type", StorageTypeName(volume->type())},
                       {"storageId", storage_id},
                       {"state", volume->failed() ? "failed" : "good"},
                       {"capacity", volume->capacity()},
                       {"used", volume->used()},
                       {"remaining", volume->remaining()},
                       {"replicas", store.ReplicaCount(volume->index())},
                       {"queuedWork", volume->pool().queued()}});
  }
  const bool attached = store.attached();
  return {{"level", health.level},
          {"health", health.sentence},
          {"clusterId", attached ? store.identity().cluster_id : std::string()},
          {"blockPoolId", attached ? store.pool_id() : std::string()},
          {"capacity", capacity},
          {"used", used},
          {"remaining", remaining},
          {"replicas", store.ReplicaCount()},
          {"streams", link.streams},
          {"copies", link.copies},
          {"recoveries", link.recoveries},
          {"namenode",
           {{"address", link.namenode},
            {"registered", link.registered},
            {"silentMillis", link.silence.count()},
            {"heartbeats", link.heartbeats},
            {"fullReports", link.full_reports},
            {"unreported", link.unreported}}},
          {"volumes", std::move(volumes)}};
}

}  // namespace tusk::dfs::datanode
