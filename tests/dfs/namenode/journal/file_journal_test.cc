#include "dfs/namenode/journal/file_journal.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

constexpr uint64_t kSegment = 4096;
constexpr char kDirectory[] = "/journal";

std::string RecordOf(TxId txid) {
  return "record " + std::to_string(txid) + std::string(txid % 50, '.');
}

class FileJournalTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(env_.MakeDirectory(kDirectory));
    ASSERT_OK(env_.SyncDirectory("/"));
  }

  std::unique_ptr<FileJournal> Make() {
    FileJournalOptions options;
    options.directory = kDirectory;
    options.segment_bytes = kSegment;
    options.prepare_ahead = false;
    return std::make_unique<FileJournal>(env_, options);
  }

  static Status AppendTo(FileJournal& journal, TxId first, uint32_t count) {
    JournalBatch batch;
    for (uint32_t i = 0; i < count; ++i) AddRecord(batch, first + i, AsBytes(RecordOf(first + i)));
    return journal.Append(batch, first);
  }

  /// Ids from `from` on, each with its right content.
  static Result<TxId> ReadBack(FileJournal& journal, TxId from) {
    TxId next = from;
    const Status status = journal.Read(from, [&](TxId txid, ByteView record) {
      if (txid != next) return Status::Error(StatusCode::kInternal, "{} after {}", txid, next);
      if (AsText(record) != RecordOf(txid)) return Status(StatusCode::kInternal, "content");
      ++next;
      return Status::Ok();
    });
    if (!status.ok()) return status;
    return next - 1;
  }

  /// A journal with changes 1..`last`, each its own batch, that ended without a Close.
  void Fill(TxId last) {
    auto journal = Make();
    ASSERT_OK(journal->Recover(1));
    for (TxId txid = 1; txid <= last; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
    // As a kill: no mark is written.
    env_.CrashAt(1);
    journal.reset();
    env_.Crash(CrashMode::kLoseUnsynced, 1);
  }

  std::string Content(const std::string& path) {
    auto file = env_.OpenFile(path, OpenMode::kRead);
    EXPECT_OK(file);
    std::string bytes((*file)->Size().value(), '\0');
    EXPECT_OK((*file)->PReadExactly(
        0, MutableByteView(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size())));
    return bytes;
  }

  void Overwrite(const std::string& path, const std::string& bytes) {
    auto file = env_.OpenFile(path, OpenMode::kTruncate);
    ASSERT_OK(file);
    ASSERT_OK((*file)->PWrite(0, AsBytes(bytes)));
    ASSERT_OK((*file)->Sync());
  }

  MemoryEnv env_;
};

TEST_F(FileJournalTest, ANewJournalIsEmpty) {
  auto journal = Make();
  ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
  EXPECT_EQ(recovered.last_txid, 0u);
  ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 1));
  EXPECT_EQ(last, 0u);
}

TEST_F(FileJournalTest, GoldenSegment) {
  // The worked example of docs/formats/journal.md: two commits, then an orderly end.
  FileJournalOptions options;
  options.directory = kDirectory;
  options.segment_bytes = 256;
  options.prepare_ahead = false;
  FileJournal journal(env_, options);
  ASSERT_OK(journal.Recover(1));
  JournalBatch batch;
  AddRecord(batch, 1, AsBytes("abc"));
  AddRecord(batch, 2, AsBytes("d"));
  ASSERT_OK(journal.Append(batch, 1));
  batch.Clear();
  AddRecord(batch, 3, AsBytes("ef"));
  ASSERT_OK(journal.Append(batch, 3));
  ASSERT_OK(journal.Close());
  const std::string bytes = Content("/journal/edits_00000000000000000001");
  EXPECT_THAT(ReadSourceFile("docs/formats/journal.md"),
              testing::HasSubstr(HexDump(AsBytes(bytes))));
}

