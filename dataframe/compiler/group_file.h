#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dataframe/exec/group_keeper.h"

namespace tusk::dfs {
class FileSystem;
}
namespace tusk::mapreduce {
class OutputFileWriter;
}

namespace tusk::df {

class TableWriter;

/// The name of one reduce's kept groups: "00003-1234.arrow" of reduce 3 with 1,234 groups.
struct GroupFileName {
  uint32_t reduce = 0;
  int64_t groups = 0;

  std::string ToString() const;
  /// Nothing for other names.
  static std::optional<GroupFileName> Parse(std::string_view name);
  friend bool operator==(const GroupFileName&, const GroupFileName&) = default;
};

/// Writes the groups that one attempt of a reduce keeps into a file of its own and renames it when
/// all are there: of several attempts, which have the same groups, the first one's stays. Gives up
/// without a word beyond `limit` bytes and when the file system fails. One thread.
class GroupFile final : public GroupKeeper {
 public:
  /// `directory` exists; `attempt` is in the name of the file while it is written. `files` must
  /// outlive it.
  GroupFile(dfs::FileSystem& files, std::string directory, uint32_t reduce,
            const std::string& attempt, int64_t limit);
  /// Removes what has not been finished.
  ~GroupFile() override;

  bool Wants(int64_t bytes) override;
  void Keep(const BatchPtr& states) override;
  void Finish() override;

 private:
  Status Write(const arrow::RecordBatch& states);
  Status Complete();
  void GiveUp();

  dfs::FileSystem& files_;
  const std::string directory_;
  const std::string unfinished_;
  const uint32_t reduce_;
  int64_t left_;
  bool given_up_ = false;
  bool finished_ = false;
  int64_t groups_ = 0;
  std::unique_ptr<mapreduce::OutputFileWriter> file_;
  std::unique_ptr<TableWriter> writer_;
};

}  // namespace tusk::df
