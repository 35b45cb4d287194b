#include "dfs/datanode/datanode_metrics.h"

#include <string>
#include <utility>

#include <boost/json.hpp>

#include "common/metrics/metric_registry.h"

namespace tusk::dfs::datanode {

namespace json = boost::json;

namespace {

constexpr const char* kDataset = "Hadoop:service=DataNode,name=FSDatasetState";
constexpr const char* kInfo = "Hadoop:service=DataNode,name=DataNodeInfo";

MetricInfo Info(std::string name, MetricUnit unit, std::string sentence, std::string bean = {},
                std::string attribute = {}) {
  MetricInfo info;
  info.name = std::move(name);
  info.unit = unit;
  info.sentence = std::move(sentence);
  info.bean = std::move(bean);
  info.attribute = std::move(attribute);
  return info;
}

double SumOfVolumes(const BlockStore& store, uint64_t (Volume::*read)() const) {
  double sum = 0;
  for (const auto& volume : store.volumes().volumes()) {
    sum += static_cast<double>((volume.get()->*read)());
  }
  return sum;
}

std::string VolumesJson(const BlockStore& store) {
  json::object volumes;
  for (const auto& volume : store.volumes().volumes()) {
    volumes[volume->path()] = {{"usedSpace", volume->used()},
                               {"freeSpace", volume->remaining()},
                               {"storageType", StorageTypeName(volume->type())},
                               {"numBlocks", store.ReplicaCount(volume->index())},
                               {"failed", volume->failed()}};
  }
  return json::serialize(volumes);
}

void AddStorageMetrics(MetricRegistry& metrics, const BlockStore* store) {
  metrics.AddGaugeFunction(Info("tusk_datanode_capacity_bytes", MetricUnit::kBytes,
                                "Size of all volumes.", kDataset, "Capacity"),
                           [store] { return SumOfVolumes(*store, &Volume::capacity); });
  metrics.AddGaugeFunction(Info("tusk_datanode_used_bytes", MetricUnit::kBytes,
                                "Room taken by replicas.", kDataset, "DfsUsed"),
                           [store] { return SumOfVolumes(*store, &Volume::used); });
  metrics.AddGaugeFunction(Info("tusk_datanode_remaining_bytes", MetricUnit::kBytes,
                                "Room that is left for replicas.", kDataset, "Remaining"),
                           [store] { return SumOfVolumes(*store, &Volume::remaining); });
  metrics.AddGaugeFunction(
      Info("tusk_datanode_failed_volumes", MetricUnit::kCount,
           "Volumes that have failed since the start.", kDataset, "NumFailedVolumes"),
      [store] { return static_cast<double>(store->volumes().failed()); });
  metrics.AddGaugeFunction(
      Info("tusk_datanode_replicas", MetricUnit::kCount, "Replicas of all volumes."),
      [store] { return static_cast<double>(store->ReplicaCount()); });
}

}  // namespace

void AddDatanodeMetrics(MetricRegistry& metrics, const BlockStore* store,
                        std::function<LinkFacts()> link) {
  AddStorageMetrics(metrics, store);
  const auto add = [&](MetricInfo info, double (*read)(const LinkFacts&)) {
    metrics.AddGaugeFunction(std::move(info), [link, read] { return read(link()); });
  };
  add(Info("tusk_datanode_streams", MetricUnit::kCount, "Open block streams.", kInfo,
           "XceiverCount"),
      [](const LinkFacts& facts) { return double(facts.streams); });
  add(Info("tusk_datanode_copies", MetricUnit::kCount,
           "Copies to other datanodes that the namenode has ordered, under way."),
      [](const LinkFacts& facts) { return double(facts.copies); });
  add(Info("tusk_datanode_recoveries", MetricUnit::kCount, "Block recoveries that are led here."),
      [](const LinkFacts& facts) { return double(facts.recoveries); });
  add(Info("tusk_datanode_heartbeats", MetricUnit::kCount,
           "Heartbeats that the namenode has answered since the start."),
      [](const LinkFacts& facts) { return double(facts.heartbeats); });
  add(Info("tusk_datanode_unreported_changes", MetricUnit::kCount,
           "Replicas that came or went and are not reported yet."),
      [](const LinkFacts& facts) { return double(facts.unreported); });
  add(Info("tusk_datanode_namenode_silence_seconds", MetricUnit::kSeconds,
           "Time since the namenode answered last; negative before the first answer."),
      [](const LinkFacts& facts) { return double(facts.silence.count()) / 1000; });
  // Both are JSON documents in a string, as Hadoop has them.
  metrics.AddText(kInfo, "NamenodeAddresses", [link, store] {
    const std::string pool = store->attached() ? store->pool_id() : std::string();
    return json::serialize(json::object{{link().namenode, pool}});
  });
  metrics.AddText(kInfo, "VolumeInfo", [store] { return VolumesJson(*store); });
  metrics.AddText(kInfo, "ClusterId", [store] {
    return store->attached() ? store->identity().cluster_id : std::string();
  });
}

}  // namespace tusk::dfs::datanode
