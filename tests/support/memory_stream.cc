#include "tests/support/memory_stream.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>

#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/net/async_event.h"
#include "common/net/sleep.h"
#include "common/time/deadline.h"

namespace tusk {
namespace {

// The bytes on their way in one direction.
struct Pipe {
  Mutex mutex;
  std::deque<uint8_t> bytes GUARDED_BY(mutex);
  bool write_closed GUARDED_BY(mutex) = false;
  bool read_closed GUARDED_BY(mutex) = false;
  // Two, as either end resets its own after it has looked and before it waits.
  AsyncEvent readable;
  AsyncEvent writable;

  // Bytes taken; -1 = wait, 0 = end.
  ssize_t Take(MutableByteView out, size_t limit) {
    MutexLock lock(mutex);
    const size_t count = std::min({out.size(), limit, bytes.size()});
    if (count == 0 && !write_closed) {
      readable.Reset();
      return -1;
    }
    std::copy_n(bytes.begin(), count, out.begin());
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(count));
    if (count > 0) writable.Set();
    return static_cast<ssize_t>(count);
  }

  // Bytes accepted; -1 = wait, -2 = nobody reads any more.
  ssize_t Put(ByteView in, size_t capacity) {
    MutexLock lock(mutex);
    if (read_closed || write_closed) return -2;
    const size_t count = std::min(in.size(), capacity - std::min(capacity, bytes.size()));
    if (count == 0) {
      writable.Reset();
      return -1;
    }
    bytes.insert(bytes.end(), in.begin(), in.begin() + static_cast<ptrdiff_t>(count));
    readable.Set();
    return static_cast<ssize_t>(count);
  }

  void End(bool reader, bool writer) {
    MutexLock lock(mutex);
    read_closed = read_closed || reader;
    write_closed = write_closed || writer;
    readable.Set();
    writable.Set();
  }
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(Executor strand, MemoryStreamOptions options, std::shared_ptr<Pipe> in,
               std::shared_ptr<Pipe> out)
      : strand_(std::move(strand)), options_(options), in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { Close(); }

  Task<Result<size_t>> ReadSome(MutableByteView buffer) override {
    if (operations_++ == options_.fail_operation) co_return Injected();
    for (;;) {
      if (closed_) co_return Cancelled();
      const ssize_t count = in_->Take(buffer, options_.max_read);
      if (count >= 0) co_return static_cast<size_t>(count);
      CO_RETURN_IF_ERROR(co_await WaitFor(in_->readable, read_deadline_));
    }
  }

  using Stream::WriteAll;
  Task<Status> WriteAll(std::span<const ByteView> parts) override {
    if (operations_++ == options_.fail_operation) co_return Injected();
    for (ByteView part : parts) {
      while (!part.empty()) {
        if (closed_) co_return Cancelled();
        const ssize_t count = out_->Put(part, options_.capacity);
        if (count == -2) co_return Status(StatusCode::kNotResponding, "memory stream: peer closed");
        if (count == -1) {
          CO_RETURN_IF_ERROR(co_await WaitFor(out_->writable, write_deadline_));
        } else {
          part = part.subspan(static_cast<size_t>(count));
        }
      }
    }
    co_return Status();
  }

  void SetReadDeadline(Deadline deadline) override { read_deadline_ = deadline; }
  void SetWriteDeadline(Deadline deadline) override { write_deadline_ = deadline; }
  void Close() override {
    closed_ = true;
    in_->End(true, false);
    out_->End(false, true);
  }
  Status ShutdownWrite() override {
    out_->End(false, true);
    return Status();
  }
  std::string PeerAddress() const override { return "memory"; }
  std::string LocalAddress() const override { return "memory"; }
  std::string PeerIp() const override { return "127.0.0.1"; }
  int NativeHandle() const override { return -1; }
  Executor executor() const override { return strand_; }

 private:
  static Status Injected() {
    return Status(StatusCode::kIoError, "memory stream: injected failure");
  }
  static Status Cancelled() { return Status(StatusCode::kCancelled, "memory stream: closed here"); }

  // The event's pipe is kept by this stream, and a wait outlives its event anyway.
  static Task<Status> WaitFor(AsyncEvent& event, Deadline deadline) {
    const bool changed = co_await event.Wait(deadline);
    if (changed) co_return Status();
    if (co_await IsCancelled()) co_return Cancelled();
    co_return Status(StatusCode::kDeadlineExceeded, "memory stream: deadline passed");
  }

  const Executor strand_;
  const MemoryStreamOptions options_;
  const std::shared_ptr<Pipe> in_;
  const std::shared_ptr<Pipe> out_;
  // Owned by strand_:
  Deadline read_deadline_ = Deadline::Never();
  Deadline write_deadline_ = Deadline::Never();
  int operations_ = 0;
  bool closed_ = false;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> MakeMemoryStreams(
    Executor first_strand, Executor second_strand, MemoryStreamOptions first,
    MemoryStreamOptions second) {
  auto there = std::make_shared<Pipe>();
  auto back = std::make_shared<Pipe>();
  return {std::make_unique<MemoryStream>(std::move(first_strand), first, back, there),
          std::make_unique<MemoryStream>(std::move(second_strand), second, there, back)};
}

}  // namespace tusk
