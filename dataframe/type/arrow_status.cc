#include "dataframe/type/arrow_status.h"

#include <cstring>
#include <memory>
#include <string>

#include <arrow/util/io_util.h>

namespace tusk::df {

namespace {

constexpr const char* kDetailType = "tusk::Status";

/// A status of ours that travels through Arrow.
class TuskDetail : public arrow::StatusDetail {
 public:
  explicit TuskDetail(Status status) : status_(std::move(status)) {}

  const char* type_id() const override { return kDetailType; }
  std::string ToString() const override { return std::string(StatusCodeName(status_.code())); }
  const Status& status() const { return status_; }

 private:
  const Status status_;
};

StatusCode CodeOf(const arrow::Status& status) {
  switch (status.code()) {
    case arrow::StatusCode::OK:
      return StatusCode::kOk;
    case arrow::StatusCode::OutOfMemory:
      return StatusCode::kResourceExhausted;
    case arrow::StatusCode::KeyError:
      return StatusCode::kNotFound;
    case arrow::StatusCode::TypeError:
    case arrow::StatusCode::Invalid:
    case arrow::StatusCode::IndexError:
      return StatusCode::kInvalidArgument;
    case arrow::StatusCode::IOError:
      return StatusCode::kIoError;
    case arrow::StatusCode::CapacityError:
      return StatusCode::kTooLarge;
    case arrow::StatusCode::Cancelled:
      return StatusCode::kCancelled;
    case arrow::StatusCode::NotImplemented:
      return StatusCode::kUnsupported;
    case arrow::StatusCode::SerializationError:
      return StatusCode::kCorruption;
    case arrow::StatusCode::AlreadyExists:
      return StatusCode::kAlreadyExists;
    case arrow::StatusCode::UnknownError:
      return StatusCode::kUnknown;
    case arrow::StatusCode::RError:
    case arrow::StatusCode::CodeGenError:
    case arrow::StatusCode::ExpressionValidationError:
    case arrow::StatusCode::ExecutionError:
      return StatusCode::kInternal;
  }
  return StatusCode::kUnknown;
}

arrow::StatusCode ArrowCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kInvalidPath:
      return arrow::StatusCode::Invalid;
    case StatusCode::kNotFound:
      return arrow::StatusCode::KeyError;
    case StatusCode::kAlreadyExists:
      return arrow::StatusCode::AlreadyExists;
    case StatusCode::kUnsupported:
      return arrow::StatusCode::NotImplemented;
    case StatusCode::kTooLarge:
      return arrow::StatusCode::CapacityError;
    case StatusCode::kCancelled:
      return arrow::StatusCode::Cancelled;
    case StatusCode::kCorruption:
      return arrow::StatusCode::SerializationError;
    case StatusCode::kInternal:
    case StatusCode::kUnknown:
      return arrow::StatusCode::UnknownError;
    default:
      // What the file system says: Arrow's readers pass these on as they are.
      return arrow::StatusCode::IOError;
  }
}

}  // namespace

Status FromArrow(const arrow::Status& status) {
  if (status.ok()) return Status::Ok();
  if (status.detail() != nullptr && std::strcmp(status.detail()->type_id(), kDetailType) == 0) {
    const Status& ours = static_cast<const TuskDetail&>(*status.detail()).status();
    // Arrow may have put context before the message.
    if (status.message() == ours.message()) return ours;
    return Status(ours.code(), status.message());
  }
  if (const int error = arrow::internal::ErrnoFromStatus(status); error != 0) {
    return Status(ErrnoStatus(error, "").code(), status.message());
  }
  return Status(CodeOf(status), status.message());
}

arrow::Status ToArrow(const Status& status) {
  if (status.ok()) return arrow::Status::OK();
  return arrow::Status(ArrowCodeOf(status.code()), std::string(status.message()),
                       std::make_shared<TuskDetail>(status));
}

}  // namespace tusk::df
