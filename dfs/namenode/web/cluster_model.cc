#include "dfs/namenode/web/cluster_model.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/get_file_info.h"
#include "dfs/namenode/ops/list_directory.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/web/fsck.h"

namespace tusk::dfs::namenode {

namespace json = boost::json;

namespace {

json::object FileFacts(const FileStatus& status, std::string_view path) {
  json::object file;
  file["path"] = path;
  file["type"] = status.IsDirectory() ? "directory" : "file";
  file["length"] = status.length;
  file["replication"] = status.replication;
  file["blockSize"] = status.block_size;
  file["modified"] = status.modification_ms;
  file["permission"] = fmt::format("{:o}", status.permission);
  file["owner"] = status.owner;
  file["group"] = status.group;
  return file;
}

json::array BlockFacts(const OpContext& context, const Inode& inode) {
  json::array blocks;
  for (const BlockHealth& health : InspectFile(context, inode, "").blocks) {
    json::object block;
    block["name"] = fmt::format("blk_{}_{}", health.block.id, health.block.generation_stamp);
    block["length"] = health.block.length;
    block["complete"] = health.complete;
    block["live"] = health.live;
    block["wanted"] = health.wanted;
    json::array replicas;
    for (const ReplicaHealth& replica : health.replicas) {
      const DatanodeInfo& node = *replica.where.datanode;
      json::object place;
      place["datanode"] = node.id.TransferAddress();
      place["host"] = node.id.host_name;
      place["rack"] = node.location;
      place["storage"] = *replica.where.storage_id;
      place["state"] = replica.corrupt ? "corrupt" : replica.stale ? "silent" : "live";
      replicas.push_back(std::move(place));
    }
    block["replicas"] = std::move(replicas);
    blocks.push_back(std::move(block));
  }
  return blocks;
}

Result<InodePtr> FindInode(const OpContext& context, const Caller& caller,
                           const std::string& path_text) {
  ReaderLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
  if (!path.target()) return NoSuchFile(path_text);
  return path.target();
}

}  // namespace

ClusterHealth JudgeCluster(const OpContext& context) {
  const BlockStats stats = context.blocks.Stats();
  if (stats.missing > 0) {
    return {"bad",
            fmt::format("{} of {} blocks have no good copy on any live datanode", stats.missing,
                        stats.blocks),
            "tusk fsck / -list-corruptfileblocks"};
  }
  if (stats.live_datanodes == 0) {
    return {"bad", "No datanode is connected: nothing can be read or written", "tusk datanode"};
  }
  if (context.safe_mode.IsOn()) {
    return {"warn", "Safe mode is on: the file system is read-only. " + context.safe_mode.Tip(),
            "tusk admin -safemode get"};
  }
  if (stats.under_replicated > 0) {
    return {"warn",
            fmt::format("{} of {} blocks have fewer copies than wanted; {} copies are on their way "
                        "among {} live datanodes",
                        stats.under_replicated, stats.blocks, stats.pending_replication,
                        stats.live_datanodes),
            "tusk fsck / -blocks"};
  }
  if (stats.dead_datanodes > 0 || stats.stale_datanodes > 0) {
    return {"warn",
            fmt::format("All {} blocks are whole; {} of {} datanodes are dead, {} are silent",
                        stats.blocks, stats.dead_datanodes,
                        stats.dead_datanodes + stats.live_datanodes, stats.stale_datanodes),
            "tusk admin -report"};
  }
  return {"good",
          fmt::format("Healthy: {} live datanodes hold {} blocks, all with the wanted copies",
                      stats.live_datanodes, stats.blocks),
          ""};
}

json::value OverviewModel(const OpContext& context) {
  const ClusterHealth health = JudgeCluster(context);
  const BlockStats stats = context.blocks.Stats();
  const ClusterIdentity identity = context.blocks.identity();
  const NamespaceTotals totals = context.ns.totals();
  json::object model;
  model["level"] = health.level;
  model["health"] = health.sentence;
  model["advice"] = health.advice;
  model["clusterId"] = identity.cluster_id;
  model["blockPoolId"] = identity.block_pool_id;
  model["version"] = identity.software_version;
  model["safeMode"] = context.safe_mode.IsOn();
  model["files"] = totals.files;
  model["directories"] = totals.directories;
  model["blocks"] = stats.blocks;
  model["capacity"] = stats.capacity;
  model["used"] = stats.dfs_used;
  model["nonDfsUsed"] = stats.non_dfs_used;
  model["remaining"] = stats.remaining;
  model["liveDatanodes"] = stats.live_datanodes;
  model["deadDatanodes"] = stats.dead_datanodes;
  model["silentDatanodes"] = stats.stale_datanodes;
  model["racks"] = stats.racks;
  model["underReplicated"] = stats.under_replicated;
  model["missing"] = stats.missing;
  model["corrupt"] = stats.corrupt;
  model["pendingReplication"] = stats.pending_replication;
  model["pendingDeletion"] = stats.pending_deletion;
  model["failedVolumes"] = stats.failed_volumes;
  json::array missing;
  constexpr size_t kShown = 50;
  for (BlockId block : context.blocks.MissingBlocks(BlockId(INT64_MIN), kShown)) {
    missing.push_back(json::string(fmt::format("blk_{}", block)));
  }
  model["missingBlocks"] = std::move(missing);
  return model;
}

json::value DatanodesModel(const OpContext& context) {
  const int64_t now = context.ns.clock().WallMillis();
  json::array nodes;
  for (const DatanodeReport& report : context.blocks.GetDatanodeReport(DatanodeReportKind::kAll)) {
    json::object node;
    node["state"] = report.dead ? "dead" : report.stale ? "silent" : "live";
    node["host"] = report.info.id.host_name;
    node["address"] = report.info.id.TransferAddress();
    node["http"] = fmt::format("{}:{}", report.info.id.ip_address, report.info.id.info_port);
    node["uuid"] = report.info.id.uuid;
    node["rack"] = report.info.location;
    node["version"] = report.software_version;
    node["lastContact"] = report.info.last_update_ms;
    node["silentMillis"] = now - report.info.last_update_ms;
    node["lastBlockReport"] = report.info.last_block_report_ms;
    node["capacity"] = report.info.capacity;
    node["used"] = report.info.dfs_used;
    node["nonDfsUsed"] = report.info.non_dfs_used;
    node["remaining"] = report.info.remaining;
    node["blocks"] = report.info.block_count;
    node["streams"] = report.info.xceiver_count;
    node["failedVolumes"] = report.failed_volumes;
    node["scheduledBlocks"] = report.scheduled_blocks;
    json::array storages;
    for (const StorageUsage& usage : report.storages) {
      json::object storage;
      storage["id"] = usage.storage_id;
      storage["type"] = StorageTypeName(usage.type);
      storage["failed"] = usage.failed;
      storage["capacity"] = usage.capacity;
      storage["used"] = usage.dfs_used;
      storage["remaining"] = usage.remaining;
      storages.push_back(std::move(storage));
    }
    node["storages"] = std::move(storages);
    nodes.push_back(std::move(node));
  }
  return json::object{{"datanodes", std::move(nodes)}};
}

Result<json::value> FilesModel(const OpContext& context, const Caller& caller,
                               const std::string& path, const std::string& after) {
  ASSIGN_OR_RETURN(const InodePtr inode, FindInode(context, caller, path));
  json::object model = FileFacts(StatusOf(context, *inode, path), path);
  if (inode->IsFile()) {
    RETURN_IF_ERROR(CheckAccess(context, caller, path, Access::kRead));
    model["open"] = inode->IsOpen();
    model["blocks"] = BlockFacts(context, *inode);
    return json::value(std::move(model));
  }
  ASSIGN_OR_RETURN(const std::optional<DirectoryPage> page,
                   ListDirectory(context, caller, path, after, false));
  json::array entries;
  if (page) {
    for (const DirectoryPage::Entry& entry : page->entries) {
      entries.push_back(FileFacts(entry.status, entry.status.path));
    }
    model["remaining"] = page->remaining;
  }
  model["entries"] = std::move(entries);
  return json::value(std::move(model));
}

}  // namespace tusk::dfs::namenode
