// The raw disk, to compare with: one thread, plain system calls, the sync semantics of blocks.
//
//   disk_bench write DIR BYTES [--runs N]    files of 128 MiB, each with fdatasync
//   disk_bench read FILE [--runs N]          1 MiB at a time past the cache (O_DIRECT)
//   disk_bench evict FILE...                 asks the system to drop files from its cache

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

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

void WriteFile(const std::string& path, uint64_t bytes, const char* buffer) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  Check(fd >= 0, path);
  for (uint64_t done = 0; done < bytes;) {
    const ssize_t n = ::write(fd, buffer, std::min<uint64_t>(kStep, bytes - done));
    Check(n > 0, path);
    done += static_cast<uint64_t>(n);
  }
  Check(::fdatasync(fd) == 0, path);
  Check(::close(fd) == 0, path);
}

void MeasureWrite(const std::string& directory, uint64_t bytes, int runs) {
  const auto buffer = Buffer();
  const std::string base = directory + "/disk_bench." + std::to_string(::getpid());
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    std::filesystem::create_directories(base);
    const Stopwatch watch;
    for (uint64_t done = 0; done < bytes; done += kFileBytes) {
      WriteFile(base + "/" + std::to_string(done), std::min(kFileBytes, bytes - done),
                buffer.get());
    }
    rates.push_back(static_cast<double>(bytes) / 1e6 / watch.Seconds());
    std::filesystem::remove_all(base);
  }
  Print("raw disk write", rates, "MB/s");
}

void MeasureRead(const std::string& path, int runs) {
  const auto buffer = Buffer();
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
    Check(fd >= 0, path);
    uint64_t total = 0;
    const Stopwatch watch;
    while (true) {
      const ssize_t n = ::read(fd, buffer.get(), kStep);
      Check(n >= 0, path);
      if (n == 0) break;
      total += static_cast<uint64_t>(n);
    }
    rates.push_back(static_cast<double>(total) / 1e6 / watch.Seconds());
    Check(::close(fd) == 0, path);
  }
  Print("raw disk read", rates, "MB/s");
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
  if (what == "write" && argc > 3) {
    MeasureWrite(argv[2], std::strtoull(argv[3], nullptr, 10), runs);
  } else if (what == "read") {
    MeasureRead(argv[2], runs);
  } else if (what == "evict") {
    for (int i = 2; i < argc; ++i) Evict(argv[i]);
  } else {
    std::fputs("Usage: disk_bench write DIR BYTES | read FILE | evict FILE...\n", stderr);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }
