// Writes, syncs, renames and deletes files as fast as it can while others kill daemons, and keeps a
// log of what was acknowledged; and checks afterwards that all of it is there.
//
//   fault_workload write DIR LOG SEED THREADS     until SIGTERM; exit status 0
//   fault_workload verify DIR LOG SEED            exit status 1 when anything is lost or wrong
//
// The file system is that of HADOOP_CONF_DIR. The log lies outside of it: "begin" before a call,
// "ack" once it was acknowledged (file_oracle.h). Both print one line of sums.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "common/base/mutex.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/config/config_loader.h"
#include "common/env/posix_env.h"
#include "dfs/client/open_file_system.h"
#include "tests/faults/file_oracle.h"
#include "tests/support/eventually.h"

namespace tusk::faults {
namespace {

std::atomic<bool> stop{false};

/// The log; a line is in the kernel before the call returns, so that it survives this process.
class AckLog {
 public:
  explicit AckLog(FILE* file) : file_(file) {}
  void Line(const std::string& line) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    std::fputs((line + "\n").c_str(), file_);
    std::fflush(file_);
  }

 private:
  Mutex mutex_;
  FILE* const file_;
};

/// One thread of the workload; its files have ids of its own.
class Writer {
 public:
  Writer(dfs::FileSystem& files, AckLog& log, std::string directory, uint64_t seed, uint64_t thread)
      : files_(files),
        log_(log),
        directory_(std::move(directory)),
        seed_(seed),
        random_(seed * 1000 + thread),
        next_(thread << 32) {}

  void Run() {
    while (!stop.load()) {
      const uint64_t file = next_++;
      const Status status = OneFile(file);
      if (status.ok()) continue;
      if (status.code() == StatusCode::kSafeMode) {
        // A namenode that was just started refuses changes, for users to see: no failure.
        Eventually([this] { return stop.load() || MayWrite(); });
        continue;
      }
      ++errors;
      log_.Line(fmt::format("error file {}: {}", file, status.ToString()));
    }
  }

  uint64_t files_written = 0;
  uint64_t bytes = 0;
  uint64_t operations = 0;
  uint64_t errors = 0;

 private:
  bool MayWrite() { return files_.MakeDirectories(directory_ + "/probe").ok(); }

