#include "dfs/namenode/journal/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/net/io_runtime.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

/// A journal in memory whose appends can be held back and made to fail.
class GatedJournal final : public Journal {
 public:
  Result<Recovered> Recover(uint64_t) override { return Recovered(); }
  Status Append(const JournalBatch& batch, TxId expected_txid) override {
    MutexLock lock(mutex_);
    while (closed_) wake_.Wait(mutex_);
    if (!error_.ok()) return error_;
    if (expected_txid != last_ + 1) return Status(StatusCode::kFailedPrecondition, "order");
    last_ = batch.last_txid();
    batches_.push_back(batch.count);
    return Status::Ok();
  }
  Status Read(TxId, const std::function<Status(TxId, ByteView)>&) override { return Status::Ok(); }
  Status Trim(TxId upto) override {
    MutexLock lock(mutex_);
    trimmed_ = upto;
    return Status::Ok();
  }
  Status Close() override { return Status::Ok(); }

  void Hold() {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  void Release(Status error = Status::Ok()) {
    MutexLock lock(mutex_);
    closed_ = false;
    error_ = std::move(error);
    wake_.NotifyAll();
  }
  std::vector<uint32_t> batches() {
    MutexLock lock(mutex_);
    return batches_;
  }
  TxId trimmed() {
    MutexLock lock(mutex_);
    return trimmed_;
  }

 private:
  Mutex mutex_;
  CondVar wake_;
  bool closed_ GUARDED_BY(mutex_) = false;
  Status error_ GUARDED_BY(mutex_);
  TxId last_ GUARDED_BY(mutex_) = 0;
  TxId trimmed_ GUARDED_BY(mutex_) = 0;
  std::vector<uint32_t> batches_ GUARDED_BY(mutex_);
};

void Unexpected(const Status& status) { ADD_FAILURE() << status.ToString(); }

TEST(GroupCommit, AnAdditionBecomesDurable) {
  GatedJournal journal;
  GroupCommit commit(journal, 0, Unexpected);
  commit.Start();
  commit.Add(1, AsBytes("a"));
  EXPECT_OK(commit.WaitDurableBlocking(1));
  EXPECT_EQ(commit.durable_txid(), 1u);
  IoRuntime runtime(1);
  EXPECT_OK(RunBlocking(runtime.NewStrand(), commit.WaitDurable(1)));
  commit.Stop();
  runtime.Stop();
}

TEST(GroupCommit, WhatGathersDuringASyncIsOneBatch) {
  GatedJournal journal;
  journal.Hold();
  GroupCommit commit(journal, 0, Unexpected);
  commit.Start();
  commit.Add(1, AsBytes("first"));
  while (commit.pending_bytes() > 0) std::this_thread::yield();  // taken by the writer
  for (TxId txid = 2; txid <= 65; ++txid) commit.Add(txid, AsBytes("x"));
  journal.Release();
  EXPECT_OK(commit.WaitDurableBlocking(65));
  EXPECT_EQ(journal.batches(), (std::vector<uint32_t>{1, 64}));
  EXPECT_EQ(commit.counts().batches, 2u);
  EXPECT_EQ(commit.counts().records, 65u);
  commit.Stop();
}

TEST(GroupCommit, ManyCoroutinesAreWokenByOneBatch) {
  GatedJournal journal;
  IoRuntime runtime(2);
  GroupCommit commit(journal, 0, Unexpected);
  commit.Start();
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  callers.reserve(8);
  Mutex order;
  TxId last = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const Executor strand = runtime.NewStrand();
      for (int k = 0; k < 50; ++k) {
        TxId txid;
        {
          MutexLock lock(order);
          txid = ++last;
          commit.Add(txid, AsBytes("r"));
        }
        if (RunBlocking(strand, commit.WaitDurable(txid)).ok()) ++done;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 400);
  EXPECT_EQ(commit.durable_txid(), 400u);
  commit.Stop();
  runtime.Stop();
}

TEST(GroupCommit, AFailedAppendFailsEveryoneAndIsToldOnce) {
  GatedJournal journal;
  journal.Hold();
  std::atomic<int> told{0};
  GroupCommit commit(journal, 0, [&](const Status& status) {
    EXPECT_THAT(status, StatusIs(StatusCode::kIoError));
    ++told;
  });
  commit.Start();
  commit.Add(1, AsBytes("a"));
  commit.Add(2, AsBytes("b"));
  std::thread waiter(
      [&] { EXPECT_THAT(commit.WaitDurableBlocking(1), StatusIs(StatusCode::kIoError)); });
  journal.Release(Status(StatusCode::kIoError, "disk"));
  waiter.join();
  EXPECT_THAT(commit.WaitDurableBlocking(2), StatusIs(StatusCode::kIoError));
  commit.Stop();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(commit.durable_txid(), 0u);
}

TEST(GroupCommit, StopWritesWhatWasAdded) {
  GatedJournal journal;
  GroupCommit commit(journal, 10, Unexpected);
  journal.Release();
  commit.Start();
  commit.Stop();
  GatedJournal second;
  GroupCommit late(second, 0, Unexpected);
  late.Add(1, AsBytes("before the start"));
  late.Start();
  late.Stop();
  EXPECT_EQ(late.durable_txid(), 1u);
  EXPECT_THAT(late.WaitDurableBlocking(2), StatusIs(StatusCode::kUnavailable));
}

TEST(GroupCommit, TrimsBetweenBatches) {
  GatedJournal journal;
  GroupCommit commit(journal, 0, Unexpected);
  commit.Start();
  commit.RequestTrim(5);
  commit.Add(1, AsBytes("a"));
  EXPECT_OK(commit.WaitDurableBlocking(1));
  commit.Stop();
  EXPECT_EQ(journal.trimmed(), 5u);
}

}  // namespace
}  // namespace tusk::dfs::namenode
