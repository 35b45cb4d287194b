#include "common/net/run_blocking.h"

#include <exception>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/net/root_task.h"

namespace tusk {
namespace {

thread_local bool on_io_thread = false;

struct Gate {
  Mutex mutex;
  CondVar changed;
  bool done GUARDED_BY(mutex) = false;
};

}  // namespace

namespace internal {

Executor AsSerial(Executor executor) {
  if (executor.target<boost::asio::io_context::executor_type>() != nullptr) {
    return boost::asio::make_strand(executor);
  }
  return executor;
}

void MarkIoThread() { on_io_thread = true; }
bool OnIoThread() { return on_io_thread; }

}  // namespace internal

void RunBlockingVoid(Executor executor, Task<void> task) {
  CHECK(!on_io_thread);
  auto gate = std::make_shared<Gate>();
  boost::asio::co_spawn(internal::AsSerial(std::move(executor)),
                        internal::RootTask(std::move(task)), [gate](std::exception_ptr error) {
                          internal::FailOnException(error, "RunBlocking");
                          MutexLock lock(gate->mutex);
                          gate->done = true;
                          gate->changed.NotifyAll();
                        });
  MutexLock lock(gate->mutex);
  while (!gate->done) gate->changed.Wait(gate->mutex);
}

}  // namespace tusk
