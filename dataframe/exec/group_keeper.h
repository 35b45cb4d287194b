#pragma once

#include <cstdint>

#include "dataframe/plan/batch_stream.h"

namespace tusk::df {

/// Takes the merged states of an aggregation's groups besides what is computed of them, so that
/// they can be merged with further ones another time. Keeping is a favour: what fails in it gives
/// it up and is no error of the fragment. One thread.
class GroupKeeper {
 public:
  virtual ~GroupKeeper() = default;
  /// Asked before states of about `bytes` are made. False is for good: what it has is worth
  /// nothing.
  virtual bool Wants(int64_t bytes) = 0;
  /// Rows of the states' schema: keys, then states. Each group once.
  virtual void Keep(const BatchPtr& states) = 0;
  /// All groups have been kept.
  virtual void Finish() = 0;
};

}  // namespace tusk::df
