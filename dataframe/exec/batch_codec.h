#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dataframe/exec/operator.h"

namespace tusk::df {

/// Batches as bytes: one Arrow IPC record batch message (encapsulated: FF FF FF FF, length of the
/// metadata, metadata, body). The schema does not travel: both sides know it.

/// How the buffers of a message are kept.
enum class BatchCompression : uint8_t { kNone = 0, kLz4 = 1 };

/// The most bytes that a message may take in memory; what says that it needs more is refused.
inline constexpr int64_t kMostBatchBytes = int64_t{1} << 31;

/// Appends the message of `batch` to `out`. Of a slice only its rows. With kLz4 a buffer that does
/// not get smaller stays as it is.
Status EncodeBatch(const arrow::RecordBatch& batch, BatchCompression compression, std::string* out);

/// The batch of a message that takes all of `bytes`; the batch shares its memory where it is not
/// compressed and lies as the CPU likes it. Whatever the bytes are: kCorruption for those that are
/// no batch of this schema, and no array of the result points outside of its buffers.
Result<BatchPtr> DecodeBatch(std::shared_ptr<arrow::Buffer> bytes, const SchemaPtr& schema);

/// The same for bytes that do not outlive the call: copies.
Result<BatchPtr> DecodeBatch(ByteView bytes, const SchemaPtr& schema);

}  // namespace tusk::df
