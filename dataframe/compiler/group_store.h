#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/kept_groups.h"
#include "dfs/model/file_status.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// The groups that stages have kept, in the folder "groups" of a stage directory: a folder for each
/// family, in it one for each run, in it the parts and, written last, the record that makes them
/// count. Any number of programs at a time.
class GroupStore {
 public:
  /// `files` must outlive the store.
  GroupStore(dfs::FileSystem& files, const std::string& stage_directory);

  /// What a run over `input` can go on from. What cannot be read is left out.
  Result<std::vector<KeptGroups>> Find(const std::string& family,
                                       const std::vector<SourceFile>& input);

  /// A new folder for the parts of one run.
  Result<std::string> NewRun(const std::string& family);
  /// Writes the record of a run whose job has succeeded, or removes the run when a reduce has given
  /// up.
  Status Complete(const std::string& run, uint32_t reduces, std::vector<SourceFile> covered);
  /// Removes a run, and its family's folder when that was the last one.
  Status Remove(const std::string& run);
  /// The folders of all runs, for cleaning.
  Result<std::vector<dfs::FileStatus>> Runs();

  /// The folder's name below the stage directory.
  static constexpr const char* kFolder = "groups";

 private:
  dfs::FileSystem& files_;
  const std::string directory_;
};

}  // namespace tusk::df
