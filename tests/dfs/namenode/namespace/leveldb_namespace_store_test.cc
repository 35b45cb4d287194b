#include "dfs/namenode/namespace/leveldb_namespace_store.h"

#include <gtest/gtest.h>

#include "tests/dfs/namenode/namespace/example_inodes.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

class NamespaceStoreTest : public testing::Test, protected ExampleInodes {
 protected:
  void SetUp() override {
    Inode root = Directory();
    root.id = kRootFileId;
    root.parent = kNoParent;
    root.name = "";
    ASSERT_OK(LevelDbNamespaceStore::Create(env_, "/store", Identity(), names, root));
    Reopen();
  }
  void Reopen() {
    store_.reset();
    auto store = LevelDbNamespaceStore::Open(env_, "/store", names, 1 << 20);
    ASSERT_OK(store);
    store_ = std::move(*store);
  }
  static NamespaceStore::Write Put(const Inode& inode) {
    return {inode.parent, inode.name, inode.id, std::make_shared<const Inode>(inode), false};
  }
  std::vector<std::string> Names(FileId parent, std::optional<std::string_view> after = {}) {
    std::vector<std::string> names;
    EXPECT_OK(store_->List(parent, after, [&names](const InodePtr& inode) {
      names.push_back(inode->name);
      return true;
    }));
    return names;
  }

  MemoryEnv env_;
  std::unique_ptr<LevelDbNamespaceStore> store_;
};

TEST_F(NamespaceStoreTest, ANewStoreHasTheTwoTrees) {
  EXPECT_EQ(store_->identity(), Identity());
  EXPECT_EQ(store_->counters(), NamespaceCounters());
  ASSERT_OK_AND_ASSIGN(const InodePtr root, store_->GetById(kRootFileId));
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->parent, kNoParent);
  ASSERT_OK_AND_ASSIGN(const InodePtr deleted, store_->Get(kNoParent, "deleted"));
  ASSERT_NE(deleted, nullptr);
  EXPECT_EQ(deleted->id, kDeletedFileId);
  EXPECT_EQ(deleted->permission, 0);
  EXPECT_EQ(*store_->Get(kRootFileId, "nothing"), nullptr);
  EXPECT_EQ(*store_->GetById(FileId(99)), nullptr);
}

TEST_F(NamespaceStoreTest, ChildrenComeInByteOrderOfTheirNamesOnly) {
  std::vector<NamespaceStore::Write> writes;
  uint64_t id = 17'000;
  for (const std::string name : {"b", "a", "ab", "a\x01", "\xff\xff", "a b", "Z"}) {
    Inode inode = File();
    inode.id = FileId(++id);
    inode.parent = FileId(300);
    inode.name = name;
    writes.push_back(Put(inode));
    inode.id = FileId(++id);
    inode.parent = FileId(301);  // the directory with the next id
    inode.name = "other";
    if (name == "b") writes.push_back(Put(inode));
  }
  NamespaceCounters counters;
  counters.applied_txid = 5;
  ASSERT_OK(store_->Apply(writes, counters));
  Reopen();
  EXPECT_EQ(store_->counters(), counters);
  EXPECT_EQ(Names(FileId(300)),
            (std::vector<std::string>{"Z", "a", "a\x01", "a b", "ab", "b", "\xff\xff"}));
  EXPECT_EQ(Names(FileId(300), "a"),
            (std::vector<std::string>{"a\x01", "a b", "ab", "b", "\xff\xff"}));
  EXPECT_EQ(Names(FileId(300), "aa"), (std::vector<std::string>{"ab", "b", "\xff\xff"}));
  EXPECT_EQ(Names(FileId(300), "\xff\xff"), std::vector<std::string>());
  EXPECT_EQ(Names(FileId(299)), std::vector<std::string>());
}

TEST_F(NamespaceStoreTest, AMoveIsARemovalAndAPut) {
  Inode inode = File();
  ASSERT_OK(store_->Apply({Put(inode)}, {}));
  const NamespaceStore::Write removed = {inode.parent, inode.name, inode.id, nullptr, false};
  inode.name = "moved";
  ASSERT_OK(store_->Apply({removed, Put(inode)}, {}));
  EXPECT_EQ(*store_->Get(inode.parent, "notes"), nullptr);
  ASSERT_OK_AND_ASSIGN(const InodePtr found, store_->GetById(inode.id));
  EXPECT_EQ(found->name, "moved");
  ASSERT_OK(store_->Apply({{inode.parent, inode.name, inode.id, nullptr, false},
                           {inode.parent, inode.name, inode.id, nullptr, true}},
                          {}));
  EXPECT_EQ(*store_->GetById(inode.id), nullptr);
}

TEST_F(NamespaceStoreTest, AnIdThatLeadsElsewhereIsCorrupt) {
  const Inode inode = File();
  ASSERT_OK(store_->Apply({Put(inode)}, {}));
  ASSERT_OK(store_->Apply({{inode.parent, inode.name, inode.id, nullptr, false}}, {}));
  EXPECT_THAT(store_->GetById(inode.id), StatusIs(StatusCode::kCorruption));
}

TEST_F(NamespaceStoreTest, AnApplyIsWholeOrNotAtAllAtEveryCrash) {
  std::vector<NamespaceStore::Write> writes;
  for (uint64_t i = 0; i < 30; ++i) {
    Inode inode = File();
    inode.id = FileId(17'000 + i);
    inode.name = std::to_string(i);
    writes.push_back(Put(inode));
  }
  NamespaceCounters counters;
  counters.applied_txid = 30;
  for (uint64_t step = 1; step < 8; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      SCOPED_TRACE(fmt::format("step {} mode {}", step, static_cast<int>(mode)));
      MemoryEnv env;
      Inode root = Directory();
      root.id = kRootFileId;
      root.parent = kNoParent;
      root.name = "";
      ASSERT_OK(LevelDbNamespaceStore::Create(env, "/store", Identity(), names, root));
      bool told = false;
      {
        auto store = LevelDbNamespaceStore::Open(env, "/store", names, 1 << 20);
        ASSERT_OK(store);
        env.CrashAt(env.steps() + step);
        told = (*store)->Apply(writes, counters).ok();
        if (!told) {
          EXPECT_FALSE((*store)->Apply(writes, counters).ok()) << "dead for writing";
        }
      }
      env.Crash(mode, step);
      auto store = LevelDbNamespaceStore::Open(env, "/store", names, 1 << 20);
      ASSERT_OK(store);
      const TxId applied = (*store)->counters().applied_txid;
      EXPECT_TRUE(applied == 30 || (!told && applied == 0)) << applied;
      for (uint64_t i = 0; i < 30; ++i) {
        ASSERT_OK_AND_ASSIGN(const InodePtr inode, (*store)->GetById(FileId(17'000 + i)));
        EXPECT_EQ(inode != nullptr, applied == 30);
      }
    }
  }
}

}  // namespace
}  // namespace tusk::dfs::namenode
