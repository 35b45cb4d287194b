#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// Runs the job of a write so that its files are at their place all at once.
///
/// Nothing there: the job's own commit. Overwrite: the new folder is written whole beside the old
/// one and swapped in by two renames; readers see the old table, for a moment none, or the new one,
/// and after a crash between the two the old one is there as PATH.X.old. Append: the new files are
/// written whole into a hidden folder of the table, which one rename then makes a visible one,
/// "part-then-TIME-X"; readers see all of them or none, and a crash leaves at most a hidden folder.
/// Ignore: nothing is run when there is something.
///
/// `rows` is what is written. `run` writes into a folder that does not exist. kAlreadyExists,
/// kInvalidArgument for what cannot be appended or cannot be a partition, else what `run` and the
/// file system say.
Status CommitWrite(dfs::FileSystem& files, const WriteSpec& spec, const SchemaPtr& rows,
                   const std::function<Status(const std::string& folder)>& run);

}  // namespace tusk::df
