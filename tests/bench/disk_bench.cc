// The raw disk, to compare with: plain system calls, 1 MiB at a time, the sync semantics of blocks.
//
//   disk_bench write DIR BYTES [--threads N] [--runs N]   files of 128 MiB, each with fdatasync;
//                                            with threads past the cache (O_DIRECT), N at once
//   disk_bench read FILE [--threads N] [--runs N]         past the cache, N requests at once
//   disk_bench sync DIR [--runs N]           16 KiB and fdatasync, again and again, in one file
//   disk_bench evict FILE...                 asks the system to drop files from its cache

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/report.h"

namespace tusk::bench {
namespace {

constexpr size_t kStep = size_t{1} << 20;
constexpr uint64_t kFileBytes = uint64_t{128} << 20;
constexpr size_t kAlignment = 4096;

void Check(bool ok, const std::string& what) {
  if (ok) return;
  Require(Status::Error(StatusCode::kIoError, "{}: {}", what, std::strerror(errno)));
}

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
std::unique_ptr<char, Free> Buffer() {
  auto* const memory = static_cast<char*>(std::aligned_alloc(kAlignment, kStep));
  std::memset(memory, 'x', kStep);
  return std::unique_ptr<char, Free>(memory);
}

void WriteFile(const std::string& path, uint64_t bytes, const char* buffer, bool direct) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (direct ? O_DIRECT : 0);
  const int fd = ::open(path.c_str(), flags, 0644);
  Check(fd >= 0, path);
  for (uint64_t done = 0; done < bytes;) {
    const ssize_t n = ::write(fd, buffer, std::min<uint64_t>(kStep, bytes - done));
    Check(n > 0, path);
    done += static_cast<uint64_t>(n);
  }
  Check(::fdatasync(fd) == 0, path);
  Check(::close(fd) == 0, path);
}

/// Calls `work(step, buffer)` for each step below `steps`, from `threads` threads.
template <typename Work>
void InThreads(uint64_t threads, uint64_t steps, Work work) {
  std::atomic<uint64_t> next = 0;
  const auto loop = [&] {
    const auto buffer = Buffer();
    while (true) {
      const uint64_t step = next.fetch_add(1);
      if (step >= steps) return;
      work(step, buffer.get());
    }
  };
  std::vector<std::thread> others;
  for (uint64_t i = 1; i < threads; ++i) others.emplace_back(loop);
  loop();
  for (std::thread& thread : others) thread.join();
}

/// `threads` 0: one thread through the cache. Bytes are rounded down to whole steps.
void MeasureWrite(const std::string& directory, uint64_t bytes, uint64_t threads, int runs) {
  const std::string base = directory + "/disk_bench." + std::to_string(::getpid());
  bytes = bytes / kStep * kStep;
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    std::filesystem::create_directories(base);
    const Stopwatch watch;
    InThreads(std::max<uint64_t>(threads, 1), (bytes + kFileBytes - 1) / kFileBytes,
              [&](uint64_t file, char* buffer) {
                const uint64_t size = std::min(kFileBytes, bytes - file * kFileBytes);
                WriteFile(base + "/" + std::to_string(file), size, buffer, threads > 0);
              });
    rates.push_back(static_cast<double>(bytes) / 1e6 / watch.Seconds());
    std::filesystem::remove_all(base);
  }
  Print("raw disk write", rates, "MB/s");
}

void MeasureRead(const std::string& path, uint64_t threads, int runs) {
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
    Check(fd >= 0, path);
    struct stat status{};
    Check(::fstat(fd, &status) == 0, path);
    const auto bytes = static_cast<uint64_t>(status.st_size);
    const Stopwatch watch;
    InThreads(threads, (bytes + kStep - 1) / kStep, [&](uint64_t step, char* buffer) {
      const ssize_t n = ::pread(fd, buffer, kStep, static_cast<off_t>(step * kStep));
      Check(n >= 0, path);
    });
    rates.push_back(static_cast<double>(bytes) / 1e6 / watch.Seconds());
    Check(::close(fd) == 0, path);
  }
  Print("raw disk read", rates, "MB/s");
}

/// What a journal can do at best: each sync makes one batch durable.
void MeasureSync(const std::string& directory, int runs) {
  constexpr size_t kBatch = size_t{16} << 10;
  constexpr int kSyncs = 300;
  const auto buffer = Buffer();
  const std::string path = directory + "/disk_bench.sync." + std::to_string(::getpid());
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  Check(fd >= 0, path);
  Check(::posix_fallocate(fd, 0, kBatch * kSyncs) == 0, path);
  Check(::fsync(fd) == 0, path);
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    const Stopwatch watch;
    for (int i = 0; i < kSyncs; ++i) {
      const ssize_t n = ::pwrite(fd, buffer.get(), kBatch, static_cast<off_t>(kBatch) * i);
      Check(n == static_cast<ssize_t>(kBatch) && ::fdatasync(fd) == 0, path);
    }
    rates.push_back(kSyncs / watch.Seconds());
  }
  Print("raw disk syncs", rates, "syncs/s");
  Check(::close(fd) == 0, path);
  std::filesystem::remove(path);
}

void Evict(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Check(fd >= 0, path);
  Check(::fdatasync(fd) == 0, path);  // only clean pages can go
  Check(::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0, path);
  Check(::close(fd) == 0, path);
}

int Run(int argc, char** argv) {
  const std::string_view what = argc > 2 ? argv[1] : "";
  const int runs = static_cast<int>(NumberOf(argc, argv, "--runs", 3));
  const uint64_t threads = NumberOf(argc, argv, "--threads", 0);
  if (what == "write" && argc > 3) {
    MeasureWrite(argv[2], std::strtoull(argv[3], nullptr, 10), threads, runs);
  } else if (what == "read") {
    MeasureRead(argv[2], std::max<uint64_t>(threads, 1), runs);
  } else if (what == "sync") {
    MeasureSync(argv[2], runs);
  } else if (what == "evict") {
    for (int i = 2; i < argc; ++i) Evict(argv[i]);
  } else {
    std::fputs("Usage: disk_bench write DIR BYTES | read FILE | sync DIR | evict FILE...\n",
               stderr);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }
