#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "dfs/namenode/namespace/namespace.h"
#include "tests/dfs/namenode/namespace/namespace_oracle.h"
#include "tests/dfs/namenode/namespace/random_mutation.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

// Fault F03: the namenode's disk state, LevelDB's files included, after a crash before each durable
// step, in every way that unsynced data may survive. And F13: an error of each step.

namespace tusk::dfs::namenode {
namespace {

constexpr uint64_t kSeed = 3;
constexpr TxId kOperations = 120;
constexpr TxId kFlushEvery = 23;

NamespaceOptions Options() {
  NamespaceOptions options;
  options.directory = "/name";
  options.superuser = "root";
  options.cache_bytes = 4096;  // so small that reads go to the store
  options.journal_segment_bytes = 4096;
  options.background_writers = false;
  return options;
}

/// One life of a namenode on `env`.
class Life {
 public:
  Life(MemoryEnv& env, const Clock& clock) {
    Result<std::unique_ptr<Namespace>> opened =
        Namespace::Open(env, clock, Options(), [](const Status&) {});
    status_ = opened.status();
    if (!status_.ok()) return;
    ns_ = std::move(*opened);
    status_ = ns_->Load([](const Inode&) { return Status::Ok(); });
    if (status_.ok()) ns_->Start();
  }

  const Status& status() const { return status_; }
  Namespace& ns() { return *ns_; }

  TxId last_txid() {
    ReaderLock lock(ns_->mutex());
    return ns_->tree().counters().applied_txid;
  }

  /// Does and acknowledges the operation that comes next.
  Status Step() {
    TxId txid = 0;
    {
      WriterLock lock(ns_->mutex());
      const TxId next = ns_->tree().counters().applied_txid + 1;
      Random random(kSeed * 1'000'003 + next);
      Result<Mutation> mutation = RandomMutation(*ns_, random);
      if (!mutation.ok()) return mutation.status();
      Result<TxId> committed = ns_->Commit(*mutation);
      if (!committed.ok()) return committed.status();
      txid = *committed;
    }
    Status durable = ns_->WaitDurableBlocking(txid);
    if (!durable.ok()) return durable;
    acknowledged_ = txid;
    return txid % kFlushEvery == 0 ? ns_->Flush() : Status::Ok();
  }

  /// Operations up to and including number `upto`, or up to the first failure.
  Status RunTo(TxId upto) {
    acknowledged_ = last_txid();
    while (last_txid() < upto) {
      if (Status status = Step(); !status.ok()) return status;
    }
    return Status::Ok();
  }

  TxId acknowledged() const { return acknowledged_; }

 private:
  Status status_;
  std::unique_ptr<Namespace> ns_;
  TxId acknowledged_ = 0;
};

class NamespaceCrashTest : public testing::Test {
 protected:
  /// The namespace after each operation of the one history that this seed makes.
  void SetUp() override {
    MemoryEnv env;
    Life life(env, clock_);
    ASSERT_OK(life.status());
    for (TxId txid = 0; txid <= kOperations + 20; ++txid) {
      ASSERT_OK(life.RunTo(txid));
      ASSERT_OK(CheckNamespaceLaws(life.ns()));
      Result<std::string> text = DescribeNamespace(life.ns());
      ASSERT_OK(text);
      history_.push_back(*std::move(text));
    }
  }

  /// Opens after a crash: nothing acknowledged may be missing, nothing else may be there.
  void CheckAfterCrash(Life& life, TxId acknowledged, const std::string& where) {
    ASSERT_OK(life.status()) << where;
    const TxId last = life.last_txid();
    ASSERT_GE(last, acknowledged) << where;
    ASSERT_LE(last, acknowledged + 1) << where;
    ASSERT_OK(CheckNamespaceLaws(life.ns())) << where;
    Result<std::string> text = DescribeNamespace(life.ns());
    ASSERT_OK(text) << where;
    ASSERT_EQ(*text, history_[last]) << where;
  }

  ManualClock clock_;
  std::vector<std::string> history_;
};

TEST_F(NamespaceCrashTest, NothingAcknowledgedIsLostAtAnyStep) {
  uint64_t steps = 0;
  {
    MemoryEnv env;
    Life life(env, clock_);
    ASSERT_OK(life.RunTo(kOperations));
    steps = env.steps();
  }
  uint64_t crashes = 0;
  for (uint64_t step = 1; step <= steps; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      const std::string where =
          "step " + std::to_string(step) + " mode " + std::to_string(static_cast<int>(mode));
      MemoryEnv env;
      TxId acknowledged = 0;
      {
        env.CrashAt(step);
        Life life(env, clock_);
        if (life.status().ok()) {
          EXPECT_FALSE(life.RunTo(kOperations).ok() && step < steps / 2) << where;
          acknowledged = life.acknowledged();
        }
      }
      env.Crash(mode, step);
      ++crashes;
      // Once more while it recovers or goes on.
      {
        Random random(step * 31 + static_cast<uint64_t>(mode));
        env.CrashAt(env.steps() + 1 + random.Below(60));
        Life life(env, clock_);
        if (life.status().ok()) {
          ASSERT_GE(life.last_txid(), acknowledged) << where;
          ASSERT_LE(life.last_txid(), acknowledged + 1) << where;
          static_cast<void>(life.RunTo(std::min(acknowledged + 10, kOperations + 10)));
          acknowledged = std::max(acknowledged, life.acknowledged());
        } else {
          // A change that no answer told of may have been cut or kept; both are right.
          EXPECT_NE(life.status().code(), StatusCode::kCorruption)
              << where << life.status().ToString();
        }
      }
      env.Crash(mode, step + 1);
      ++crashes;
      Life life(env, clock_);
      ASSERT_OK(life.status()) << where;
      const TxId last = life.last_txid();
      CheckAfterCrash(life, std::max(acknowledged, last > 0 ? last - 1 : 0), where);
      ASSERT_GE(last, acknowledged) << where;
      ASSERT_LE(last, acknowledged + 2) << where;
      ASSERT_OK(life.RunTo(last + 5)) << where;
      ASSERT_FALSE(HasFatalFailure());
    }
  }
  std::printf("crash points: steps=%llu crashes=%llu lost=0\n",
              static_cast<unsigned long long>(steps), static_cast<unsigned long long>(crashes));
}

TEST_F(NamespaceCrashTest, AnErrorAtAnyStepIsNeverAcknowledged) {
  uint64_t steps = 0;
  {
    MemoryEnv env;
    Life life(env, clock_);
    ASSERT_OK(life.RunTo(kOperations));
    steps = env.steps();
  }
  for (uint64_t step = 1; step <= steps; ++step) {
    const std::string where = "step " + std::to_string(step);
    MemoryEnv env;
    TxId acknowledged = 0;
    {
      env.FailAt(step, Status(StatusCode::kIoError, "disk"));
      Life life(env, clock_);
      if (life.status().ok()) {
        static_cast<void>(life.RunTo(kOperations));
        acknowledged = life.acknowledged();
      }
    }
    // The process ends and starts again; the disk is fine now.
    Life life(env, clock_);
    CheckAfterCrash(life, acknowledged, where);
    ASSERT_FALSE(HasFatalFailure());
  }
  std::printf("failing steps: %llu false acknowledgements: 0\n",
              static_cast<unsigned long long>(steps));
}

}  // namespace
}  // namespace tusk::dfs::namenode
