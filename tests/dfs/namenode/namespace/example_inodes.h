#pragma once

#include <memory>
#include <string>

#include "dfs/namenode/namespace/inode.h"
#include "dfs/namenode/namespace/name_table.h"
#include "dfs/namenode/namespace/namespace_store.h"

namespace tusk::dfs::namenode {

/// 2026-01-01 00:00:00 UTC.
inline constexpr int64_t kExampleTime = 1'767'225'600'000;

/// The inodes of the examples in docs/formats/namespace_store.md.
class ExampleInodes {
 public:
  Inode Directory() {
    Inode inode;
    inode.id = FileId(16386);
    inode.parent = kRootFileId;
    inode.name = "user";
    inode.type = FileType::kDirectory;
    inode.permission = 0755;
    inode.owner = names.Intern("alice");
    inode.group = names.Intern("users");
    inode.modification_ms = kExampleTime;
    inode.children = 1;
    return inode;
  }
  Inode File() {
    Inode inode = Directory();
    inode.id = FileId(16387);
    inode.parent = FileId(16386);
    inode.name = "notes";
    inode.type = FileType::kFile;
    inode.permission = 0644;
    inode.access_ms = kExampleTime;
    inode.children = 0;
    inode.replication = 3;
    inode.block_size = 128u << 20;
    inode.blocks = {{kFirstBlockId, kFirstGenerationStamp, 1000}};
    return inode;
  }
  Inode OpenFile() {
    Inode inode = File();
    inode.writer = std::make_shared<const Writer>(Writer{"client", "10.0.0.7"});
    return inode;
  }
  static NamespaceIdentity Identity() { return {42, "CID-test", "BP-1-127.0.0.1-2", kExampleTime}; }

  NameTable names;
};

}  // namespace tusk::dfs::namenode
