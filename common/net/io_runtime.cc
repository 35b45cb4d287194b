#include "common/net/io_runtime.h"

#include <pthread.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "common/base/check.h"

namespace tusk {

struct IoRuntime::State {
  explicit State(int count)
      : context(count), guard(boost::asio::make_work_guard(context)), thread_count(count) {}

  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
  const int thread_count;
  std::vector<std::thread> threads;
};

IoRuntime::IoRuntime(int threads) {
  if (threads <= 0) threads = std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  state_ = std::make_unique<State>(threads);
  for (int i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_.get(), i] {
      const std::string name = "tusk-io-" + std::to_string(i);
      pthread_setname_np(pthread_self(), name.c_str());
      internal::MarkIoThread();
      state->context.run();
    });
  }
}

IoRuntime::~IoRuntime() { Stop(); }

Executor IoRuntime::executor() { return state_->context.get_executor(); }

Executor IoRuntime::NewStrand() { return boost::asio::make_strand(state_->context.get_executor()); }

int IoRuntime::threads() const { return state_->thread_count; }

void IoRuntime::Stop() {
  if (state_->threads.empty()) return;
  CHECK(!internal::OnIoThread());
  state_->guard.reset();
  state_->context.stop();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

}  // namespace tusk
