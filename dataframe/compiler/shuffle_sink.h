#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataframe/exec/operator.h"
#include "dataframe/exec/partitioner.h"

namespace tusk::df {

/// The end of a map's fragment: divides batches over the reduces and hands on records of the
/// shuffle. Pieces for one reduce are gathered until they are worth a record. One thread.
class ShuffleSink final : public BatchSink {
 public:
  /// Takes a record for reduce `partition`; valid during the call.
  using Emit = std::function<void(uint32_t partition, std::string_view record)>;

  ShuffleSink(std::unique_ptr<const Partitioner> partitioner, uint8_t tag, Emit emit);

  Status Push(const BatchPtr& batch) override;
  Status Finish() override;

 private:
  /// What waits for one reduce.
  struct Waiting {
    std::vector<BatchPtr> batches;
    int64_t rows = 0;
    int64_t bytes = 0;
  };
  Status Flush(uint32_t partition);

  const std::unique_ptr<const Partitioner> partitioner_;
  const uint8_t tag_;
  const Emit emit_;
  std::vector<Waiting> waiting_;
  std::vector<BatchPtr> divided_;
  std::string record_;
};

}  // namespace tusk::df
