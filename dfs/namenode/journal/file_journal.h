#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "common/env/env.h"
#include "dfs/namenode/journal/journal.h"
#include "dfs/namenode/journal/journal_frame.h"

namespace tusk::dfs::namenode {

/// Where segments lie and how large they are.
struct FileJournalOptions {
  std::string directory;  ///< must exist
  uint64_t segment_bytes = 16u << 20;
  /// Makes the next segment while the present one fills. Off: when it is needed (tests that number
  /// every step).
  bool prepare_ahead = true;
};

/// The journal in files of one directory, each filled with zeros before its use: a batch is one
/// write and one fdatasync that changes no metadata.
///
/// What recovery makes of damage (docs/formats/journal.md):
///   - bad bytes at the end of the last segment with nothing whole after them: a batch that was
///     never acknowledged was torn; it is cut off
///   - bad bytes before a whole frame, in an earlier segment, or in a segment header, and segments
///     that do not follow each other: kCorruption, the journal does not open
/// A mark is written by Close and before each new segment, so that damage to the last acknowledged
/// batch cannot pass for a torn one then.
class FileJournal final : public Journal {
 public:
  /// `env` must outlive this object.
  FileJournal(Env& env, FileJournalOptions options);
  ~FileJournal() override;

  Result<Recovered> Recover(uint64_t epoch) override;
  Status Append(const JournalBatch& batch, TxId expected_txid) override;
  Status Read(TxId from, const std::function<Status(TxId, ByteView)>& visit) override;
  Status Trim(TxId upto) override;
  Status Close() override;

 private:
  /// One file of the journal.
  struct Segment {
    std::string path;
    TxId first_txid = 0;
    uint64_t bytes = 0;  ///< size of the file
    uint64_t end = 0;    ///< where frames end
  };
  struct Walk;

  Status ListSegments();
  Status WalkSegment(Segment& segment, bool last, Walk* walk);
  Status CutTail(Segment& segment, Walk* walk);
  Result<bool> WholeFrameAfter(const File& file, const Segment& segment, uint64_t from,
                               TxId expected) const;
  Status WriteFrame(const JournalBatch& batch);
  Status StartSegment(uint64_t needed_bytes);
  Status MakePrepared();
  void PrepareAhead();
  Status Dead(Status status);

  Env& env_;
  const FileJournalOptions options_;
  std::vector<Segment> segments_;
  std::unique_ptr<File> file_;  // of the last segment
  uint64_t epoch_ = 0;
  uint64_t chain_ = 0;
  TxId last_txid_ = 0;
  bool recovered_ = false;
  bool closed_ = false;
  Status dead_;
  std::string frame_;  // scratch

  Mutex prepare_mutex_;
  CondVar prepare_wake_;
  bool prepare_wanted_ GUARDED_BY(prepare_mutex_) = false;
  bool prepared_ GUARDED_BY(prepare_mutex_) = false;
  bool prepare_stop_ GUARDED_BY(prepare_mutex_) = false;
  std::thread preparer_;
};

}  // namespace tusk::dfs::namenode
