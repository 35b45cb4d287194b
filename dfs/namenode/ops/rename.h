#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

// Two calls with different rules (ClientProtocol.rename and rename2). Both are atomic, keep inode
// ids, open writers and everything below, and set the times of both parents.
//
// Rename, the old one, answers false where nothing can be renamed: source missing or the root,
// destination an existing file or below the source, destination's parent missing. A destination
// that is an existing directory means "into it under the old name". Source equal to destination
// is true.
//
// Rename2 says why:
//   kNotFound            source missing; destination's parent missing
//   kAlreadyExists       source equals destination; destination exists and not `overwrite`
//   kNotADirectory       destination's parent is a file
//   kFailedPrecondition  one of them is the root; destination below source; one is a directory and
//                        the other is not; destination a directory with entries
// There is no implicit "into the directory". With `overwrite` an existing file or empty directory
// at the destination goes, in the same step.
//
// Permissions: w on the source's parent with the sticky bit rule, w on the destination's parent,
// and the deletion rule on what is replaced; with `move_to_trash` also on the source's tree.

Result<Outcome<bool>> Rename(const OpContext& context, const Caller& caller,
                             std::string_view source, std::string_view destination);

/// What rename2 may do beyond a plain move.
struct Rename2Options {
  bool overwrite = false;
  bool move_to_trash = false;
};

/// The id of the change.
Result<TxId> Rename2(const OpContext& context, const Caller& caller, std::string_view source,
                     std::string_view destination, const Rename2Options& options);

}  // namespace tusk::dfs::namenode
