#include "common/net/task_group.h"

#include <exception>
#include <list>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/net/root_task.h"
#include "common/net/run_blocking.h"
#include "common/net/suspension.h"

namespace tusk {
namespace {

struct Child {
  Executor strand;
  std::string name;
  std::list<std::shared_ptr<Child>>::iterator position;  // belongs to the group's mutex
  // Owned by `strand`:
  boost::asio::cancellation_signal signal;
  bool cancelled = false;

  void Cancel() {
    cancelled = true;
    signal.emit(boost::asio::cancellation_type::terminal);
  }
};

using ChildList = std::list<std::shared_ptr<Child>>;

}  // namespace

struct TaskGroup::State {
  explicit State(Executor e) : executor(std::move(e)) {}

  const Executor executor;
  mutable Mutex mutex;
  CondVar changed;
  bool stopping GUARDED_BY(mutex) = false;
  ChildList children GUARDED_BY(mutex);
  std::list<Suspension> joiners GUARDED_BY(mutex);

  bool Add(const std::shared_ptr<Child>& child) {
    MutexLock lock(mutex);
    if (stopping) return false;
    child->position = children.insert(children.end(), child);
    return true;
  }

  void Remove(const Child& child) {
    std::list<Suspension> wake;
    {
      MutexLock lock(mutex);
      children.erase(child.position);
      if (!children.empty()) return;
      wake.swap(joiners);
      changed.NotifyAll();
    }
    for (Suspension& joiner : wake) joiner.Resume();
  }

  // False when there is nothing to wait for.
  bool AddJoiner(const Suspension& joiner) {
    MutexLock lock(mutex);
    if (children.empty()) return false;
    joiners.push_back(joiner);
    return true;
  }
};

TaskGroup::TaskGroup(Executor executor)
    : state_(std::make_shared<State>(internal::AsSerial(std::move(executor)))) {}

TaskGroup::~TaskGroup() { CHECK_EQ(size(), 0u); }

bool TaskGroup::Spawn(std::string name, Task<void> task) {
  return SpawnOn(state_->executor, std::move(name), std::move(task));
}

bool TaskGroup::SpawnOn(Executor strand, std::string name, Task<void> task) {
  auto child = std::make_shared<Child>();
  child->strand = strand;
  child->name = std::move(name);
  if (!state_->Add(child)) return false;
  auto on_end = [state = state_, child](std::exception_ptr error) {
    internal::FailOnException(error, child->name);
    state->Remove(*child);
  };
  // Started on its strand, so that a cancel, which is posted there, comes before or after.
  auto start = [child, task = std::move(task), on_end = std::move(on_end)]() mutable {
    boost::asio::co_spawn(
        child->strand, internal::RootTask(std::move(task)),
        boost::asio::bind_cancellation_slot(child->signal.slot(), std::move(on_end)));
    if (child->cancelled) child->Cancel();
  };
  boost::asio::dispatch(strand, std::move(start));
  return true;
}

void TaskGroup::Stop() {
  ChildList children;
  {
    MutexLock lock(state_->mutex);
    if (state_->stopping) return;
    state_->stopping = true;
    children = state_->children;
  }
  for (auto& child : children) {
    Executor strand = child->strand;
    boost::asio::post(strand, [child = std::move(child)] { child->Cancel(); });
  }
}

Task<void> TaskGroup::Join() {
  std::shared_ptr<State> state = state_;
  Suspension suspension;
  if (state->AddJoiner(suspension)) co_await suspension.Wait();
}

void TaskGroup::JoinBlocking() {
  CHECK(!internal::OnIoThread());
  MutexLock lock(state_->mutex);
  while (!state_->children.empty()) state_->changed.Wait(state_->mutex);
}

size_t TaskGroup::size() const {
  MutexLock lock(state_->mutex);
  return state_->children.size();
}

bool TaskGroup::stopping() const {
  MutexLock lock(state_->mutex);
  return state_->stopping;
}

Executor TaskGroup::executor() const { return state_->executor; }

}  // namespace tusk
