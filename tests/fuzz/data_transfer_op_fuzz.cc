#include "dfs/wire/data_transfer_op.h"
#include "tests/fuzz/fuzz_target.h"

// A parsed operation lies within the bytes and has a name.
FUZZ_TARGET(DataTransferOp) {
  const auto frame = dfs::ParseOpFrame(bytes);
  if (!frame.ok() || !frame->has_value()) return;
  CHECK((*frame)->size <= bytes.size() && (*frame)->message.size() < (*frame)->size);
  CHECK(dfs::DataTransferOpName((*frame)->op) != "UNKNOWN");
}