TEST_F(FileJournalTest, EveryFlippedByteIsToldOrCutsOnlyTheUnacknowledged) {
  // Two segments' worth of changes and an orderly end: the mark leaves no doubt about any byte that
  // was used, and the padding of frames and reserved bytes say nothing.
  const std::string path = "/journal/edits_00000000000000000001";
  {
    auto journal = Make();
    ASSERT_OK(journal->Recover(1));
    for (TxId txid = 1; txid <= 6; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
    ASSERT_OK(journal->Close());
  }
  const std::string good = Content(path);
  const size_t used = good.find_last_not_of('\0') + 1;
  size_t silent = 0;
  for (size_t at = 0; at < used; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    Overwrite(path, bad);
    auto journal = Make();
    const Result<Journal::Recovered> recovered = journal->Recover(1);
    if (!recovered.ok()) continue;
    ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 1));
    EXPECT_EQ(last, 6u) << at;
    ++silent;
  }
  // The mark itself, whose loss loses nothing, and of each of the seven frames padding and reserve.
  EXPECT_LE(silent, kFrameHeaderBytes + 7 * (4 + kFrameAlignment));
}

TEST_F(FileJournalTest, KeepsWhatWasAppendedOverSegmentsAndRestarts) {
  TxId next = 1;
  for (int round = 0; round < 5; ++round) {
    auto journal = Make();
    ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
    EXPECT_EQ(recovered.last_txid, next - 1);
    EXPECT_EQ(recovered.dropped_bytes, 0u);
    for (int i = 0; i < 40; ++i) {
      const uint32_t count = 1 + i % 3;
      ASSERT_OK(AppendTo(*journal, next, count));
      next += count;
    }
    ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 1));
    EXPECT_EQ(last, next - 1);
    ASSERT_OK(journal->Close());
  }
  ASSERT_OK_AND_ASSIGN(const auto names, env_.ListDirectory(kDirectory));
  EXPECT_GT(names.size(), 3u);
}

TEST_F(FileJournalTest, ReadsFromTheMiddle) {
  auto journal = Make();
  ASSERT_OK(journal->Recover(1));
  for (TxId txid = 1; txid <= 120; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
  for (const TxId from : {2, 60, 119, 120}) {
    ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, from));
    EXPECT_EQ(last, 120u);
  }
}

TEST_F(FileJournalTest, ABatchLargerThanASegmentGetsOneOfItsOwn) {
  auto journal = Make();
  ASSERT_OK(journal->Recover(1));
  ASSERT_OK(AppendTo(*journal, 1, 500));
  ASSERT_OK(AppendTo(*journal, 501, 1));
  journal = Make();
  ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
  EXPECT_EQ(recovered.last_txid, 501u);
  ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 1));
  EXPECT_EQ(last, 501u);
}

TEST_F(FileJournalTest, TrimDropsOldSegmentsAndNothingElse) {
  auto journal = Make();
  ASSERT_OK(journal->Recover(1));
  for (TxId txid = 1; txid <= 200; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
  ASSERT_OK(journal->Trim(100));
  ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 101));
  EXPECT_EQ(last, 200u);
  ASSERT_OK(journal->Close());
  journal = Make();
  ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
  EXPECT_GT(recovered.first_txid, 1u);
  EXPECT_LE(recovered.first_txid, 101u);
  EXPECT_EQ(recovered.last_txid, 200u);
}

TEST_F(FileJournalTest, RefusesABatchThatDoesNotFollow) {
  auto journal = Make();
  ASSERT_OK(journal->Recover(1));
  ASSERT_OK(AppendTo(*journal, 1, 1));
  EXPECT_THAT(AppendTo(*journal, 3, 1), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_FALSE(AppendTo(*journal, 2, 1).ok()) << "after an error the journal is dead";
}

TEST_F(FileJournalTest, RefusesAnOlderEpoch) {
  auto journal = Make();
  ASSERT_OK(journal->Recover(7));
  ASSERT_OK(AppendTo(*journal, 1, 1));
  ASSERT_OK(journal->Close());
  EXPECT_THAT(Make()->Recover(6), StatusIs(StatusCode::kStaleEpoch));
}

// F13: an error at the k-th step, for every k: never a false acknowledgement, clean restart.
TEST_F(FileJournalTest, EveryFailingStepKillsTheJournalWithoutALie) {
  const uint64_t before = env_.steps();
  Fill(60);
  const uint64_t steps = env_.steps() - before;
  for (uint64_t k = 1; k <= steps; ++k) {
    MemoryEnv env;
    ASSERT_OK(env.MakeDirectory(kDirectory));
    ASSERT_OK(env.SyncDirectory("/"));
    FileJournalOptions options;
    options.directory = kDirectory;
    options.segment_bytes = kSegment;
    options.prepare_ahead = false;
    TxId acknowledged = 0;
    {
      FileJournal journal(env, options);
      ASSERT_OK(journal.Recover(1));
      env.FailAt(env.steps() + k, Status(StatusCode::kIoError, "disk"));
      for (TxId txid = 1; txid <= 60 && AppendTo(journal, txid, 1).ok(); ++txid) {
        acknowledged = txid;
      }
    }
    FileJournal journal(env, options);
    ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal.Recover(1));
    EXPECT_GE(recovered.last_txid, acknowledged) << k;
    EXPECT_LE(recovered.last_txid, acknowledged + 1) << k;
  }
}

