#include "dfs/namenode/web/fsck_report.h"

#include <fmt/format.h>

namespace tusk::dfs::namenode {

namespace {

/// A share in percent as Java prints a float: "100.0", "33.333332".
std::string Percent(uint64_t part, uint64_t whole) {
  const float share =
      whole == 0 ? 0.0f : static_cast<float>(part) * 100.0f / static_cast<float>(whole);
  std::string text = fmt::format("{}", share);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string Ratio(uint64_t part, uint64_t whole) {
  const float ratio = whole == 0 ? 0.0f : static_cast<float>(part) / static_cast<float>(whole);
  std::string text = fmt::format("{}", ratio);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

void FsckReport::AddDirectory(std::string_view path) {
  ++directories_;
  if (flags_.files) text_ += fmt::format("{} <dir>\n", path);
}

std::string FsckReport::Locations(const BlockHealth& block) const {
  std::string list;
  for (const ReplicaHealth& replica : block.replicas) {
    if (!list.empty()) list += ", ";
    const DatanodeInfo& node = *replica.where.datanode;
    if (flags_.racks) {
      list += node.location == "/" ? "" : node.location;
      list += "/" + node.id.TransferAddress();
    } else {
      list += fmt::format("DatanodeInfoWithStorage[{},{},{}]", node.id.TransferAddress(),
                          *replica.where.storage_id, StorageTypeName(replica.where.storage_type));
    }
    if (flags_.replica_details) {
      list += replica.corrupt ? "(CORRUPT)" : replica.stale ? "(STALE_NODE)" : "(LIVE)";
    }
  }
  return list;
}

void FsckReport::AddBlock(const FsckFile& file, size_t index, std::string* lines) {
  const BlockHealth& block = file.blocks[index];
  const std::string name =
      fmt::format("{}:blk_{}_{}", block_pool_id_, block.block.id, block.block.generation_stamp);
  ++blocks_;
  bytes_ += block.block.length;
  live_replicas_ += block.live;
  wanted_replicas_ += file.replication;
  const bool corrupt = block.live == 0 && block.corrupt > 0;
  const bool missing = block.live == 0;
  if (block.live > 0) ++minimal_;
  if (block.live > file.replication) ++over_;
  if (corrupt) {
    ++corrupt_blocks_;
    text_ += fmt::format("\n{}: CORRUPT blockpool {} block blk_{}\n", file.path, block_pool_id_,
                         block.block.id);
  }
  if (missing) {
    ++missing_blocks_;
    corrupt_list_ += fmt::format("blk_{}\t{}\n", block.block.id, file.path);
  }
  if (!missing && block.live < file.replication) {
    ++under_;
    missing_replicas_ += file.replication - block.live;
    if (!flags_.list_corrupt) {
      text_ += fmt::format(
          "\n{}:  Under replicated {}. Target Replicas is {} but found {} live "
          "replica(s), 0 decommissioned replica(s), 0 decommissioning replica(s).\n",
          file.path, name, file.replication, block.live);
    }
  }
  if (!missing && block.badly_placed) {
    ++misplaced_;
    if (!flags_.list_corrupt) {
      text_ += fmt::format(
          "\n{}:  Replica placement policy is violated for {}. Block should be "
          "additionally replicated on 1 more rack(s).\n",
          file.path, name);
    }
  }
  if (!flags_.blocks) return;
  *lines += fmt::format("{}. {} len={}", index, name, block.block.length);
  if (missing) {
    *lines += corrupt ? " CORRUPT!" : " MISSING!";
  } else {
    *lines += fmt::format(" Live_repl={}", block.live);
  }
  if (flags_.locations || flags_.racks || flags_.replica_details) {
    *lines += fmt::format("  [{}]", Locations(block));
  }
  *lines += '\n';
}

void FsckReport::AddFile(const FsckFile& file) {
  if (file.open && !flags_.open_for_write) return;
  ++files_;
  const uint64_t missing_before = missing_blocks_;
  const size_t at = text_.size();
  std::string lines;
  uint64_t missing_bytes = 0;
  for (size_t i = 0; i < file.blocks.size(); ++i) {
    AddBlock(file, i, &lines);
    if (file.blocks[i].live == 0) missing_bytes += file.blocks[i].block.length;
  }
  const bool complaints = text_.size() > at;
  const uint64_t missing = missing_blocks_ - missing_before;
  if (missing > 0) ++corrupt_files_;
  if (flags_.list_corrupt) {
    text_.resize(at);
    return;
  }
  std::string head;
  if (flags_.files) {
    head = fmt::format("{} {} bytes, replicated: replication={}, {} block(s){}: ", file.path,
                       file.length, file.replication, file.blocks.size(),
                       file.open ? ", OPENFORWRITE" : "");
  }
  text_.insert(at, head);
  if (missing > 0) {
    const std::string what =
        fmt::format(" MISSING {} blocks of total size {} B", missing, missing_bytes);
    text_ += flags_.files ? what + '\n' : fmt::format("\n{}: {}.\n", file.path, what);
  } else if (flags_.files && !complaints) {
    text_ += " OK\n";
  }
  text_ += lines;
  if (flags_.blocks && !lines.empty()) text_ += '\n';
}

void FsckReport::Summarize(const BlockStats& stats) {
  text_ += healthy() ? "\nStatus: HEALTHY" : "\nStatus: CORRUPT";
  text_ += fmt::format(
      "\n Number of data-nodes:\t{}\n Number of racks:\t\t{}\n Total dirs:\t\t\t{}\n"
      " Total symlinks:\t\t0\n\nReplicated Blocks:\n Total size:\t{} B\n"
      " Total files:\t{}\n Total blocks (validated):\t{}",
      stats.live_datanodes, stats.racks, directories_, bytes_, files_, blocks_);
  if (blocks_ > 0) text_ += fmt::format(" (avg. block size {} B)", bytes_ / blocks_);
  if (missing_blocks_ > 0) {
    text_ += fmt::format(
        "\n  ********************************\n  CORRUPT FILES:\t{}\n  MISSING "
        "BLOCKS:\t{}\n  ********************************",
        corrupt_files_, missing_blocks_);
  }
  const auto counted = [&](std::string_view label, uint64_t count) {
    text_ += fmt::format("\n {}{}", label, count);
    if (blocks_ > 0) text_ += fmt::format(" ({} %)", Percent(count, blocks_));
  };
  counted("Minimally replicated blocks:\t", minimal_);
  counted("Over-replicated blocks:\t", over_);
  counted("Under-replicated blocks:\t", under_);
  counted("Mis-replicated blocks:\t\t", misplaced_);
  text_ += fmt::format(
      "\n Default replication factor:\t{}\n Average block replication:\t{}\n"
      " Missing blocks:\t\t{}\n Corrupt blocks:\t\t{}\n Missing replicas:\t\t{}",
      default_replication_, Ratio(live_replicas_, blocks_), missing_blocks_, corrupt_blocks_,
      missing_replicas_);
  if (wanted_replicas_ > 0) {
    text_ += fmt::format(" ({} %)", Percent(missing_replicas_, wanted_replicas_));
  }
  text_ += fmt::format("\n Blocks queued for replication:\t{}\n\n", stats.pending_replication);
  text_ +=
      "Erasure Coded Block Groups:\n Total size:\t0 B\n Total files:\t0\n"
      " Total block groups (validated):\t0\n Minimally erasure-coded block groups:\t0\n"
      " Over-erasure-coded block groups:\t0\n Under-erasure-coded block groups:\t0\n"
      " Unsatisfactory placement block groups:\t0\n Average block group size:\t0.0\n"
      " Missing block groups:\t\t0\n Corrupt block groups:\t\t0\n Missing internal blocks:\t0\n"
      " Blocks queued for replication:\t0\n";
}

void FsckReport::ListCorrupt(std::string_view path) {
  text_ += "Cookie:\t0\n" + corrupt_list_;
  text_ += fmt::format("\n\nThe filesystem under path '{}' has {} CORRUPT files", path,
                       missing_blocks_ == 0 ? "no" : fmt::format("{}", missing_blocks_));
}

}  // namespace tusk::dfs::namenode
