#include "dfs/namenode/journal/journal.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using Records = std::vector<std::pair<TxId, std::string>>;

Result<Records> Split(const JournalBatch& batch) {
  Records records;
  const Status status = ForEachRecord(batch.first_txid, batch.count, AsBytes(batch.payload),
                                      [&](TxId txid, ByteView record) {
                                        records.emplace_back(txid, AsText(record));
                                        return Status::Ok();
                                      });
  if (!status.ok()) return status;
  return records;
}

TEST(JournalBatch, SplitsIntoWhatWasAdded) {
  JournalBatch batch;
  AddRecord(batch, 7, AsBytes("one"));
  AddRecord(batch, 8, AsBytes(""));
  AddRecord(batch, 9, AsBytes(std::string(300, 'x')));
  EXPECT_EQ(batch.first_txid, 7u);
  EXPECT_EQ(batch.last_txid(), 9u);
  ASSERT_OK_AND_ASSIGN(const Records records, Split(batch));
  EXPECT_EQ(records, (Records{{7, "one"}, {8, ""}, {9, std::string(300, 'x')}}));
}

TEST(JournalBatch, EveryPrefixIsRefused) {
  JournalBatch batch;
  AddRecord(batch, 1, AsBytes("first"));
  AddRecord(batch, 2, AsBytes("second"));
  for (size_t length = 0; length < batch.payload.size(); ++length) {
    JournalBatch cut = batch;
    cut.payload.resize(length);
    EXPECT_THAT(Split(cut), StatusIs(StatusCode::kCorruption)) << length;
  }
}

TEST(JournalBatch, BytesBehindTheLastRecordAreRefused) {
  JournalBatch batch;
  AddRecord(batch, 1, AsBytes("only"));
  batch.payload.push_back('\0');
  EXPECT_THAT(Split(batch), StatusIs(StatusCode::kCorruption));
}

TEST(JournalBatch, AnErrorOfTheVisitorEndsTheWalk) {
  JournalBatch batch;
  AddRecord(batch, 1, AsBytes("a"));
  AddRecord(batch, 2, AsBytes("b"));
  int seen = 0;
  const Status status = ForEachRecord(1, 2, AsBytes(batch.payload), [&](TxId, ByteView) {
    ++seen;
    return Status(StatusCode::kCancelled, "enough");
  });
  EXPECT_THAT(status, StatusIs(StatusCode::kCancelled));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace tusk::dfs::namenode
