#include "tests/dfs/namenode/namespace/random_mutation.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

struct Everything {
  std::vector<InodePtr> directories;
  std::vector<InodePtr> files;
  std::vector<InodePtr> deleted;  // ready to be taken apart
};

Status Collect(InodeTree& tree, const InodePtr& inode, bool deleted, Everything* all) {
  if (inode->IsDirectory()) {
    if (!deleted) all->directories.push_back(inode);
    ASSIGN_OR_RETURN(const auto children, tree.List(*inode, std::nullopt, SIZE_MAX));
    for (const InodePtr& child : children) RETURN_IF_ERROR(Collect(tree, child, deleted, all));
    if (!deleted || inode->children > 0 || inode->id == kDeletedFileId) return Status::Ok();
  } else if (!deleted) {
    all->files.push_back(inode);
    return Status::Ok();
  }
  all->deleted.push_back(inode);
  return Status::Ok();
}

std::string NewName(InodeTree& tree) { return fmt::format("n{}", tree.NextFileId()); }

PutInode NewInode(InodeTree& tree, const Inode& parent, FileType type, Random& random) {
  PutInode put;
  put.inode.id = tree.NextFileId();
  put.inode.parent = parent.id;
  put.inode.name = NewName(tree);
  put.inode.type = type;
  put.inode.permission = static_cast<uint16_t>(random.Below(01000));
  put.inode.owner = parent.owner;
  put.inode.group = parent.group;
  if (type == FileType::kFile) {
    put.inode.replication = static_cast<uint16_t>(1 + random.Below(3));
    put.inode.block_size = 1 << 20;
    put.inode.writer = std::make_shared<const Writer>(Writer{"client", "10.0.0.1"});
  }
  return put;
}

/// True when `inode` is `ancestor` or below it.
Result<bool> IsBelow(InodeTree& tree, InodePtr inode, FileId ancestor) {
  while (inode) {
    if (inode->id == ancestor) return true;
    if (inode->parent == kNoParent) return false;
    ASSIGN_OR_RETURN(inode, tree.ById(inode->parent));
  }
  return false;
}

Status AddFileChange(InodeTree& tree, const Inode& file, Random& random, Mutation* mutation) {
  const uint32_t count = static_cast<uint32_t>(file.blocks.size());
  switch (random.Below(6)) {
    case 0:
    case 1: {  // the next block
      SetBlocks set{file.id, count, {}};
      if (count > 0) {
        set.keep = count - 1;
        Block last = file.blocks.back();
        last.length = 1 + random.Below(1 << 20);
        set.tail.push_back(last);
      }
      set.tail.push_back(Block{tree.NextBlockId(), tree.NextGenerationStamp(), 0});
      mutation->kind = MutationKind::kAddBlock;
      mutation->changes.push_back(std::move(set));
      return Status::Ok();
    }
    case 2:
      mutation->kind = MutationKind::kAbandonBlock;
      mutation->changes.push_back(SetBlocks{file.id, count > 0 ? count - 1 : 0, {}});
      return Status::Ok();
    case 3:
      mutation->kind = MutationKind::kComplete;
      mutation->changes.push_back(ClearWriter{file.id});
      return Status::Ok();
    case 4:
      mutation->kind = MutationKind::kAppend;
      mutation->changes.push_back(SetWriter{file.id, "appender", "10.0.0.2"});
      return Status::Ok();
    default: {
      SetAttributes set;
      set.id = file.id;
      set.permission = static_cast<uint16_t>(random.Below(02000));
      set.access_ms = static_cast<int64_t>(random.Below(1000));
      if (random.Chance(0.5)) set.replication = static_cast<uint16_t>(1 + random.Below(5));
      mutation->kind = MutationKind::kSetPermission;
      mutation->changes.push_back(std::move(set));
      return Status::Ok();
    }
  }
}

}  // namespace

Result<Mutation> RandomMutation(Namespace& ns, Random& random) {
  InodeTree& tree = ns.tree();
  Everything all;
  RETURN_IF_ERROR(Collect(tree, tree.root(), false, &all));
  ASSIGN_OR_RETURN(const InodePtr deleted, tree.ById(kDeletedFileId));
  RETURN_IF_ERROR(Collect(tree, deleted, true, &all));

  Mutation mutation;
  mutation.time_ms = ns.clock().WallMillis() + static_cast<int64_t>(random.Below(1000));
  const auto pick = [&](const std::vector<InodePtr>& from) -> const InodePtr& {
    return from[random.Below(from.size())];
  };
  const uint64_t dice = random.Below(20);
  if (dice < 5 || all.files.empty()) {
    mutation.kind = MutationKind::kCreate;
    mutation.changes.push_back(NewInode(tree, *pick(all.directories), FileType::kFile, random));
  } else if (dice < 7) {
    mutation.kind = MutationKind::kMakeDirectories;
    mutation.changes.push_back(
        NewInode(tree, *pick(all.directories), FileType::kDirectory, random));
  } else if (dice < 9) {
    const InodePtr& file = pick(all.files);
    mutation.kind = MutationKind::kDelete;
    mutation.changes.push_back(RemoveInode{file->id});
  } else if (dice < 10 && all.directories.size() > 1) {
    const InodePtr& directory = all.directories[1 + random.Below(all.directories.size() - 1)];
    mutation.kind = MutationKind::kDelete;
    mutation.changes.push_back(
        MoveInode{directory->id, kDeletedFileId, std::to_string(directory->id.value())});
  } else if (dice < 12 && !all.deleted.empty()) {
    mutation.kind = MutationKind::kReclaim;
    mutation.changes.push_back(RemoveInode{pick(all.deleted)->id});
  } else if (dice < 15) {
    const std::vector<InodePtr>& from =
        all.directories.size() > 1 && random.Chance(0.3) ? all.directories : all.files;
    const InodePtr& what = pick(from);
    const InodePtr& to = pick(all.directories);
    ASSIGN_OR_RETURN(const bool cycle, IsBelow(tree, to, what->id));
    mutation.kind = MutationKind::kRename;
    if (what->id == kRootFileId || cycle) {
      mutation.changes.push_back(UseGenerationStamp{tree.NextGenerationStamp()});
    } else {
      mutation.changes.push_back(
          MoveInode{what->id, to->id, fmt::format("m{}", random.Below(1'000'000'000))});
    }
  } else {
    RETURN_IF_ERROR(AddFileChange(tree, *pick(all.files), random, &mutation));
  }
  return mutation;
}

}  // namespace tusk::dfs::namenode
