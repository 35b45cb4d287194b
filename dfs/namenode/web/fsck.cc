#include "dfs/namenode/web/fsck.h"

#include <charconv>
#include <ctime>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/get_file_info.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kPage = 1000;
constexpr size_t kMaxTextBytes = size_t{256} << 20;

/// "Tue Nov 24 18:00:00 UTC 2026", as Java's Date prints it.
std::string DateText(const Clock& clock) {
  const std::time_t seconds = static_cast<std::time_t>(clock.WallMillis() / 1000);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  char text[64];
  const size_t length = std::strftime(text, sizeof(text), "%a %b %d %H:%M:%S UTC %Y", &fields);
  return std::string(text, length);
}

std::string Join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (path.empty() || path.back() != '/') path += '/';
  path += name;
  return path;
}

/// One walk.
class Walk {
 public:
  Walk(const OpContext& context, const Caller& caller, const std::atomic<bool>& stop,
       FsckReport& report)
      : context_(context), caller_(caller), stop_(stop), report_(report) {}

  Status Run(const InodePtr& start, const std::string& path) {
    if (!start->IsDirectory()) {
      report_.AddFile(InspectFile(context_, *start, path));
      return Status();
    }
    std::vector<std::pair<InodePtr, std::string>> waiting;
    waiting.emplace_back(start, path);
    while (!waiting.empty()) {
      const auto [directory, at] = std::move(waiting.back());
      waiting.pop_back();
      RETURN_IF_ERROR(CheckAccess(context_, caller_, at, Access::kReadExecute));
      report_.AddDirectory(at);
      RETURN_IF_ERROR(Visit(*directory, at, &waiting));
    }
    return Status();
  }

 private:
  Status Visit(const Inode& directory, const std::string& path,
               std::vector<std::pair<InodePtr, std::string>>* waiting) {
    std::vector<std::pair<InodePtr, std::string>> below;
    std::optional<std::string> after;
    while (true) {
      std::vector<InodePtr> page;
      {
        ReaderLock lock(context_.ns.mutex());
        std::optional<std::string_view> from;
        if (after) from = *after;
        ASSIGN_OR_RETURN(page, context_.ns.tree().List(directory, from, kPage));
      }
      for (const InodePtr& inode : page) {
        if (inode->IsDirectory()) {
          below.emplace_back(inode, Join(path, inode->name));
        } else {
          report_.AddFile(InspectFile(context_, *inode, Join(path, inode->name)));
        }
      }
      if (stop_) return Status::Error(StatusCode::kCancelled, "the namenode stops");
      if (report_.text().size() > kMaxTextBytes) {
        return Status::Error(StatusCode::kTooLarge, "more to say than {} bytes: ask for less",
                             kMaxTextBytes);
      }
      if (page.size() < kPage) break;
      after = page.back()->name;
    }
    // The stack gives back the last first: names in rising order.
    waiting->insert(waiting->end(), std::make_move_iterator(below.rbegin()),
                    std::make_move_iterator(below.rend()));
    return Status();
  }

  const OpContext& context_;
  const Caller& caller_;
  const std::atomic<bool>& stop_;
  FsckReport& report_;
};

/// "blk_1073741825" or "blk_1073741825_1001".
std::optional<BlockId> ParseBlockName(std::string_view name) {
  if (!name.starts_with("blk_")) return std::nullopt;
  name.remove_prefix(4);
  name = name.substr(0, name.find('_'));
  int64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return BlockId(id);
}

