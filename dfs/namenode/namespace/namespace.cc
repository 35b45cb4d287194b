#include "dfs/namenode/namespace/namespace.h"

#include <utility>

#include <fmt/format.h>

#include "common/base/check.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"
#include "common/fault/fault_point.h"
#include "common/log/logger.h"
#include "dfs/namenode/journal/file_journal.h"
#include "dfs/namenode/namespace/inode_codec.h"
#include "dfs/namenode/namespace/leveldb_namespace_store.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint64_t kEpoch = 1;  // of a journal with one writer, fenced by the lock file
constexpr uint64_t kMaxIdentityBytes = 4096;
constexpr uint16_t kRootPermission = 0755;

// Without this file nothing was ever acknowledged from the directory.
constexpr std::string_view kIdentityFile = "identity";

}  // namespace

Namespace::Namespace(Env& env, const Clock& clock, NamespaceOptions options,
                     std::function<void(const Status&)> on_failure)
    : env_(env),
      clock_(clock),
      options_(std::move(options)),
      on_failure_(std::move(on_failure)),
      leases_(clock, options_.lease_soft_limit, options_.lease_hard_limit) {}

Namespace::~Namespace() { Stop(); }

Result<std::unique_ptr<Namespace>> Namespace::Open(Env& env, const Clock& clock,
                                                   NamespaceOptions options,
                                                   std::function<void(const Status&)> on_failure) {
  std::unique_ptr<Namespace> ns(
      new Namespace(env, clock, std::move(options), std::move(on_failure)));
  RETURN_IF_ERROR(ns->OpenStoreAndJournal());
  return ns;
}

Status Namespace::OpenStoreAndJournal() {
  const std::string& directory = options_.directory;
  RETURN_IF_ERROR(env_.MakeDirectories(directory));
  ASSIGN_OR_RETURN(lock_, env_.Lock(JoinPath(directory, "in_use.lock")));
  const std::string identity_path = JoinPath(directory, kIdentityFile);
  ASSIGN_OR_RETURN(const bool exists, env_.Exists(identity_path));
  if (!exists) RETURN_IF_ERROR(Format());

  ASSIGN_OR_RETURN(const std::string identity,
                   env_.ReadSmallFile(identity_path, kMaxIdentityBytes));
  ASSIGN_OR_RETURN(identity_, DecodeIdentity(AsBytes(identity)));
  Result<std::unique_ptr<LevelDbNamespaceStore>> store = LevelDbNamespaceStore::Open(
      env_, JoinPath(directory, "store"), names_, options_.store_cache_bytes);
  if (!store.ok()) {
    return store.status().WithContext(fmt::format(
        "the namespace in {} cannot be opened; restore the directory from a copy", directory));
  }
  store_ = std::move(*store);
  if (!(store_->identity() == identity_)) {
    return Status::Error(StatusCode::kCorruption,
                         "{} and the store beside it belong to different "
                         "namespaces",
                         identity_path);
  }
  FileJournalOptions journal;
  journal.directory = JoinPath(directory, "journal");
  journal.segment_bytes = options_.journal_segment_bytes;
  journal.prepare_ahead = options_.background_writers;
  RETURN_IF_ERROR(env_.MakeDirectories(journal.directory));
  journal_ = std::make_unique<FileJournal>(env_, std::move(journal));
  return Replay();
}

Status Namespace::Format() {
  // A crash in here leaves no identity: whatever lies about was never used.
  const std::string& directory = options_.directory;
  ASSIGN_OR_RETURN(const bool has_journal, env_.Exists(JoinPath(directory, "journal")));
  if (has_journal) {
    return Status::Error(StatusCode::kCorruption,
                         "{} has a journal but no identity: it was a namespace and lost a file",
                         directory);
  }
  const std::string store = JoinPath(directory, "store");
  RETURN_IF_ERROR(env_.RemoveTree(store));
  Random random(RandomSeed());
  const int64_t now_ms = clock_.WallMillis();
  NamespaceIdentity identity;
  identity.namespace_id = static_cast<int32_t>(random.Below(INT32_MAX)) + 1;
  identity.cluster_id = options_.cluster_id;
  if (identity.cluster_id.empty()) {
    identity.cluster_id =
        fmt::format("CID-{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random.Below(1ull << 32),
                    random.Below(1u << 16), random.Below(1u << 12), random.Below(1u << 12),
                    random.Below(1ull << 48));
  }
  identity.block_pool_id =
      fmt::format("BP-{}-{}-{}", random.Below(INT32_MAX), options_.host_address, now_ms);
  identity.creation_ms = now_ms;
  Inode root;
  root.id = kRootFileId;
  root.type = FileType::kDirectory;
  root.permission = kRootPermission;
  root.owner = names_.Intern(options_.superuser);
  root.group = names_.Intern(options_.supergroup);
  root.modification_ms = now_ms;
  RETURN_IF_ERROR(LevelDbNamespaceStore::Create(env_, store, identity, names_, root));
  RETURN_IF_ERROR(env_.SyncDirectory(directory));
  RETURN_IF_ERROR(
      env_.ReplaceFile(JoinPath(directory, kIdentityFile), AsBytes(EncodeIdentity(identity))));
  LOG_INFO("namespace", "new namespace directory={} cluster={} block_pool={}", directory,
           identity.cluster_id, identity.block_pool_id);
  return Status::Ok();
}

