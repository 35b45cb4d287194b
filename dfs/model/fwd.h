#pragma once

// Names of the model, for headers that only mention them.

namespace tusk::dfs {

struct AccessToken;
struct Block;
struct ContentSummary;
struct DatanodeId;
struct DatanodeInfo;
struct ExtendedBlock;
struct FileStatus;
struct FsStats;
struct LocatedBlock;
struct LocatedBlocks;
struct ServerDefaults;
class PathComponents;
class PermissionChange;

}  // namespace tusk::dfs
