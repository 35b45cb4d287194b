#include "dfs/namenode/journal/group_commit.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/check.h"
#include "common/time/system_clock.h"

namespace tusk::dfs::namenode {

namespace {

/// A suspended coroutine.
struct Waiter {
  explicit Waiter(TxId wanted) : txid(wanted) {}
  virtual ~Waiter() = default;
  /// Goes on; must run on `executor`.
  virtual void Resume() = 0;

  const TxId txid;
  Executor executor;
};

template <class Handler>
struct HandlerWaiter final : Waiter {
  HandlerWaiter(TxId wanted, Handler h) : Waiter(wanted), handler(std::move(h)) {}
  void Resume() override {
    Handler taken = std::move(handler);
    std::move(taken)();
  }
  Handler handler;
};

using Waiters = std::vector<std::unique_ptr<Waiter>>;

/// Resumes all; one post for neighbours of the same strand.
void Wake(Waiters waiters) {
  size_t begin = 0;
  while (begin < waiters.size()) {
    const Executor executor = waiters[begin]->executor;
    Waiters group;
    while (begin < waiters.size() && waiters[begin]->executor == executor) {
      group.push_back(std::move(waiters[begin++]));
    }
    boost::asio::post(executor, [group = std::move(group)]() {
      for (const std::unique_ptr<Waiter>& waiter : group) waiter->Resume();
    });
  }
}

}  // namespace

class GroupCommit::Impl {
 public:
  Impl(Journal& journal, TxId last_txid, std::function<void(const Status&)> on_failure)
      : journal_(journal),
        on_failure_(std::move(on_failure)),
        added_(last_txid),
        durable_(last_txid),
        durable_fast_(last_txid) {}
  ~Impl() { CHECK(!thread_.joinable()); }

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

  void Stop() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      wake_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

  void Add(TxId txid, ByteView record) {
    MutexLock lock(mutex_);
    CHECK(txid == added_ + 1);
    added_ = txid;
    AddRecord(gathering_, txid, record);
    if (sleeping_) wake_.NotifyAll();
  }

  Task<Status> WaitDurable(TxId txid) {
    if (durable_fast_.load(std::memory_order_acquire) >= txid) co_return Status::Ok();
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        Enqueue(), boost::asio::use_awaitable, this, txid);
    if (durable_fast_.load(std::memory_order_acquire) >= txid) co_return Status::Ok();
    MutexLock lock(mutex_);
    co_return EndStatus();
  }

  Status WaitDurableBlocking(TxId txid) {
    MutexLock lock(mutex_);
    while (durable_ < txid && !ended_) blocking_.Wait(mutex_);
    return durable_ >= txid ? Status::Ok() : EndStatus();
  }

  TxId durable_txid() const { return durable_fast_.load(std::memory_order_acquire); }
  TxId added_txid() const {
    MutexLock lock(mutex_);
    return added_;
  }
  size_t pending_bytes() const {
    MutexLock lock(mutex_);
    return gathering_.payload.size();
  }
  void set_on_durable(std::function<void(TxId)> on_durable) { on_durable_ = std::move(on_durable); }
  void RequestTrim(TxId upto) {
    MutexLock lock(mutex_);
    trim_ = std::max(trim_, upto);
    if (sleeping_) wake_.NotifyAll();
  }
  Counts counts() const {
    MutexLock lock(mutex_);
    return counts_;
  }

 private:
  /// Keeps a suspended coroutine until its change is durable.
  struct Enqueue {
    template <class Handler>
    void operator()(Handler handler, Impl* impl, TxId txid) const {
      auto waiter = std::make_unique<HandlerWaiter<Handler>>(txid, std::move(handler));
      waiter->executor = boost::asio::get_associated_executor(waiter->handler);
      impl->AddWaiter(std::move(waiter));
    }
  };

  void AddWaiter(std::unique_ptr<Waiter> waiter) {
    {
      MutexLock lock(mutex_);
      if (durable_ < waiter->txid && !ended_) {
        waiters_.push_back(std::move(waiter));
        return;
      }
    }
    Waiters now;
    now.push_back(std::move(waiter));
    Wake(std::move(now));
  }

  Status EndStatus() const REQUIRES(mutex_) {
    if (!failure_.ok()) return failure_;
    return Status(StatusCode::kUnavailable, "the journal is closed");
  }