Status Namespace::Replay() {
  WriterLock lock(mutex_);
  tree_ = std::make_unique<InodeTree>(*store_, options_.cache_bytes);
  RETURN_IF_ERROR(tree_->LoadRoot());
  const TxId applied = tree_->counters().applied_txid;
  ASSIGN_OR_RETURN(const Journal::Recovered journal, journal_->Recover(kEpoch));
  if (journal.last_txid < applied) {
    return Status::Error(StatusCode::kCorruption,
                         "the journal ends with change {} but the store has change {}: "
                         "acknowledged changes are missing from {}/journal",
                         journal.last_txid, applied, options_.directory);
  }
  if (journal.last_txid > applied && journal.first_txid > applied + 1) {
    return Status::Error(StatusCode::kCorruption,
                         "the store ends with change {} and the journal begins with {}: "
                         "acknowledged changes are missing from {}/store",
                         applied, journal.first_txid, options_.directory);
  }
  last_txid_ = journal.last_txid;
  uint64_t replayed = 0;
  // From its first record on: older ones than the store's last tell which calls were executed.
  const TxId from = journal.first_txid == 0 ? applied + 1 : journal.first_txid;
  RETURN_IF_ERROR(journal_->Read(from, [&](TxId txid, ByteView record) REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(const Mutation mutation, DecodeMutation(record, names_));
    earlier_calls_.Add(mutation);
    if (txid <= applied) return Status::Ok();
    ++replayed;
    return ApplyReplayed(mutation, txid);
  }));
  if (tree_->counters().applied_txid != last_txid_) {
    return Status(StatusCode::kCorruption, "journal: replay did not reach its end");
  }
  LOG_INFO("namespace", "opened last_txid={} applied={} replayed={} dropped_bytes={}", last_txid_,
           applied, replayed, journal.dropped_bytes);
  // The store at the end of the journal: the scan that follows sees everything there.
  if (tree_->Freeze()) {
    RETURN_IF_ERROR(tree_->WriteFrozen());
    tree_->DropFrozen();
  }
  commit_ = std::make_unique<GroupCommit>(*journal_, last_txid_,
                                          [this](const Status& status) { Fail(status); });
  return Status::Ok();
}

Status Namespace::ApplyReplayed(const Mutation& mutation, TxId txid) {
  RETURN_IF_ERROR(tree_->Apply(mutation, txid));
  if (tree_->dirty_bytes() < options_.flush_bytes || !tree_->Freeze()) return Status::Ok();
  RETURN_IF_ERROR(tree_->WriteFrozen());
  tree_->DropFrozen();
  return Status::Ok();
}

Status Namespace::Load(const std::function<Status(const Inode&)>& visit) {
  NamespaceTotals totals;
  RETURN_IF_ERROR(store_->ForEach([&](const Inode& inode) {
    if (inode.parent == kNoParent && inode.id != kRootFileId) return Status::Ok();
    (inode.IsDirectory() ? totals.directories : totals.files) += 1;
    totals.blocks += static_cast<int64_t>(inode.blocks.size());
    if (inode.IsOpen()) leases_.Add(inode.writer->client_name, inode.id);
    return visit(inode);
  }));
  WriterLock lock(mutex_);
  tree_->SetTotals(totals);
  return Status::Ok();
}

NamespaceTotals Namespace::totals() {
  ReaderLock lock(mutex_);
  return tree_->totals();
}

void Namespace::Start() {
  commit_->Start();
  {
    MutexLock lock(writer_mutex_);
    CHECK(!started_);
    started_ = true;
  }
  if (options_.background_writers) writer_ = std::thread([this] { RunStoreWriter(); });
}