// F19: the journal's tail cut at every byte of its last three records.
TEST_F(FileJournalTest, ACutTailLosesOnlyWhatWasCut) {
  Fill(10);
  const std::string path = std::string(kDirectory) + "/" + SegmentName(1);
  const std::string whole = Content(path);
  std::vector<size_t> ends = {kSegmentHeaderBytes};
  while (const auto header = DecodeFrameHeader(AsBytes(whole).subspan(ends.back()))) {
    ends.push_back(ends.back() + header->FrameBytes());
  }
  ASSERT_EQ(ends.size(), 11u);
  Random random(19);
  for (size_t cut = ends[7]; cut <= ends[10]; ++cut) {
    for (const int filling : {0, 1, 2}) {
      std::string bytes = whole.substr(0, cut);
      if (filling == 1) bytes.resize(whole.size(), '\0');
      if (filling == 2) {
        while (bytes.size() < whole.size()) bytes.push_back(static_cast<char>(random.Next()));
      }
      ASSERT_OK_AND_ASSIGN(const auto names, env_.ListDirectory(kDirectory));
      for (const std::string& name : names) {
        ASSERT_OK(env_.RemoveFile(std::string(kDirectory) + "/" + name));
      }
      Overwrite(path, bytes);
      // What lies whole before the cut stays; padding belongs to no record.
      TxId expected = 0;
      for (size_t i = 1; i < ends.size(); ++i) {
        const auto header = DecodeFrameHeader(AsBytes(whole).subspan(ends[i - 1]));
        if (ends[i - 1] + kFrameHeaderBytes + header->payload_bytes <= cut) expected = i;
      }
      if (filling == 0 && cut < ends[expected]) --expected;  // the file ends inside the padding
      auto journal = Make();
      ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
      EXPECT_EQ(recovered.last_txid, expected) << cut << " filling " << filling;
      ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(*journal, 1));
      EXPECT_EQ(last, expected);
      ASSERT_OK(AppendTo(*journal, expected + 1, 1));
    }
  }
}

TEST_F(FileJournalTest, ADoubledLastRecordIsIgnored) {
  Fill(5);
  const std::string path = std::string(kDirectory) + "/" + SegmentName(1);
  std::string bytes = Content(path);
  size_t at = kSegmentHeaderBytes;
  size_t last = at;
  while (const auto header = DecodeFrameHeader(AsBytes(bytes).subspan(at))) {
    last = at;
    at += header->FrameBytes();
  }
  bytes.replace(at, at - last, bytes.substr(last, at - last));
  Overwrite(path, bytes);
  auto journal = Make();
  ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal->Recover(1));
  EXPECT_EQ(recovered.last_txid, 5u);
  ASSERT_OK(AppendTo(*journal, 6, 1));
}

TEST_F(FileJournalTest, ABitFlippedInTheMiddleIsRefused) {
  Fill(10);
  const std::string path = std::string(kDirectory) + "/" + SegmentName(1);
  const std::string whole = Content(path);
  size_t end_of_ninth = kSegmentHeaderBytes;
  for (int i = 0; i < 9; ++i) {
    end_of_ninth += DecodeFrameHeader(AsBytes(whole).subspan(end_of_ninth))->FrameBytes();
  }
  size_t refused = 0;
  for (size_t at = 0; at < end_of_ninth; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    Overwrite(path, bytes);
    auto journal = Make();
    const auto recovered = journal->Recover(1);
    if (recovered.ok()) {
      // Padding and reserved bytes carry nothing.
      EXPECT_EQ(recovered->last_txid, 10u) << at;
    } else {
      EXPECT_THAT(recovered, StatusIs(StatusCode::kCorruption)) << at;
      ++refused;
    }
  }
  EXPECT_GT(refused, end_of_ninth / 2);
}

