#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "common/base/result.h"

namespace tusk::df {

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

/// Takes the batches of one stream in order, then its end. One thread.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  /// A batch of the schema that was agreed on when the sink was made. Never empty.
  virtual Status Push(const BatchPtr& batch) = 0;
  /// The end; once, and not after an error.
  virtual Status Finish() = 0;
  /// True when nothing that is still to come can matter (a limit is reached): the source may stop
  /// and call Finish.
  virtual bool Done() const { return false; }
};

/// Hands out the batches of one stream. One thread.
class BatchStream {
 public:
  virtual ~BatchStream() = default;
  /// The next batch, not empty; null at the end.
  virtual Result<BatchPtr> Next() = 0;
};

}  // namespace tusk::df
