#include "tests/contract/file_system_contract.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "common/base/random.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

using testing::ElementsAre;

std::vector<std::string> NamesOf(const std::vector<FileStatus>& entries) {
  std::vector<std::string> names;
  for (const FileStatus& entry : entries) names.emplace_back(PathName(entry.path));
  return names;
}

/// Bytes that differ everywhere and are the same in each run.
std::string Pattern(size_t size, uint64_t seed) {
  std::string data(size, '\0');
  uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (char& c : data) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return data;
}

}  // namespace

void FileSystemContract::SetUp() {
  static std::atomic<int> next{0};
  fs_ = GetParam().open();
  ASSERT_NE(fs_, nullptr);
  directory_ = JoinPath(GetParam().root(), "contract-" + std::to_string(::getpid()) + "-" +
                                               std::to_string(next.fetch_add(1)));
  ASSERT_OK(fs_->MakeDirectories(directory_));
}

void FileSystemContract::TearDown() {
  if (fs_ != nullptr) {
    EXPECT_OK(fs_->Delete(directory_, true));
  }
}

std::string FileSystemContract::Path(std::string_view name) const {
  return JoinPath(directory_, name);
}

void FileSystemContract::Write(const std::string& path, std::string_view content) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(path));
  ASSERT_OK(out->Write(AsBytes(content)));
  ASSERT_OK(out->Close());
}

std::string FileSystemContract::ReadAll(const std::string& path) {
  Result<std::unique_ptr<InputStream>> in = fs_->Open(path);
  EXPECT_OK(in.status());
  if (!in.ok()) return "error: " + in.status().ToString();
  std::string content;
  std::vector<uint8_t> buffer(100'000);
  while (true) {
    Result<size_t> n = (*in)->Read(buffer);
    EXPECT_OK(n.status());
    if (!n.ok() || *n == 0) break;
    content.append(AsText(ByteView(buffer).first(*n)));
  }
  EXPECT_OK((*in)->Close());
  return content;
}

TEST_P(FileSystemContract, WrittenBytesAreReadBack) {
  const size_t sizes[] = {0, 1, 511, 512, 513, 64512, 64513, 65536, 300'001, 1'500'000};
  for (size_t size : sizes) {
    const std::string data = Pattern(size, size);
    Write(Path("f"), data);
    EXPECT_EQ(ReadAll(Path("f")), data) << size;
    ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("f")));
    EXPECT_EQ(status.length, size);
  }
}

