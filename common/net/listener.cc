#include "common/net/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/check.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/net/task_group.h"
#include "common/net/tcp.h"

namespace tusk {
namespace {

constexpr std::chrono::milliseconds kPauseWithoutDescriptors(100);

// An accepted socket on its way to a stream.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace

struct StreamListener::State {
  State(IoRuntime& r, int listen_fd, ListenerOptions o)
      : runtime(r),
        options(o),
        strand(r.NewStrand()),
        descriptor(strand, listen_fd),
        fd(listen_fd),
        accepting(strand),
        serving(strand) {}

  IoRuntime& runtime;
  const ListenerOptions options;
  const Executor strand;
  boost::asio::posix::stream_descriptor descriptor;  // owned by `strand`; closed after `accepting`
  const int fd;
  std::string address;  // constant after construction, like the two below
  int port = 0;
  std::string unlink_path;
  ConnectionHandler handler;  // constant after Serve
  TaskGroup accepting;
  TaskGroup serving;
  std::atomic<size_t> open{0};
  std::atomic<bool> closed{false};
};

namespace {

template <class State>
Task<void> ServeOne(std::shared_ptr<State> state, Executor strand, OwnedFd fd) {
  Result<std::unique_ptr<Stream>> stream = AdoptSocket(strand, fd.Release());
  if (stream.ok()) co_await state->handler(std::move(*stream));
  state->open.fetch_sub(1);
}

template <class State>
void StartConnection(const std::shared_ptr<State>& state, int fd) {
  OwnedFd owned(fd);
  if (state->open.load() >= state->options.max_connections) return;
  state->open.fetch_add(1);
  const Executor strand = state->runtime.NewStrand();
  if (!state->serving.SpawnOn(strand, "connection", ServeOne(state, strand, std::move(owned)))) {
    state->open.fetch_sub(1);
  }
}

template <class State>
Task<void> AcceptLoop(std::shared_ptr<State> state) {
  bool short_of_descriptors = false;
  int turns = 0;
  while (!co_await IsCancelled()) {
    const int fd = ::accept4(state->fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      short_of_descriptors = false;
      StartConnection(state, fd);
      if (++turns % 32 == 0) co_await Yield();
      continue;
    }
    const int error = errno;
    if (error == EINTR || error == ECONNABORTED) continue;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      co_await state->descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                            boost::asio::as_tuple(boost::asio::use_awaitable));
      continue;
    }
    // Out of descriptors or memory: what is open goes on, and accepting resumes when some is free.
    if (!short_of_descriptors) {
      LOG_WARN("net", "cannot accept connections address={} cause={}", state->address,
               ErrnoStatus(error, "accept").message());
    }
    short_of_descriptors = true;
    const Status waited = co_await SleepFor(kPauseWithoutDescriptors);
    if (!waited.ok()) break;
  }
}

}  // namespace

StreamListener::StreamListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

std::shared_ptr<StreamListener::State> StreamListener::NewState(IoRuntime& runtime, int fd,
                                                                std::string address, int port,
                                                                ListenerOptions options) {
  auto state = std::make_shared<State>(runtime, fd, options);
  if (address.starts_with("unix:")) state->unlink_path = address.substr(5);
  state->address = std::move(address);
  state->port = port;
  return state;
}

StreamListener::~StreamListener() { CHECK(state_->handler == nullptr || state_->closed.load()); }

void StreamListener::Serve(ConnectionHandler handler) {
  CHECK(state_->handler == nullptr);
  state_->handler = std::move(handler);
  state_->accepting.Spawn("accept", AcceptLoop(state_));
}

void StreamListener::StopAccepting() {
  state_->accepting.Stop();
  state_->accepting.JoinBlocking();
  if (state_->closed.exchange(true)) return;
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
  if (!state_->unlink_path.empty()) ::unlink(state_->unlink_path.c_str());
}

void StreamListener::Stop() {
  StopAccepting();
  state_->serving.Stop();
  state_->serving.JoinBlocking();
}

std::string StreamListener::address() const { return state_->address; }
int StreamListener::port() const { return state_->port; }
size_t StreamListener::connections() const { return state_->open.load(); }

}  // namespace tusk