  void Run() {
    JournalBatch batch;
    while (true) {
      TxId trim = 0;
      {
        MutexLock lock(mutex_);
        sleeping_ = true;
        while (gathering_.count == 0 && !stopping_ && trim_ == 0) wake_.Wait(mutex_);
        sleeping_ = false;
        if (gathering_.count == 0 && stopping_) break;
        std::swap(batch, gathering_);
        trim = std::exchange(trim_, 0);
      }
      Status status;
      std::chrono::nanoseconds spent{0};
      if (batch.count > 0) {
        const auto start = SystemClock::Get().SteadyNow();
        status = journal_.Append(batch, batch.first_txid);
        spent = SystemClock::Get().SteadyNow() - start;
      }
      if (status.ok() && trim > 0) status = journal_.Trim(trim);
      if (!status.ok()) {
        Fail(status);
        return;
      }
      if (batch.count > 0) Done(batch, spent);
      batch.Clear();
    }
    End(Status::Ok());
  }

  void Done(const JournalBatch& batch, std::chrono::nanoseconds spent) {
    Waiters ready;
    {
      MutexLock lock(mutex_);
      durable_ = batch.last_txid();
      durable_fast_.store(durable_, std::memory_order_release);
      ++counts_.batches;
      counts_.records += batch.count;
      counts_.bytes += batch.payload.size();
      counts_.sync_ns += static_cast<uint64_t>(spent.count());
      // Almost in order of their ids: calls of one batch came between two swaps.
      Waiters later;
      for (std::unique_ptr<Waiter>& waiter : waiters_) {
        (waiter->txid <= durable_ ? ready : later).push_back(std::move(waiter));
      }
      waiters_ = std::move(later);
      blocking_.NotifyAll();
    }
    Wake(std::move(ready));
    if (on_durable_) on_durable_(batch.last_txid());
  }

  void End(const Status& failure) {
    Waiters left;
    {
      MutexLock lock(mutex_);
      failure_ = failure;
      ended_ = true;
      left = std::move(waiters_);
      blocking_.NotifyAll();
    }
    Wake(std::move(left));
  }

  void Fail(const Status& status) {
    End(status);
    on_failure_(status);
  }

  Journal& journal_;
  const std::function<void(const Status&)> on_failure_;
  std::function<void(TxId)> on_durable_;  // constant after Start

  mutable Mutex mutex_;
  CondVar wake_;
  CondVar blocking_;
  JournalBatch gathering_ GUARDED_BY(mutex_);
  TxId added_ GUARDED_BY(mutex_);
  TxId durable_ GUARDED_BY(mutex_);
  TxId trim_ GUARDED_BY(mutex_) = 0;
  bool sleeping_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  Status failure_ GUARDED_BY(mutex_);
  Waiters waiters_ GUARDED_BY(mutex_);
  Counts counts_ GUARDED_BY(mutex_);
  std::atomic<TxId> durable_fast_;
  std::thread thread_;
};

GroupCommit::GroupCommit(Journal& journal, TxId last_txid,
                         std::function<void(const Status&)> on_failure)
    : impl_(std::make_unique<Impl>(journal, last_txid, std::move(on_failure))) {}
GroupCommit::~GroupCommit() = default;

void GroupCommit::Start() { impl_->Start(); }
void GroupCommit::Stop() { impl_->Stop(); }
void GroupCommit::Add(TxId txid, ByteView record) { impl_->Add(txid, record); }
Task<Status> GroupCommit::WaitDurable(TxId txid) { return impl_->WaitDurable(txid); }
Status GroupCommit::WaitDurableBlocking(TxId txid) { return impl_->WaitDurableBlocking(txid); }
void GroupCommit::RequestTrim(TxId upto) { impl_->RequestTrim(upto); }
TxId GroupCommit::durable_txid() const { return impl_->durable_txid(); }
TxId GroupCommit::added_txid() const { return impl_->added_txid(); }
size_t GroupCommit::pending_bytes() const { return impl_->pending_bytes(); }
void GroupCommit::set_on_durable(std::function<void(TxId)> on_durable) {
  impl_->set_on_durable(std::move(on_durable));
}
GroupCommit::Counts GroupCommit::counts() const { return impl_->counts(); }

}  // namespace tusk::dfs::namenode
