#include "mapreduce/tasktracker/binary_cache.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"
#include "mapreduce/tasktracker/child_process.h"

namespace tusk::mapreduce::tasktracker {

namespace {

constexpr size_t kChunkBytes = 1 << 20;

std::string Hex(ByteView bytes) {
  std::string text;
  for (const uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Status WriteFully(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "write a job's program");
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return Status::Ok();
}

}  // namespace

BinaryCache::BinaryCache(std::string directory, uint64_t max_bytes, OpenFiles open_files)
    : directory_(std::move(directory)), max_bytes_(max_bytes), open_files_(std::move(open_files)) {}

std::string BinaryCache::PathOf(const std::string& hash) const { return directory_ + "/" + hash; }

Status BinaryCache::Open() {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return ErrnoStatus(error.value(), "create " + directory_);
  MutexLock lock(mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".part")) {
      std::filesystem::remove(entry.path(), error);
    } else {
      used_[name] = ++clock_;
    }
  }
  Evict();
  return Status::Ok();
}

Result<std::string> BinaryCache::Fetch(const std::string& uri, const std::string& path,
                                       const std::string& hash) {
  MutexLock lock(mutex_);
  if (access(PathOf(hash).c_str(), X_OK) != 0) {
    RETURN_IF_ERROR(Download(uri, path, hash).WithContext("fetch the job's program " + path));
    WaitForStartsUnderWay();
  }
  used_[hash] = ++clock_;
  Evict();
  return PathOf(hash);
}

Status BinaryCache::Download(const std::string& uri, const std::string& path,
                             const std::string& hash) {
  std::shared_ptr<dfs::FileSystem>& files = files_[uri];
  if (files == nullptr) {
    ASSIGN_OR_RETURN(files, open_files_(uri));
  }
  ASSIGN_OR_RETURN(auto input, files->Open(path));
  const std::string part = PathOf(hash) + ".part";
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  if (fd < 0) return ErrnoStatus(errno, "create " + part);
  ScopeExit close_file([fd] { close(fd); });
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  ScopeExit free_digest([digest] { EVP_MD_CTX_free(digest); });
  EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
  std::vector<uint8_t> chunk(kChunkBytes);
  while (true) {
    ASSIGN_OR_RETURN(size_t got, input->Read(chunk));
    if (got == 0) break;
    const ByteView bytes(chunk.data(), got);
    EVP_DigestUpdate(digest, bytes.data(), bytes.size());
    RETURN_IF_ERROR(WriteFully(fd, bytes));
  }
  std::vector<uint8_t> sum(EVP_MAX_MD_SIZE);
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest, sum.data(), &length);
  const std::string found = Hex(ByteView(sum.data(), length));
  if (found != hash) {
    unlink(part.c_str());
    return Status::Error(StatusCode::kCorruption, "its SHA-256 is {}, not {}", found, hash);
  }
  if (rename(part.c_str(), PathOf(hash).c_str()) != 0) return ErrnoStatus(errno, "rename " + part);
  return Status::Ok();
}

void BinaryCache::Evict() {
  struct Kept {
    std::string hash;
    uint64_t when;
    uint64_t bytes;
  };
  std::vector<Kept> kept;
  uint64_t total = 0;
  for (const auto& [hash, when] : used_) {
    struct stat facts = {};
    if (stat(PathOf(hash).c_str(), &facts) != 0) continue;
    kept.push_back(Kept{hash, when, static_cast<uint64_t>(facts.st_size)});
    total += kept.back().bytes;
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.when < b.when; });
  for (size_t i = 0; i + 1 < kept.size() && total > max_bytes_; ++i) {
    unlink(PathOf(kept[i].hash).c_str());
    used_.erase(kept[i].hash);
    total -= kept[i].bytes;
  }
}

}  // namespace tusk::mapreduce::tasktracker