void Namespace::Stop() {
  bool was_started;
  {
    MutexLock lock(writer_mutex_);
    was_started = std::exchange(started_, false);
    stopping_ = true;
    writer_wake_.NotifyAll();
  }
  if (was_started) {
    if (writer_.joinable()) writer_.join();
    if (!failed_.load()) {
      const Status flushed = FlushOnce();
      if (!flushed.ok()) LOG_WARN("namespace", "last flush: {}", flushed.ToString());
    }
    commit_->Stop();
  }
  if (journal_) {
    const Status closed = journal_->Close();
    if (!closed.ok()) LOG_WARN("namespace", "journal: {}", closed.ToString());
  }
}

Result<TxId> Namespace::Commit(const Mutation& mutation) {
  if (failed_.load(std::memory_order_relaxed)) {
    return Status(StatusCode::kUnavailable, "the namespace has failed and is about to restart");
  }
  const TxId txid = last_txid_ + 1;
  EncodeMutation(mutation, names_, &record_);
  const Status applied = tree_->Apply(mutation, txid);
  if (!applied.ok()) {
    // Memory may be half changed: only a restart makes it true again.
    Fail(applied.WithContext("change not applied"));
    return applied;
  }
  last_txid_ = txid;
  commit_->Add(txid, AsBytes(record_));
  if (tree_->dirty_bytes() > options_.flush_bytes && !flush_signalled_) {
    flush_signalled_ = true;
    MutexLock lock(writer_mutex_);
    flush_requested_ = true;
    writer_wake_.NotifyAll();
  }
  if (tree_->dirty_bytes() > options_.overlay_limit_bytes) {
    overloaded_.store(true, std::memory_order_relaxed);
  }
  return txid;
}

void Namespace::Fail(const Status& status) {
  if (failed_.exchange(true)) return;
  LOG_ERROR("namespace", "failed, nothing is acknowledged any more: {}", status.ToString());
  on_failure_(status);
}

Status Namespace::AdmitBlocking(Deadline deadline) {
  MutexLock lock(writer_mutex_);
  while (overloaded()) {
    if (deadline.Expired(clock_)) {
      return Status(StatusCode::kUnavailable, "the namespace store cannot keep up; try again");
    }
    flushed_.WaitFor(writer_mutex_, deadline.Remaining(clock_));
  }
  return Status::Ok();
}

Status Namespace::FlushOnce() {
  TxId upto = 0;
  {
    WriterLock lock(mutex_);
    flush_signalled_ = false;
    if (!tree_->Freeze()) return Status::Ok();
    upto = last_txid_;
  }
  // The store must never be ahead of the journal.
  RETURN_IF_ERROR(commit_->WaitDurableBlocking(upto));
  FAULT_POINT("nn.store.before_flush");
  InodeTree* tree;
  {
    ReaderLock lock(mutex_);
    tree = tree_.get();
  }
  Status status = tree->WriteFrozen();
  FAULT_POINT("nn.store.after_flush");
  if (!status.ok()) {
    Fail(status.WithContext("store"));
    return status;
  }
  std::unique_ptr<Overlay> dropped;
  {
    WriterLock lock(mutex_);
    dropped = tree_->DropFrozen();
  }
  commit_->RequestTrim(upto);
  return Status::Ok();
}

Status Namespace::Flush() {
  MutexLock lock(writer_mutex_);
  if (!started_) return Status(StatusCode::kUnavailable, "the namespace is not running");
  if (!options_.background_writers) {
    writer_mutex_.Unlock();
    Status status = FlushOnce();
    writer_mutex_.Lock();
    return status;
  }
  // The round that runs now may have begun too early: wait for the end of the next one.
  const uint64_t wanted = flush_rounds_ + 2;
  while (flush_rounds_ < wanted && !stopping_ && flush_status_.ok()) {
    flush_requested_ = true;
    writer_wake_.NotifyAll();
    flushed_.Wait(writer_mutex_);
  }
  return flush_status_;
}

void Namespace::RunStoreWriter() {
  while (true) {
    {
      MutexLock lock(writer_mutex_);
      if (!stopping_ && !flush_requested_) {
        writer_wake_.WaitFor(writer_mutex_, options_.flush_interval);
      }
      if (stopping_) return;
      flush_requested_ = false;
    }
    const Status status = FlushOnce();
    overloaded_.store(false, std::memory_order_relaxed);
    MutexLock lock(writer_mutex_);
    ++flush_rounds_;
    if (!status.ok()) {
      flush_status_ = status;
      flushed_.NotifyAll();
      return;
    }
    flushed_.NotifyAll();
  }
}

}  // namespace tusk::dfs::namenode