TEST_P(FileSystemContract, SmallAndLargeWritesMix) {
  const std::string data = Pattern(700'000, 7);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("f")));
  size_t done = 0;
  for (size_t step = 1; done < data.size(); step = step * 3 % 200'003 + 1) {
    const std::string_view part = std::string_view(data).substr(done, step);
    ASSERT_OK(out->Write(AsBytes(part)));
    done += part.size();
    EXPECT_EQ(out->Position(), done);
  }
  ASSERT_OK(out->Close());
  EXPECT_EQ(ReadAll(Path("f")), data);
}

TEST_P(FileSystemContract, StatTellsTheFacts) {
  Write(Path("f"), "hello");
  ASSERT_OK_AND_ASSIGN(FileStatus file, fs_->Stat(Path("f")));
  EXPECT_EQ(file.path, Path("f"));
  EXPECT_TRUE(file.IsFile());
  EXPECT_EQ(file.length, 5u);
  EXPECT_GE(file.replication, 1);
  EXPECT_GT(file.block_size, 0u);
  EXPECT_EQ(file.permission, 0644);
  EXPECT_EQ(file.owner, fs_->UserName());
  EXPECT_FALSE(file.group.empty());
  EXPECT_GT(file.modification_ms, 1'600'000'000'000);
  ASSERT_OK_AND_ASSIGN(FileStatus directory, fs_->Stat(directory_));
  EXPECT_TRUE(directory.IsDirectory());
  EXPECT_EQ(directory.length, 0u);
  EXPECT_EQ(directory.replication, 0);
  EXPECT_EQ(directory.permission, 0755);
  EXPECT_THAT(fs_->Stat(Path("none")), StatusIs(StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(FileStatus root, fs_->Stat("/"));
  EXPECT_EQ(root.path, "/");
}

TEST_P(FileSystemContract, PathsAreNormalised) {
  Write(Path("f"), "x");
  EXPECT_OK(fs_->Stat(directory_ + "//./a/../f"));
  EXPECT_OK(fs_->Stat(directory_ + "/f/"));
  const std::string uri = fs_->Uri();
  EXPECT_OK(fs_->Stat((uri.ends_with("/") ? uri.substr(0, uri.size() - 1) : uri) + Path("f")));
  EXPECT_THAT(fs_->Stat("other://somewhere/f"), StatusIs(StatusCode::kInvalidArgument, "Wrong FS"));
  EXPECT_FALSE(fs_->Stat("").ok());
}

TEST_P(FileSystemContract, CreateHonoursItsOptions) {
  Write(Path("f"), "old");
  EXPECT_THAT(fs_->Create(Path("f"), {.overwrite = false}), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_EQ(ReadAll(Path("f")), "old");
  Write(Path("f"), "new content");
  EXPECT_EQ(ReadAll(Path("f")), "new content");

  CreateOptions no_parents;
  no_parents.create_parents = false;
  EXPECT_THAT(fs_->Create(Path("no/f"), no_parents), StatusIs(StatusCode::kNotFound));
  Write(Path("made/on/the/way"), "x");
  ASSERT_OK_AND_ASSIGN(FileStatus made, fs_->Stat(Path("made/on")));
  EXPECT_TRUE(made.IsDirectory());

  CreateOptions tight;
  tight.permission = 0640;
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("tight"), tight));
  ASSERT_OK(out->Close());
  ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("tight")));
  EXPECT_EQ(status.permission, 0640);
}

TEST_P(FileSystemContract, CreateRefusesDirectoriesAndFilesInTheWay) {
  Result<std::unique_ptr<OutputStream>> over_directory = fs_->Create(directory_);
  ASSERT_FALSE(over_directory.ok());
  Write(Path("f"), "x");
  Result<std::unique_ptr<OutputStream>> below_file = fs_->Create(Path("f/g"));
  EXPECT_THAT(below_file, StatusIs(StatusCode::kNotADirectory));
}

TEST_P(FileSystemContract, ReplicationAndBlockSizeAreKept) {
  CreateOptions options;
  options.replication = 2;
  options.block_size = 1 << 20;
  const std::string data = Pattern(2'500'000, 3);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("f"), options));
  ASSERT_OK(out->Write(AsBytes(data)));
  ASSERT_OK(out->Close());
  EXPECT_EQ(ReadAll(Path("f")), data);
  ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("f")));
  if (Deviates(ContractDeviation::kNoBlocks)) {  // accepted, and without effect
    EXPECT_EQ(status.replication, 1);
    return;
  }
  EXPECT_EQ(status.replication, 2);
  EXPECT_EQ(status.block_size, 1u << 20);
  ASSERT_OK_AND_ASSIGN(std::vector<BlockLocation> blocks,
                       fs_->GetBlockLocations(Path("f"), 0, data.size()));
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[1].offset, 1u << 20);
  EXPECT_EQ(blocks[2].length, data.size() - (2u << 20));
  EXPECT_FALSE(blocks[0].hosts.empty());
  ASSERT_OK_AND_ASSIGN(std::vector<BlockLocation> one,
                       fs_->GetBlockLocations(Path("f"), (1 << 20) + 5, 10));
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].offset, 1u << 20);
}