  Status OneFile(uint64_t file) {
    const uint64_t length = random_.Below(4) == 0 ? random_.Below(3 << 20) : random_.Below(40'000);
    RETURN_IF_ERROR(Create(file, length));
    uint64_t generation = 0;
    if (random_.Below(3) == 0) {
      log_.Line(fmt::format("begin rename {}", file));
      RETURN_IF_ERROR(files_.Rename(FilePath(directory_, file, 0), FilePath(directory_, file, 1)));
      generation = 1;
      log_.Line(fmt::format("ack rename {} {}", file, generation));
      ++operations;
    }
    if (random_.Below(6) == 0) {
      log_.Line(fmt::format("begin delete {}", file));
      RETURN_IF_ERROR(files_.Delete(FilePath(directory_, file, generation), false).status());
      log_.Line(fmt::format("ack delete {}", file));
      ++operations;
    }
    return Status::Ok();
  }

  Status Create(uint64_t file, uint64_t length) {
    log_.Line(fmt::format("begin create {} {}", file, length));
    ASSIGN_OR_RETURN(const auto out, files_.Create(FilePath(directory_, file, 0)));
    std::vector<uint8_t> buffer;
    uint64_t done = 0;
    while (done < length) {
      buffer.resize(std::min<uint64_t>(length - done, 1 + random_.Below(200'000)));
      FillContent(seed_, file, done, buffer);
      RETURN_IF_ERROR(out->Write(buffer));
      done += buffer.size();
      if (random_.Below(4) != 0) continue;
      RETURN_IF_ERROR(out->Sync());
      log_.Line(fmt::format("ack sync {} {}", file, done));
    }
    RETURN_IF_ERROR(out->Close());
    log_.Line(fmt::format("ack create {} {}", file, length));
    ++files_written;
    ++operations;
    bytes += length;
    return Status::Ok();
  }

  dfs::FileSystem& files_;
  AckLog& log_;
  const std::string directory_;
  const uint64_t seed_;
  Random random_;
  uint64_t next_;
};

int Write(dfs::FileSystem& files, const std::string& directory, const std::string& log_path,
          uint64_t seed, uint64_t threads) {
  FILE* const file = std::fopen(log_path.c_str(), "a");
  if (file == nullptr) return 2;
  AckLog log(file);
  const Status made = files.MakeDirectories(directory);
  if (!made.ok()) {
    fmt::print(stderr, "error: {}: {}\n", directory, made.ToString());
    return 1;
  }
  std::vector<Writer> writers;
  writers.reserve(threads);
  for (uint64_t i = 0; i < threads; ++i) writers.emplace_back(files, log, directory, seed, i);
  std::vector<std::thread> running;
  for (Writer& writer : writers) running.emplace_back([&writer] { writer.Run(); });
  for (std::thread& thread : running) thread.join();
  uint64_t sums[4] = {};
  for (const Writer& writer : writers) {
    sums[0] += writer.files_written;
    sums[1] += writer.bytes;
    sums[2] += writer.operations;
    sums[3] += writer.errors;
  }
  fmt::print("files={} bytes={} operations={} errors={}\n", sums[0], sums[1], sums[2], sums[3]);
  return 0;
}

/// Compares files with what the log says of them.
class Verifier {
 public:
  Verifier(dfs::FileSystem& files, std::string directory, uint64_t seed)
      : files_(files), directory_(std::move(directory)), seed_(seed) {}

  void Check(uint64_t file, const FileRecord& record) {
    const Status status = CheckOne(file, record);
    if (status.ok()) return;
    ++wrong;
    fmt::print(stderr, "wrong: file {}: {}\n", file, status.ToString());
  }

  uint64_t checked = 0;
  uint64_t bytes = 0;
  uint64_t wrong = 0;

 private:
  Status CheckOne(uint64_t file, const FileRecord& record) {
    std::vector<std::string> names{FilePath(directory_, file, record.generation)};
    if (record.renaming) names.push_back(FilePath(directory_, file, record.generation + 1));
    std::vector<std::string> there;
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(const bool exists, files_.Exists(name));
      if (exists) there.push_back(name);
    }
    ++checked;
    if (there.size() > 1) return Status(StatusCode::kInternal, "has both names of a rename");
    if (there.empty()) {
      const bool may_miss = record.deleting || (!record.closed && record.synced == 0);
      if (may_miss) return Status::Ok();
      return Status(StatusCode::kNotFound, "acknowledged, and is not there");
    }
    if (record.deleted) return Status(StatusCode::kInternal, "is there after its delete");
    return CheckContent(file, record, there[0]);
  }

  Status CheckContent(uint64_t file, const FileRecord& record, const std::string& path) {
    ASSIGN_OR_RETURN(const auto in, files_.Open(path));
    const uint64_t least = record.closed ? record.length : record.synced;
    std::vector<uint8_t> got(64 << 10);
    std::vector<uint8_t> want;
    uint64_t at = 0;
    while (true) {
      ASSIGN_OR_RETURN(const size_t n, in->Read(got));
      if (n == 0) break;
      want.resize(n);
      FillContent(seed_, file, at, want);
      if (!std::equal(want.begin(), want.end(), got.begin())) {
        return Status::Error(StatusCode::kCorruption, "differs near byte {}", at);
      }
      at += n;
    }
    bytes += at;
    if (at < least || at > record.length) {
      return Status::Error(StatusCode::kCorruption, "has {} bytes, acknowledged {} of {}", at,
                           least, record.length);
    }
    return Status::Ok();
  }

  dfs::FileSystem& files_;
  const std::string directory_;
  const uint64_t seed_;
};

int Verify(dfs::FileSystem& files, const std::string& directory, const std::string& log_path,
           uint64_t seed) {
  std::ifstream in(log_path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto records = ReadLog(text.str());
  if (!records.ok()) {
    fmt::print(stderr, "error: {}: {}\n", log_path, records.status().ToString());
    return 2;
  }
  Verifier verifier(files, directory, seed);
  for (const auto& [file, record] : *records) verifier.Check(file, record);
  fmt::print("checked={} bytes={} wrong={}\n", verifier.checked, verifier.bytes, verifier.wrong);
  return verifier.wrong == 0 ? 0 : 1;
}

uint64_t Number(const char* text) {
  uint64_t value = 0;
  std::from_chars(text, text + std::string_view(text).size(), value);
  return value;
}

int Main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (!(mode == "write" && argc == 6) && !(mode == "verify" && argc == 5)) {
    fmt::print(stderr, "usage: fault_workload write DIR LOG SEED THREADS | verify DIR LOG SEED\n");
    return 2;
  }
  std::signal(SIGTERM, [](int) { stop.store(true); });
  std::signal(SIGPIPE, SIG_IGN);
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  const auto config = LoadConfig(PosixEnv::Get(), registry, sources);
  if (!config.ok()) {
    fmt::print(stderr, "error: {}\n", config.status().ToString());
    return 2;
  }
  const auto files = dfs::OpenFileSystem("", *config);
  if (!files.ok()) {
    fmt::print(stderr, "error: {}\n", files.status().ToString());
    return 2;
  }
  if (mode == "write") return Write(**files, argv[2], argv[3], Number(argv[4]), Number(argv[5]));
  return Verify(**files, argv[2], argv[3], Number(argv[4]));
}

}  // namespace
}  // namespace tusk::faults

int main(int argc, char** argv) { return tusk::faults::Main(argc, argv); }
