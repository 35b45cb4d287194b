#include "dataframe/exec/operator/limit.h"

#include <algorithm>
#include <limits>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"

namespace tusk::df {
namespace {

class Limit final : public Operator {
 public:
  Limit(std::optional<int64_t> limit, int64_t offset, BatchSink& out)
      : to_skip_(offset), left_(limit.value_or(std::numeric_limits<int64_t>::max())), out_(out) {}

  Status Push(const BatchPtr& batch) override {
    const int64_t skipped = std::min(to_skip_, batch->num_rows());
    const int64_t taken = std::min(left_, batch->num_rows() - skipped);
    to_skip_ -= skipped;
    left_ -= taken;
    if (taken == 0) return Status::Ok();
    return out_.Push(taken == batch->num_rows() ? batch : batch->Slice(skipped, taken));
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return left_ == 0 || out_.Done(); }

 private:
  int64_t to_skip_;
  int64_t left_;
  BatchSink& out_;
};

}  // namespace

std::unique_ptr<Operator> MakeLimit(std::optional<int64_t> limit, int64_t offset, BatchSink& out) {
  return std::make_unique<Limit>(limit, offset, out);
}

std::unique_ptr<Operator> MakeLimit(const LimitNode& node, BatchSink& out) {
  return std::make_unique<Limit>(node.limit(), node.offset(), out);
}

}  // namespace tusk::df
