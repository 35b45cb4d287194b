#include "dfs/namenode/namespace/leveldb_env.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <utility>

#include "common/env/local_path.h"
#include "common/log/logger.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kWriteBuffer = 64u << 10;

leveldb::Status Translate(const Status& status) {
  if (status.ok()) return leveldb::Status::OK();
  if (status.code() == StatusCode::kNotFound) return leveldb::Status::NotFound(status.ToString());
  return leveldb::Status::IOError(status.ToString());
}

class SequentialReader final : public leveldb::SequentialFile {
 public:
  explicit SequentialReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
  leveldb::Status Read(size_t n, leveldb::Slice* result, char* scratch) override {
    const Result<size_t> read =
        file_->PRead(position_, MutableByteView(reinterpret_cast<uint8_t*>(scratch), n));
    if (!read.ok()) return Translate(read.status());
    position_ += *read;
    *result = leveldb::Slice(scratch, *read);
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(uint64_t n) override {
    position_ += n;
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<File> file_;
  uint64_t position_ = 0;
};

class RandomReader final : public leveldb::RandomAccessFile {
 public:
  explicit RandomReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
  leveldb::Status Read(uint64_t offset, size_t n, leveldb::Slice* result,
                       char* scratch) const override {
    const Result<size_t> read =
        file_->PRead(offset, MutableByteView(reinterpret_cast<uint8_t*>(scratch), n));
    if (!read.ok()) return Translate(read.status());
    *result = leveldb::Slice(scratch, *read);
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<File> file_;
};

/// Shared by all files of a database: set by the first change that failed.
using Broken = std::shared_ptr<std::atomic<bool>>;

leveldb::Status GivenUp() {
  return leveldb::Status::IOError("given up after an earlier failure to write");
}

class Writer final : public leveldb::WritableFile {
 public:
  Writer(tusk::Env& env, Broken broken, std::string path, std::unique_ptr<File> file)
      : env_(env), broken_(std::move(broken)), path_(std::move(path)), file_(std::move(file)) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    if (broken_->load()) return GivenUp();
    buffer_.append(data.data(), data.size());
    return buffer_.size() < kWriteBuffer ? leveldb::Status::OK() : Flush();
  }
  leveldb::Status Flush() override {
    if (buffer_.empty()) return leveldb::Status::OK();
    const leveldb::Status status = Try([this] { return file_->Append(AsBytes(buffer_)); });
    buffer_.clear();
    return status;
  }
  leveldb::Status Sync() override {
    const leveldb::Status flushed = Flush();
    if (!flushed.ok()) return flushed;
    return Try([this] {
      Status status = file_->DataSync();
      if (status.ok() && !named_) status = env_.SyncDirectory(ParentPath(path_));
      named_ = status.ok();
      return status;
    });
  }
  leveldb::Status Close() override {
    const leveldb::Status flushed = Flush();
    const Status closed = file_->Close();
    return flushed.ok() ? Translate(closed) : flushed;
  }

 private:
  template <class Step>
  leveldb::Status Try(Step step) {
    if (broken_->load()) return GivenUp();
    const Status status = step();
    if (!status.ok()) broken_->store(true);
    return Translate(status);
  }

  tusk::Env& env_;
  const Broken broken_;
  const std::string path_;
  const std::unique_ptr<File> file_;
  std::string buffer_;
  bool named_ = false;  // the directory entry is durable
};

class Lock final : public leveldb::FileLock {
 public:
  explicit Lock(std::unique_ptr<tusk::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<tusk::FileLock> lock_;
};

/// LevelDB's own remarks go to our log, below the level that is on by default.
class LogBridge final : public leveldb::Logger {
 public:
  void Logv(const char* format, std::va_list arguments) override {
    if (!LogEnabled(LogLevel::kDebug)) return;
    char text[512];
    std::vsnprintf(text, sizeof text, format, arguments);
    LOG_DEBUG("leveldb", "{}", text);
  }
};

template <class Handle, class Base>
leveldb::Status OpenAs(tusk::Env& env, const std::string& path, Base** result) {
  Result<std::unique_ptr<File>> file = env.OpenFile(path, OpenMode::kRead);
  if (!file.ok()) {
    *result = nullptr;
    return Translate(file.status());
  }
  *result = std::make_unique<Handle>(std::move(*file)).release();
  return leveldb::Status::OK();
}

leveldb::Status OpenWriter(tusk::Env& env, const Broken& broken, const std::string& path,
                           OpenMode mode, leveldb::WritableFile** result) {
  *result = nullptr;
  if (broken->load()) return GivenUp();
  Result<std::unique_ptr<File>> file = env.OpenFile(path, mode);
  if (!file.ok()) {
    broken->store(true);
    return Translate(file.status());
  }
  *result = std::make_unique<Writer>(env, broken, path, std::move(*file)).release();
  return leveldb::Status::OK();
}

}  // namespace

leveldb::Status LevelDbEnv::NewSequentialFile(const std::string& path,
                                              leveldb::SequentialFile** result) {
  return OpenAs<SequentialReader>(env_, path, result);
}
leveldb::Status LevelDbEnv::NewRandomAccessFile(const std::string& path,
                                                leveldb::RandomAccessFile** result) {
  return OpenAs<RandomReader>(env_, path, result);
}
leveldb::Status LevelDbEnv::NewWritableFile(const std::string& path,
                                            leveldb::WritableFile** result) {
  return OpenWriter(env_, broken_, path, OpenMode::kTruncate, result);
}
leveldb::Status LevelDbEnv::NewAppendableFile(const std::string& path,
                                              leveldb::WritableFile** result) {
  return OpenWriter(env_, broken_, path, OpenMode::kOpenOrCreate, result);
}

bool LevelDbEnv::FileExists(const std::string& path) {
  const Result<bool> exists = env_.Exists(path);
  return exists.ok() && *exists;
}

leveldb::Status LevelDbEnv::GetChildren(const std::string& path, std::vector<std::string>* result) {
  result->clear();
  Result<std::vector<std::string>> names = env_.ListDirectory(path);
  if (!names.ok()) return Translate(names.status());
  *result = std::move(*names);
  return leveldb::Status::OK();
}

template <class Step>
leveldb::Status LevelDbEnv::Change(Step step) {
  if (broken_->load()) return GivenUp();
  const Status status = step();
  if (!status.ok()) broken_->store(true);
  return Translate(status);
}

leveldb::Status LevelDbEnv::RemoveFile(const std::string& path) {
  // What could not be removed is tried again at the next start: no harm done.
  if (broken_->load()) return GivenUp();
  return Translate(env_.RemoveFile(path));
}

leveldb::Status LevelDbEnv::CreateDir(const std::string& path) {
  // LevelDB makes the directory of a database that may be there already, and ignores the error.
  const Status made = env_.MakeDirectory(path);
  if (!made.ok()) return Translate(made);
  return Change([&] { return env_.SyncDirectory(ParentPath(path)); });
}

leveldb::Status LevelDbEnv::RemoveDir(const std::string& path) {
  if (broken_->load()) return GivenUp();
  return Translate(env_.RemoveDirectory(path));
}

leveldb::Status LevelDbEnv::GetFileSize(const std::string& path, uint64_t* size) {
  *size = 0;
  const Result<FileStat> stat = env_.Stat(path);
  if (!stat.ok()) return Translate(stat.status());
  *size = stat->size;
  return leveldb::Status::OK();
}

leveldb::Status LevelDbEnv::RenameFile(const std::string& from, const std::string& to) {
  return Change([&] {
    Status status = env_.Rename(from, to);
    if (status.ok()) status = env_.SyncDirectory(ParentPath(to));
    return status;
  });
}

leveldb::Status LevelDbEnv::LockFile(const std::string& path, leveldb::FileLock** lock) {
  *lock = nullptr;
  Result<std::unique_ptr<tusk::FileLock>> held = env_.Lock(path);
  if (!held.ok()) return Translate(held.status());
  *lock = std::make_unique<Lock>(std::move(*held)).release();
  return leveldb::Status::OK();
}

leveldb::Status LevelDbEnv::UnlockFile(leveldb::FileLock* lock) {
  const std::unique_ptr<leveldb::FileLock> owned(lock);
  return leveldb::Status::OK();
}

leveldb::Status LevelDbEnv::NewLogger(const std::string&, leveldb::Logger** result) {
  *result = std::make_unique<LogBridge>().release();
  return leveldb::Status::OK();
}

}  // namespace tusk::dfs::namenode
