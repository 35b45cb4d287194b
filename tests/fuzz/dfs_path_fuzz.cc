#include "dfs/model/dfs_path.h"
#include "tests/fuzz/fuzz_target.h"

// A canonical path passes the check of the wire, and is its own canonical form.
FUZZ_TARGET(DfsPath) {
  CHECK(dfs::IsValidUtf8(dfs::CheckPath(AsText(bytes)).message()));
  const auto path = dfs::CanonicalPath(AsText(bytes));
  if (!path.ok()) return;
  CHECK(dfs::CheckPath(*path).ok() && *dfs::CanonicalPath(*path) == *path);
  CHECK(dfs::IsSameOrBelow(*path, dfs::ParentPath(*path)));
}