std::string BlockText(const OpContext& context, std::string_view name) {
  const auto id = ParseBlockName(name);
  if (!id) return fmt::format("Incorrect blockId format: {}\n", name);
  const BlockHealth health = context.blocks.GetBlockHealth(*id);
  if (!context.blocks.Find(*id)) return fmt::format("Block {} does not exist\n", name);
  std::string path = "a file that is not reachable";
  {
    ReaderLock lock(context.ns.mutex());
    const Result<InodePtr> inode = context.ns.tree().ById(context.blocks.OwnerOf(*id));
    if (inode.ok() && *inode) {
      const Result<std::optional<std::string>> found = context.ns.tree().PathOf(**inode);
      if (found.ok() && *found) path = **found;
    }
  }
  std::string text = fmt::format(
      "Block Id: blk_{}\nBlock belongs to: {}\nNo. of Expected Replica: {}\n"
      "No. of live Replica: {}\nNo. of excess Replica: 0\nNo. of stale Replica: 0\n"
      "No. of decommissioned Replica: 0\nNo. of decommissioning Replica: 0\n"
      "No. of corrupted Replica: {}\n",
      *id, path, health.wanted, health.live, health.corrupt);
  for (const ReplicaHealth& replica : health.replicas) {
    text += fmt::format("Block replica on datanode/rack: {}{} is {}\n",
                        replica.where.datanode->id.host_name, replica.where.datanode->location,
                        replica.corrupt ? "CORRUPT" : "HEALTHY");
  }
  return text + '\n';
}

std::string RunOnBlocks(const OpContext& context, const Caller& caller,
                        const FsckRequest& request) {
  if (!caller.who->superuser) {
    return fmt::format("Access denied for user {}. Superuser privilege is required\nFSCK FAILED",
                       caller.who->user);
  }
  std::string text;
  std::string_view names = request.block_ids;
  while (!names.empty()) {
    const size_t end = std::min(names.find(' '), names.size());
    if (end > 0) text += BlockText(context, names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

FsckFile InspectFile(const OpContext& context, const Inode& inode, std::string path) {
  FsckFile file;
  file.path = std::move(path);
  file.length = inode.Length();
  file.replication = inode.replication;
  file.open = inode.IsOpen();
  for (const Block& block : inode.blocks) {
    BlockHealth health = context.blocks.GetBlockHealth(block.id);
    // A block that is being written may be anywhere between allocated and finalised.
    if (inode.IsOpen() && !health.complete) health.badly_placed = false;
    file.blocks.push_back(std::move(health));
  }
  return file;
}

std::string RunFsck(const OpContext& context, const Caller& caller, const FsckRequest& request,
                    const std::atomic<bool>& stop) {
  const Clock& clock = context.ns.clock();
  const auto started = clock.SteadyNow();
  FsckReport report(request.flags, context.blocks.identity().block_pool_id,
                    context.options.replication);
  std::string& text = report.text();
  text =
      fmt::format("FSCK started by {} (auth:SIMPLE) from /{} for {} {} at {}\n", caller.who->user,
                  caller.address, request.block_ids.empty() ? "path" : "blocks",
                  request.block_ids.empty() ? request.path : request.block_ids, DateText(clock));
  if (!request.block_ids.empty()) return text + RunOnBlocks(context, caller, request);
  InodePtr start;
  Status status;
  {
    ReaderLock lock(context.ns.mutex());
    const auto path = ResolveFor(context, request.path);
    status = path.ok() ? context.permissions.CheckTraverse(*caller.who, *path) : path.status();
    if (status.ok()) start = path->target();
  }
  if (status.ok() && !start) {
    return text + fmt::format("FSCK ended at {} in 0 milliseconds\n\n\nPath '{}' does not exist",
                              DateText(clock), request.path);
  }
  if (status.ok()) status = Walk(context, caller, stop, report).Run(start, request.path);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.SteadyNow() - started).count();
  if (!status.ok()) {
    return std::move(text) + fmt::format(
                                 "FSCK ended at {} in {} milliseconds\n{}\n\n\nFsck on path "
                                 "'{}' FAILED",
                                 DateText(clock), milliseconds, status.message(), request.path);
  }
  if (request.flags.list_corrupt) {
    report.ListCorrupt(request.path);
    return std::move(text);
  }
  report.Summarize(context.blocks.Stats());
  return std::move(text) + fmt::format(
                               "FSCK ended at {} in {} milliseconds\n\n\nThe filesystem "
                               "under path '{}' is {}",
                               DateText(clock), milliseconds, request.path,
                               report.healthy() ? "HEALTHY" : "CORRUPT");
}

}  // namespace tusk::dfs::namenode