TEST_F(FileJournalTest, DamageToTheLastRecordOfAClosedJournalIsRefused) {
  {
    auto journal = Make();
    ASSERT_OK(journal->Recover(1));
    for (TxId txid = 1; txid <= 3; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
    ASSERT_OK(journal->Close());
  }
  const std::string path = std::string(kDirectory) + "/" + SegmentName(1);
  std::string bytes = Content(path);
  size_t at = kSegmentHeaderBytes;
  for (int i = 0; i < 2; ++i) at += DecodeFrameHeader(AsBytes(bytes).subspan(at))->FrameBytes();
  bytes[at + kFrameHeaderBytes] ^= 1;
  Overwrite(path, bytes);
  EXPECT_THAT(Make()->Recover(1), StatusIs(StatusCode::kCorruption));
}

TEST_F(FileJournalTest, AMissingSegmentIsRefused) {
  {
    auto journal = Make();
    ASSERT_OK(journal->Recover(1));
    for (TxId txid = 1; txid <= 200; ++txid) ASSERT_OK(AppendTo(*journal, txid, 1));
  }
  ASSERT_OK_AND_ASSIGN(const auto names, env_.ListDirectory(kDirectory));
  ASSERT_GT(names.size(), 2u);
  ASSERT_OK(env_.RemoveFile(std::string(kDirectory) + "/" + names[1]));
  EXPECT_THAT(Make()->Recover(1), StatusIs(StatusCode::kCorruption));
}

// F03 for the journal alone: a crash before every durable step, in every mode.
TEST_F(FileJournalTest, SurvivesACrashBeforeEveryStep) {
  uint64_t steps = 0;
  {
    MemoryEnv env;
    ASSERT_OK(env.MakeDirectory(kDirectory));
    FileJournalOptions options{kDirectory, kSegment, false};
    FileJournal journal(env, options);
    ASSERT_OK(journal.Recover(1));
    const uint64_t before = env.steps();
    for (TxId txid = 1; txid <= 80; ++txid) ASSERT_OK(AppendTo(journal, txid, 1));
    ASSERT_OK(journal.Trim(40));
    steps = env.steps() - before;
  }
  uint64_t crashes = 0;
  for (uint64_t step = 1; step <= steps; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      MemoryEnv env;
      ASSERT_OK(env.MakeDirectory(kDirectory));
      ASSERT_OK(env.SyncDirectory("/"));
      FileJournalOptions options{kDirectory, kSegment, false};
      TxId acknowledged = 0;
      {
        FileJournal journal(env, options);
        ASSERT_OK(journal.Recover(1));
        env.CrashAt(env.steps() + step);
        for (TxId txid = 1; txid <= 80 && AppendTo(journal, txid, 1).ok(); ++txid) {
          acknowledged = txid;
        }
        if (acknowledged == 80) static_cast<void>(journal.Trim(40));
      }
      env.Crash(mode, step);
      ++crashes;
      FileJournal journal(env, options);
      ASSERT_OK_AND_ASSIGN(const Journal::Recovered recovered, journal.Recover(1));
      ASSERT_GE(recovered.last_txid, acknowledged) << step;
      ASSERT_LE(recovered.last_txid, acknowledged + 1) << step;
      const TxId from = std::max<TxId>(1, recovered.first_txid);
      ASSERT_LE(from, 41u);
      ASSERT_OK_AND_ASSIGN(const TxId last, ReadBack(journal, from));
      ASSERT_EQ(last, std::max(recovered.last_txid, from - 1));
      ASSERT_OK(AppendTo(journal, recovered.last_txid + 1, 2));
    }
  }
  RecordProperty("crashes", std::to_string(crashes));
  EXPECT_GT(crashes, 300u);
}

}  // namespace
}  // namespace tusk::dfs::namenode
