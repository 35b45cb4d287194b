#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <arrow/type_fwd.h>

#include "mapreduce/api/value_codec.h"

namespace tusk::df {

/// A batch as the value of a MapReduce record. Writers of tables take the batch itself; encoded
/// (which only an output of general records would ask for) it is an Arrow IPC stream of one batch.
struct TableBatch {
  std::shared_ptr<arrow::RecordBatch> batch;
};

}  // namespace tusk::df

namespace tusk::mapreduce {

template <>
struct ValueCodec<df::TableBatch> {
  using View = const df::TableBatch&;
  static size_t Bound(View value);
  static uint8_t* Put(uint8_t* out, View value, bool last);
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last,
                            df::TableBatch* value);
};

}  // namespace tusk::mapreduce
