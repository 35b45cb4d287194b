#include "common/base/status.h"

#include <cerrno>
#include <system_error>

#include "common/base/check.h"

namespace tusk {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "Ok";
    case StatusCode::kInvalidArgument:
      return "InvalidArgument";
    case StatusCode::kInvalidPath:
      return "InvalidPath";
    case StatusCode::kNotFound:
      return "NotFound";
    case StatusCode::kAlreadyExists:
      return "AlreadyExists";
    case StatusCode::kNotADirectory:
      return "NotADirectory";
    case StatusCode::kIsADirectory:
      return "IsADirectory";
    case StatusCode::kNotEmpty:
      return "NotEmpty";
    case StatusCode::kPermissionDenied:
      return "PermissionDenied";
    case StatusCode::kUnauthenticated:
      return "Unauthenticated";
    case StatusCode::kUnsupported:
      return "Unsupported";
    case StatusCode::kNoSuchMethod:
      return "NoSuchMethod";
    case StatusCode::kNoSuchProtocol:
      return "NoSuchProtocol";
    case StatusCode::kVersionMismatch:
      return "VersionMismatch";
    case StatusCode::kQuotaExceeded:
      return "QuotaExceeded";
    case StatusCode::kTooLarge:
      return "TooLarge";
    case StatusCode::kFailedPrecondition:
      return "FailedPrecondition";
    case StatusCode::kLeaseExpired:
      return "LeaseExpired";
    case StatusCode::kAlreadyBeingCreated:
      return "AlreadyBeingCreated";
    case StatusCode::kRecoveryInProgress:
      return "RecoveryInProgress";
    case StatusCode::kSafeMode:
      return "SafeMode";
    case StatusCode::kStaleEpoch:
      return "StaleEpoch";
    case StatusCode::kCancelled:
      return "Cancelled";
    case StatusCode::kUnavailable:
      return "Unavailable";
    case StatusCode::kNotReplicatedYet:
      return "NotReplicatedYet";
    case StatusCode::kResourceExhausted:
      return "ResourceExhausted";
    case StatusCode::kNoSpace:
      return "NoSpace";
    case StatusCode::kStandby:
      return "Standby";
    case StatusCode::kDeadlineExceeded:
      return "DeadlineExceeded";
    case StatusCode::kNotResponding:
      return "NotResponding";
    case StatusCode::kMaybeDone:
      return "MaybeDone";
    case StatusCode::kCorruption:
      return "Corruption";
    case StatusCode::kIoError:
      return "IoError";
    case StatusCode::kInternal:
      return "Internal";
    case StatusCode::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

Status::Status(StatusCode code, std::string message)
    : rep_(std::make_shared<const Rep>(Rep{code, std::move(message), {}})) {
  CHECK(code != StatusCode::kOk);
}

Status Status::WithRemoteClass(std::string_view class_name) const {
  if (ok()) return *this;
  Status changed;
  changed.rep_ =
      std::make_shared<const Rep>(Rep{rep_->code, rep_->message, std::string(class_name)});
  return changed;
}

Status Status::WithContext(std::string_view context) const {
  if (ok()) return *this;
  Status changed;
  changed.rep_ = std::make_shared<const Rep>(
      Rep{rep_->code, fmt::format("{}: {}", context, rep_->message), rep_->remote_class});
  return changed;
}

std::string Status::ToString() const {
  if (ok()) return "Ok";
  return fmt::format("{}: {}", StatusCodeName(code()), message());
}

namespace {

StatusCode CodeOfErrno(int error_number) {
  switch (error_number) {
    case ENOENT:
      return StatusCode::kNotFound;
    case EEXIST:
      return StatusCode::kAlreadyExists;
    case ENOTDIR:
      return StatusCode::kNotADirectory;
    case EISDIR:
      return StatusCode::kIsADirectory;
    case ENOTEMPTY:
      return StatusCode::kNotEmpty;
    case EACCES:
    case EPERM:
      return StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
      return StatusCode::kNoSpace;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPIPE:
      return StatusCode::kNotResponding;
    case ETIMEDOUT:
      return StatusCode::kDeadlineExceeded;
    case EMFILE:
    case ENFILE:
      return StatusCode::kResourceExhausted;
    default:
      return StatusCode::kIoError;
  }
}

}  // namespace

Status ErrnoStatus(int error_number, std::string_view what) {
  return Status(CodeOfErrno(error_number),
                fmt::format("{}: {}", what, std::generic_category().message(error_number)));
}

}  // namespace tusk
