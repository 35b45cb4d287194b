#include "dfs/namenode/journal/journal.h"

#include "common/base/status_macros.h"
#include "common/codec/byte_reader.h"
#include "common/codec/varint.h"

namespace tusk::dfs::namenode {

void AddRecord(JournalBatch& batch, TxId txid, ByteView record) {
  if (batch.count == 0) batch.first_txid = txid;
  AppendVarint(batch.payload, record.size());
  batch.payload.append(AsText(record));
  ++batch.count;
}

Status ForEachRecord(TxId first_txid, uint32_t count, ByteView payload,
                     const std::function<Status(TxId, ByteView)>& visit) {
  ByteReader reader(payload);
  for (uint32_t i = 0; i < count; ++i) {
    ByteView record;
    if (!reader.ReadDelimited(record)) {
      return Status::Error(StatusCode::kCorruption, "journal: record {} does not fit its batch",
                           first_txid + i);
    }
    RETURN_IF_ERROR(visit(first_txid + i, record));
  }
  if (!reader.AtEnd()) {
    return Status::Error(StatusCode::kCorruption, "journal: bytes after the last record {}",
                         first_txid + count - 1);
  }
  return Status::Ok();
}

}  // namespace tusk::dfs::namenode