TEST_P(FileSystemContract, LocationsCoverTheFile) {
  Write(Path("f"), Pattern(100'000, 1));
  ASSERT_OK_AND_ASSIGN(std::vector<BlockLocation> blocks,
                       fs_->GetBlockLocations(Path("f"), 0, 100'000));
  uint64_t at = 0;
  for (const BlockLocation& block : blocks) {
    EXPECT_EQ(block.offset, at);
    EXPECT_EQ(block.hosts.size(), block.names.size());
    EXPECT_EQ(block.hosts.size(), block.racks.size());
    at += block.length;
  }
  EXPECT_EQ(at, 100'000u);
  Write(Path("empty"), "");
  ASSERT_OK_AND_ASSIGN(blocks, fs_->GetBlockLocations(Path("empty"), 0, 10));
  EXPECT_TRUE(blocks.empty());
  EXPECT_THAT(fs_->GetBlockLocations(Path("none"), 0, 1), StatusIs(StatusCode::kNotFound));
}

TEST_P(FileSystemContract, OpenRefusesWhatIsNoFile) {
  EXPECT_THAT(fs_->Open(Path("none")), StatusIs(StatusCode::kNotFound));
  EXPECT_FALSE(fs_->Open(directory_).ok());
}

TEST_P(FileSystemContract, SeekAndPositionedReads) {
  const std::string data = Pattern(400'000, 11);
  Write(Path("f"), data);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<InputStream> in, fs_->Open(Path("f")));
  EXPECT_EQ(in->Length(), data.size());
  const uint64_t offsets[] = {0, 1, 511, 512, 70'000, 64'512, 399'999, 3, 200'000};
  std::vector<uint8_t> buffer(5'000);
  for (uint64_t offset : offsets) {
    ASSERT_OK(in->Seek(offset));
    ASSERT_OK_AND_ASSIGN(size_t n, in->Read(buffer));
    ASSERT_GT(n, 0u);
    EXPECT_EQ(AsText(ByteView(buffer).first(n)), std::string_view(data).substr(offset, n));
    EXPECT_EQ(in->Position(), offset + n);
    ASSERT_OK_AND_ASSIGN(size_t m, in->PRead(offset, buffer));
    EXPECT_EQ(m, std::min<size_t>(buffer.size(), data.size() - offset));
    EXPECT_EQ(AsText(ByteView(buffer).first(m)), std::string_view(data).substr(offset, m));
    EXPECT_EQ(in->Position(), offset + n) << "PRead moved the position";
  }
  ASSERT_OK(in->Seek(data.size()));
  ASSERT_OK_AND_ASSIGN(size_t at_end, in->Read(buffer));
  EXPECT_EQ(at_end, 0u);
  ASSERT_OK_AND_ASSIGN(size_t behind, in->PRead(data.size() + 100, buffer));
  EXPECT_EQ(behind, 0u);
  EXPECT_THAT(in->Seek(data.size() + 1), StatusIs(StatusCode::kInvalidArgument));
  ASSERT_OK(in->Close());
  EXPECT_THAT(in->Read(buffer), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_P(FileSystemContract, PositionedReadsFromManyThreads) {
  const std::string data = Pattern(1'000'000, 13);
  Write(Path("f"), data);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<InputStream> in, fs_->Open(Path("f")));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<uint8_t> buffer(7'001);
      for (uint64_t i = 0; i < 40; ++i) {
        const uint64_t offset = (i * 7919 * (t + 1)) % 990'000;
        Result<size_t> n = in->PRead(offset, buffer);
        if (!n.ok() || *n != buffer.size() ||
            AsText(buffer) != std::string_view(data).substr(offset, buffer.size())) {
          wrong.fetch_add(1);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST_P(FileSystemContract, FlushedBytesAreVisibleToNewReaders) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("f")));
  std::string written;
  for (int round = 0; round < 6; ++round) {
    const std::string part = Pattern(round % 2 ? 100 : 70'123, round);
    ASSERT_OK(out->Write(AsBytes(part)));
    written += part;
    ASSERT_OK(round % 3 == 2 ? out->Sync() : out->Flush());
    std::shared_ptr<FileSystem> other = GetParam().open();
    ASSERT_OK_AND_ASSIGN(std::unique_ptr<InputStream> in, other->Open(Path("f")));
    std::vector<uint8_t> buffer(written.size() + 10);
    ASSERT_OK_AND_ASSIGN(size_t n, in->PRead(0, buffer));
    EXPECT_EQ(AsText(ByteView(buffer).first(n)), written);
  }
  ASSERT_OK(out->Close());
  EXPECT_EQ(ReadAll(Path("f")), written);
}

TEST_P(FileSystemContract, ClosedStreamsRefuseWork) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("f")));
  ASSERT_OK(out->Close());
  EXPECT_OK(out->Close());
  EXPECT_THAT(out->Write(AsBytes("x")), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(out->Flush(), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_P(FileSystemContract, AppendContinuesAtTheEnd) {
  std::string content = Pattern(70'000, 5);
  Write(Path("f"), content);
  for (size_t size : {1, 300, 211, 512, 100'000}) {
    Result<std::unique_ptr<OutputStream>> out = fs_->Append(Path("f"));
    if (Deviates(ContractDeviation::kNoAppend)) {
      EXPECT_THAT(out, StatusIs(StatusCode::kUnsupported));
      return;
    }
    ASSERT_OK(out.status());
    EXPECT_EQ((*out)->Position(), content.size());
    const std::string part = Pattern(size, size);
    ASSERT_OK((*out)->Write(AsBytes(part)));
    ASSERT_OK((*out)->Close());
    content += part;
    EXPECT_EQ(ReadAll(Path("f")), content);
  }
  EXPECT_THAT(fs_->Append(Path("none")), StatusIs(StatusCode::kNotFound));
}

TEST_P(FileSystemContract, ListingsAreSortedAndComplete) {
  for (const char* name : {"b", "a", "c10", "c2", "Z", "\xC3\xA4", "a b"}) Write(Path(name), "x");
  ASSERT_OK(fs_->MakeDirectories(Path("dir")));
  ASSERT_OK_AND_ASSIGN(std::vector<FileStatus> entries, fs_->List(directory_));
  EXPECT_THAT(NamesOf(entries), ElementsAre("Z", "a", "a b", "b", "c10", "c2", "dir", "\xC3\xA4"));
  EXPECT_EQ(entries[1].path, Path("a"));
  EXPECT_TRUE(entries[6].IsDirectory());
  ASSERT_OK_AND_ASSIGN(entries, fs_->List(Path("a")));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].path, Path("a"));
  ASSERT_OK_AND_ASSIGN(entries, fs_->List(Path("dir")));
  EXPECT_TRUE(entries.empty());
  EXPECT_THAT(fs_->List(Path("none")), StatusIs(StatusCode::kNotFound));
}

TEST_P(FileSystemContract, VisitFilesWalksTheTree) {
  for (const char* name : {"t/a", "t/b/c", "t/b/d/e", "t/f"}) Write(Path(name), "x");
  ASSERT_OK(fs_->MakeDirectories(Path("t/empty")));
  std::vector<std::string> seen;
  ASSERT_OK(fs_->VisitFiles(Path("t"), [&](const FileStatus& file) {
    seen.push_back(file.path.substr(directory_.size()));
    return Status::Ok();
  }));
  EXPECT_THAT(seen, ElementsAre("/t/a", "/t/b/c", "/t/b/d/e", "/t/f"));
  const Status stop(StatusCode::kCancelled, "enough");
  EXPECT_EQ(fs_->VisitFiles(Path("t"), [&](const FileStatus&) { return stop; }), stop);
}

TEST_P(FileSystemContract, GlobsMatch) {
  for (const char* name : {"d1/a.txt", "d1/b.log", "d2/a.txt", "d3/c", "top.txt"}) {
    Write(Path(name), "x");
  }
  auto glob = [&](std::string_view pattern) {
    Result<std::vector<FileStatus>> found = fs_->Glob(Path(pattern));
    EXPECT_OK(found.status());
    std::vector<std::string> names;
    for (const FileStatus& status : *found) {
      names.push_back(status.path.substr(directory_.size() + 1));
    }
    return names;
  };
  EXPECT_THAT(glob("*/a.txt"), ElementsAre("d1/a.txt", "d2/a.txt"));
  EXPECT_THAT(glob("d[12]/*"), ElementsAre("d1/a.txt", "d1/b.log", "d2/a.txt"));
  EXPECT_THAT(glob("d[^1]/?"), ElementsAre("d3/c"));
  EXPECT_THAT(glob("{d1/b.log,top.txt,none}"), ElementsAre("d1/b.log", "top.txt"));
  EXPECT_THAT(glob("top.txt"), ElementsAre("top.txt"));
  EXPECT_THAT(glob("top.txt/*"), ElementsAre());
  EXPECT_THAT(glob("none"), ElementsAre());
  EXPECT_THAT(glob("*"), ElementsAre("d1", "d2", "d3", "top.txt"));
  EXPECT_THAT(fs_->Glob(Path("{a")), StatusIs(StatusCode::kInvalidArgument));
}

TEST_P(FileSystemContract, MakeDirectoriesIsRepeatable) {
  ASSERT_OK(fs_->MakeDirectories(Path("a/b/c")));
  ASSERT_OK(fs_->MakeDirectories(Path("a/b/c")));
  ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("a/b/c")));
  EXPECT_TRUE(status.IsDirectory());
  Write(Path("f"), "x");
  EXPECT_FALSE(fs_->MakeDirectories(Path("f")).ok());
  EXPECT_THAT(fs_->MakeDirectories(Path("f/g")), StatusIs(StatusCode::kNotADirectory));
  ASSERT_OK(fs_->MakeDirectories(Path("tight"), 0700));
  ASSERT_OK_AND_ASSIGN(status, fs_->Stat(Path("tight")));
  EXPECT_EQ(status.permission, 0700);
}

TEST_P(FileSystemContract, RenameMovesFilesAndTrees) {
  Write(Path("a/f"), "content");
  ASSERT_OK(fs_->Rename(Path("a/f"), Path("a/g")));
  EXPECT_THAT(fs_->Stat(Path("a/f")), StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(ReadAll(Path("a/g")), "content");
  ASSERT_OK(fs_->Rename(Path("a"), Path("b")));
  EXPECT_EQ(ReadAll(Path("b/g")), "content");
}

TEST_P(FileSystemContract, RenameRefusesWhatItMust) {
  Write(Path("f"), "f");
  Write(Path("g"), "g");
  ASSERT_OK(fs_->MakeDirectories(Path("d/e")));
  EXPECT_THAT(fs_->Rename(Path("none"), Path("x")), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(fs_->Rename(Path("f"), Path("no/x")), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(fs_->Rename(Path("f"), Path("g")), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(fs_->Rename(Path("f"), Path("f")), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(fs_->Rename(Path("f"), Path("d")), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_FALSE(fs_->Rename(Path("d"), Path("d/e/x")).ok());
  EXPECT_EQ(ReadAll(Path("f")), "f");
  EXPECT_EQ(ReadAll(Path("g")), "g");
  EXPECT_OK(fs_->Stat(Path("d/e")));
}

TEST_P(FileSystemContract, RenameOverwritesInOneStep) {
  Write(Path("f"), "f");
  Write(Path("g"), "g");
  ASSERT_OK(fs_->Rename(Path("f"), Path("g"), {.overwrite = true}));
  EXPECT_EQ(ReadAll(Path("g")), "f");
  EXPECT_THAT(fs_->Stat(Path("f")), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(fs_->MakeDirectories(Path("d1")));
  Write(Path("d2/x"), "x");
  EXPECT_FALSE(fs_->Rename(Path("d1"), Path("d2"), {.overwrite = true}).ok());
  EXPECT_FALSE(fs_->Rename(Path("g"), Path("d1"), {.overwrite = true}).ok());
  EXPECT_FALSE(fs_->Rename(Path("d1"), Path("g"), {.overwrite = true}).ok());
  ASSERT_OK(fs_->Rename(Path("d2"), Path("d1"), {.overwrite = true}));
  EXPECT_EQ(ReadAll(Path("d1/x")), "x");
}

TEST_P(FileSystemContract, DeleteTellsWhetherThereWasSomething) {
  Write(Path("f"), "x");
  ASSERT_OK_AND_ASSIGN(bool deleted, fs_->Delete(Path("f"), false));
  EXPECT_TRUE(deleted);
  ASSERT_OK_AND_ASSIGN(deleted, fs_->Delete(Path("f"), false));
  EXPECT_FALSE(deleted);
  ASSERT_OK(fs_->MakeDirectories(Path("empty")));
  ASSERT_OK_AND_ASSIGN(deleted, fs_->Delete(Path("empty"), false));
  EXPECT_TRUE(deleted);
  Write(Path("d/e/f"), "x");
  EXPECT_THAT(fs_->Delete(Path("d"), false), StatusIs(StatusCode::kNotEmpty));
  EXPECT_EQ(ReadAll(Path("d/e/f")), "x");
  ASSERT_OK_AND_ASSIGN(deleted, fs_->Delete(Path("d"), true));
  EXPECT_TRUE(deleted);
  EXPECT_THAT(fs_->Stat(Path("d")), StatusIs(StatusCode::kNotFound));
}

TEST_P(FileSystemContract, AttributesAreSet) {
  Write(Path("f"), "x");
  ASSERT_OK(fs_->SetPermission(Path("f"), 0751));
  ASSERT_OK(fs_->SetTimes(Path("f"), 1'700'000'000'123, 1'690'000'000'456));
  ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("f")));
  EXPECT_EQ(status.permission, 0751);
  EXPECT_EQ(status.modification_ms, 1'700'000'000'123);
  EXPECT_EQ(status.access_ms, 1'690'000'000'456);
  ASSERT_OK(fs_->SetTimes(Path("f"), -1, 1'695'000'000'000));
  ASSERT_OK_AND_ASSIGN(status, fs_->Stat(Path("f")));
  EXPECT_EQ(status.modification_ms, 1'700'000'000'123);
  EXPECT_EQ(status.access_ms, 1'695'000'000'000);
  EXPECT_OK(fs_->SetOwner(Path("f"), status.owner, ""));
  EXPECT_THAT(fs_->SetPermission(Path("none"), 0644), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(fs_->SetTimes(Path("none"), 1, 1), StatusIs(StatusCode::kNotFound));
}

TEST_P(FileSystemContract, SetReplicationIsForFiles) {
  Write(Path("f"), "x");
  ASSERT_OK_AND_ASSIGN(bool changed, fs_->SetReplication(Path("f"), 2));
  EXPECT_TRUE(changed);
  ASSERT_OK_AND_ASSIGN(FileStatus status, fs_->Stat(Path("f")));
  EXPECT_EQ(status.replication, Deviates(ContractDeviation::kNoReplication) ? 1 : 2);
  ASSERT_OK_AND_ASSIGN(changed, fs_->SetReplication(directory_, 2));
  EXPECT_FALSE(changed);
}

TEST_P(FileSystemContract, SummariesAddUp) {
  Write(Path("s/a"), "12345");
  Write(Path("s/d/b"), "123");
  ASSERT_OK_AND_ASSIGN(ContentSummary summary, fs_->GetContentSummary(Path("s")));
  EXPECT_EQ(summary.length, 8u);
  EXPECT_EQ(summary.file_count, 2u);
  EXPECT_EQ(summary.directory_count, 2u);
  EXPECT_GE(summary.space_consumed, 8u);
  EXPECT_THAT(fs_->GetContentSummary(Path("none")), StatusIs(StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(FsStats stats, fs_->GetFsStats());
  EXPECT_GT(stats.capacity, 0u);
  ASSERT_OK_AND_ASSIGN(ServerDefaults defaults, fs_->GetServerDefaults());
  EXPECT_GT(defaults.block_size, 0u);
  EXPECT_GE(defaults.replication, 1);
}

TEST_P(FileSystemContract, UnclosedFilesNeverLoseFlushedBytes) {
  {
    ASSERT_OK_AND_ASSIGN(std::unique_ptr<OutputStream> out, fs_->Create(Path("f")));
    ASSERT_OK(out->Write(AsBytes("kept")));
    ASSERT_OK(out->Sync());
  }
  std::shared_ptr<FileSystem> other = GetParam().open();
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<InputStream> in, other->Open(Path("f")));
  std::vector<uint8_t> buffer(10);
  ASSERT_OK_AND_ASSIGN(size_t n, in->PRead(0, buffer));
  EXPECT_EQ(AsText(ByteView(buffer).first(n)), "kept");
}

}  // namespace tusk::dfs
