#include "dfs/tool/stream_copy.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/base/status_macros.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

constexpr size_t kPiece = 1 << 20;

Status CancelledStatus() { return Status(StatusCode::kCancelled, "Interrupted"); }

/// A buffer that is not filled with zeros first.
class Buffer {
 public:
  Buffer() : bytes_(std::make_unique_for_overwrite<uint8_t[]>(kPiece)) {}
  MutableByteView all() { return {bytes_.get(), kPiece}; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
};

}  // namespace

CopyProgress::CopyProgress(FILE* err)
    : err_(err),
      live_(::isatty(::fileno(err)) == 1),
      start_(SteadyClock::now()),
      next_(start_ + std::chrono::seconds(1)) {}

CopyProgress::~CopyProgress() {
  const MutexLock lock(mutex_);
  if (shown_) std::fputs("\r\033[K", err_);
}

void CopyProgress::Begin(const std::string& name, uint64_t length) {
  if (!live_) return;
  const MutexLock lock(mutex_);
  if (++files_ == 1) {
    name_ = name;
    total_ = length;
  } else {
    total_ = 0;
  }
}

void CopyProgress::Advance(uint64_t bytes) {
  if (!live_) return;
  const MutexLock lock(mutex_);
  done_ += bytes;
  const SteadyClock::time_point now = SteadyClock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(200);
  shown_ = true;
  std::fputs(Line(now).c_str(), err_);
  std::fflush(err_);
}

std::string CopyProgress::Line(SteadyClock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const auto rate = static_cast<int64_t>(static_cast<double>(done_) / seconds);
  const std::string what = files_ > 1 ? fmt::format("{} files", files_) : name_;
  std::string line = fmt::format("\r\033[K{}  {}", what, HumanSize(static_cast<int64_t>(done_)));
  if (total_ > 0) {
    line +=
        fmt::format(" of {}  {} %", HumanSize(static_cast<int64_t>(total_)), done_ * 100 / total_);
  }
  line += fmt::format("  {}B/s", HumanSize(rate));
  if (total_ > done_ && rate > 0) {
    line += fmt::format("  about {} s left", (total_ - done_) / static_cast<uint64_t>(rate) + 1);
  }
  return line;
}

Status CopyAll(InputStream& in, OutputStream& out, CopyProgress* progress) {
  Buffer buffer;
  while (true) {
    if (Interrupted()) return CancelledStatus();
    ASSIGN_OR_RETURN(const size_t n, in.Read(buffer.all()));
    if (n == 0) return Status::Ok();
    RETURN_IF_ERROR(out.Write(buffer.all().first(n)));
    if (progress != nullptr) progress->Advance(n);
  }
}

Status CopyAll(FILE* in, OutputStream& out, CopyProgress* progress) {
  Buffer buffer;
  while (true) {
    if (Interrupted()) return CancelledStatus();
    const size_t n = std::fread(buffer.all().data(), 1, buffer.all().size(), in);
    if (n > 0) {
      RETURN_IF_ERROR(out.Write(buffer.all().first(n)));
      if (progress != nullptr) progress->Advance(n);
    }
    if (n < buffer.all().size()) {
      if (std::ferror(in) && errno != EINTR) return ErrnoStatus(errno, "standard input");
      if (std::feof(in)) return Status::Ok();
    }
  }
}

Status PrintRange(InputStream& in, uint64_t offset, uint64_t length, FILE* out) {
  RETURN_IF_ERROR(in.Seek(offset));
  Buffer buffer;
  while (length > 0) {
    if (Interrupted()) return CancelledStatus();
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(length, kPiece));
    ASSIGN_OR_RETURN(const size_t n, in.Read(buffer.all().first(wanted)));
    if (n == 0) break;
    if (std::fwrite(buffer.all().data(), 1, n, out) != n) {
      if (errno == EPIPE) return Status::Ok();
      return ErrnoStatus(errno, "standard output");
    }
    length -= n;
  }
  return Status::Ok();
}

}  // namespace tusk::dfs
