#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <leveldb/env.h>

#include "common/env/env.h"

namespace tusk::dfs::namenode {

/// LevelDB on our Env, so that tests can lose, tear and refuse what the store writes. Stricter than
/// LevelDB's own: the name of a new or renamed file is durable when its first sync, or the rename,
/// returns. After the first failed change nothing more is written, renamed or removed: LevelDB
/// cleans up after errors, and would remove a file that a half-done step has just made the current
/// one. Threads and times are those of LevelDB's default Env.
class LevelDbEnv final : public leveldb::EnvWrapper {
 public:
  /// `env` must outlive this object and the database.
  explicit LevelDbEnv(tusk::Env& env) : EnvWrapper(leveldb::Env::Default()), env_(env) {}

  leveldb::Status NewSequentialFile(const std::string& path,
                                    leveldb::SequentialFile** result) override;
  leveldb::Status NewRandomAccessFile(const std::string& path,
                                      leveldb::RandomAccessFile** result) override;
  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** result) override;
  leveldb::Status NewAppendableFile(const std::string& path,
                                    leveldb::WritableFile** result) override;
  bool FileExists(const std::string& path) override;
  leveldb::Status GetChildren(const std::string& path, std::vector<std::string>* result) override;
  leveldb::Status RemoveFile(const std::string& path) override;
  leveldb::Status CreateDir(const std::string& path) override;
  leveldb::Status RemoveDir(const std::string& path) override;
  leveldb::Status GetFileSize(const std::string& path, uint64_t* size) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status LockFile(const std::string& path, leveldb::FileLock** lock) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
  leveldb::Status NewLogger(const std::string& path, leveldb::Logger** result) override;

 private:
  template <class Step>
  leveldb::Status Change(Step step);

  tusk::Env& env_;
  const std::shared_ptr<std::atomic<bool>> broken_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace tusk::dfs::namenode
