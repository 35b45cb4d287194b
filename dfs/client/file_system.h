#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/client/streams.h"
#include "dfs/model/file_status.h"
#include "dfs/model/fs_stats.h"

namespace tusk::dfs {

/// How a file is opened for reading.
struct OpenOptions {
  /// False hands out bytes without looking at their checksums (`fs -get -ignoreCrc`).
  bool verify_checksum = true;
};

/// How a file is created. Zero in a size means: as the client's options or the server say.
struct CreateOptions {
  bool overwrite = true;       ///< replace an existing file; else kAlreadyExists
  bool create_parents = true;  ///< make missing directories; else kNotFound
  uint16_t replication = 0;    ///< wanted copies of each block
  uint64_t block_size = 0;     ///< bytes; a multiple of the bytes per checksum
  std::optional<uint16_t> permission =
      std::nullopt;  ///< mode bits before the umask; 0666 when unset
};

/// What a rename may do beyond moving to a free name.
struct RenameOptions {
  bool overwrite = false;  ///< replace an existing file or an empty directory, in one step
};

/// One stretch of a file and the hosts that hold it.
struct BlockLocation {
  uint64_t offset = 0;  ///< in the file
  uint64_t length = 0;
  std::vector<std::string> hosts = {};  ///< host names, nearest first
  std::vector<std::string> names = {};  ///< "ip:port" of the same nodes, in the same order
  std::vector<std::string> racks = {};  ///< "/rack" of the same nodes, in the same order
  bool corrupt = false;                 ///< every known replica is damaged
};

/// The children of one directory in name order, a page at a time, so that a directory of millions
/// needs no memory. One thread at a time. Children that come or go meanwhile may or may not be
/// seen; all others are seen exactly once.
class ListIterator {
 public:
  virtual ~ListIterator() = default;

  /// The next child; nothing at the end.
  virtual Result<std::optional<FileStatus>> Next() = 0;
};

/// A tree of files and directories: a cluster's, or this machine's.
///
/// Blocking and thread-safe: every method may be called from any thread; calls wait in the
/// caller's thread until answered or until the deadlines of the client's options pass.
///
/// Paths are absolute ("/a/b"), UTF-8, with or without this file system's "scheme://authority" in
/// front; a relative path starts at `HomeDirectory()`. "." and ".." and doubled slashes are
/// resolved in the text before use. A path of another file system is kInvalidArgument.
///
/// Errors have the codes of StatusCode and, on a cluster, the server's own text. kMaybeDone means
/// that a change was sent and its answer lost; changes are repeated safely as long as the deadline
/// allows, so callers see it only when the server stays away.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;

  /// "hdfs://host:port" or "file:///"; two file systems are the same when these are equal.
  virtual std::string Uri() const = 0;

  /// True for "scheme://authority" texts that mean this file system.
  virtual bool IsSameFileSystem(std::string_view uri) const { return uri == Uri(); }

  /// `path` absolute and normalised, without scheme. kInvalidPath; kInvalidArgument ("Wrong FS")
  /// for a path of another file system.
  Result<std::string> ResolvePath(std::string_view path) const;

  /// Where relative paths start: "/user/NAME" on a cluster, the working directory locally.
  virtual std::string HomeDirectory() const = 0;

  /// The user that the file system takes this client for.
  virtual std::string UserName() const = 0;

  /// Opens a file to read; kNotFound, kIsADirectory, kPermissionDenied.
  virtual Result<std::unique_ptr<InputStream>> Open(std::string_view path,
                                                    const OpenOptions& options) = 0;
  Result<std::unique_ptr<InputStream>> Open(std::string_view path) { return Open(path, {}); }

  /// Creates a file and opens it to write. kAlreadyExists, kIsADirectory, kNotADirectory,
  /// kNotFound (a parent, without `create_parents`), kPermissionDenied, kSafeMode,
  /// kAlreadyBeingCreated (another client writes it).
  virtual Result<std::unique_ptr<OutputStream>> Create(std::string_view path,
                                                       const CreateOptions& options) = 0;
  Result<std::unique_ptr<OutputStream>> Create(std::string_view path) { return Create(path, {}); }

  /// Opens an existing file to write behind its end. kUnsupported where the server does not.
  virtual Result<std::unique_ptr<OutputStream>> Append(std::string_view path) = 0;

  /// Facts of one file or directory; `FileStatus::path` is the full path. kNotFound.
  virtual Result<FileStatus> Stat(std::string_view path) = 0;

  /// True when the path exists; an error only when that could not be found out.
  Result<bool> Exists(std::string_view path);

  /// The children of a directory in byte order of their names, or the file itself when `path` is
  /// a file. kNotFound.
  virtual Result<std::unique_ptr<ListIterator>> ListPaged(std::string_view path) = 0;
  /// The same, all at once.
  Result<std::vector<FileStatus>> List(std::string_view path);

  /// Every file (no directories) below `path`, depth first in name order, for as long as `visit`
  /// returns Ok; its error ends the walk and is returned.
  Status VisitFiles(std::string_view path, const std::function<Status(const FileStatus&)>& visit);

  /// The paths that match Hadoop's glob pattern (`? * [a-c] [^a] {x,y} \c`), sorted. A pattern
  /// without wildcards gives the path itself, or nothing when it does not exist.
  Result<std::vector<FileStatus>> Glob(std::string_view pattern);

  /// Makes a directory and its missing parents. Ok when it exists already. kNotADirectory.
  virtual Status MakeDirectories(std::string_view path, uint16_t permission) = 0;
  Status MakeDirectories(std::string_view path) { return MakeDirectories(path, 0777); }

  /// Moves a file or a tree, in one step. When `destination` is an existing directory it is NOT
  /// moved below it: that is the shell's business. kNotFound (source or the parent of the
  /// destination), kAlreadyExists, kNotEmpty (overwriting a directory), kInvalidArgument (below
  /// itself).
  virtual Status Rename(std::string_view source, std::string_view destination,
                        const RenameOptions& options) = 0;
  Status Rename(std::string_view source, std::string_view destination) {
    return Rename(source, destination, {});
  }

  /// Deletes; false when there was nothing. A directory with children needs `recursive`, else
  /// kNotEmpty.
  virtual Result<bool> Delete(std::string_view path, bool recursive) = 0;

  /// Sets the mode bits (0-01777).
  virtual Status SetPermission(std::string_view path, uint16_t permission) = 0;
  /// Sets owner and group; an empty one stays.
  virtual Status SetOwner(std::string_view path, std::string_view owner,
                          std::string_view group) = 0;
  /// Sets times in milliseconds since 1970; -1 leaves one as it is.
  virtual Status SetTimes(std::string_view path, int64_t modification_ms, int64_t access_ms) = 0;
  /// Asks for another number of copies; false when `path` is a directory.
  virtual Result<bool> SetReplication(std::string_view path, uint16_t replication) = 0;

  /// True when this client's user may do all that is asked for. kNotFound.
  virtual Result<bool> CheckAccess(std::string_view path, bool read, bool write, bool execute) = 0;

  virtual Result<ContentSummary> GetContentSummary(std::string_view path) = 0;
  virtual Result<FsStats> GetFsStats() = 0;
  virtual Result<ServerDefaults> GetServerDefaults() = 0;

  /// Where the bytes [offset, offset + length) of a file are, in file order; whole blocks. A local
  /// file has one stretch at "localhost".
  virtual Result<std::vector<BlockLocation>> GetBlockLocations(std::string_view path,
                                                               uint64_t offset,
                                                               uint64_t length) = 0;

 protected:
  FileSystem() = default;
};

}  // namespace tusk::dfs
