#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "common/base/status_code.h"

namespace tusk {

/// The outcome of an operation: Ok, or a code with a message for people.
///
/// A message is one sentence without a final period that names what failed and with which values
/// (values last). It becomes the first line that a user sees. Context is added in front while the
/// error travels outwards (`WithContext`), so the first cause stays last and is never lost.
///
/// Cheap: Ok is one null pointer; copies share the immutable text. Thread-safe to copy and read.
class [[nodiscard]] Status {
 public:
  /// Ok.
  Status() = default;

  /// An error. `code` must not be kOk.
  Status(StatusCode code, std::string message);

  /// An error with a formatted message: `Status::Error(StatusCode::kNotFound, "no job {}", id)`.
  template <typename... Args>
  static Status Error(StatusCode code, fmt::format_string<Args...> format, Args&&... args) {
    return Status(code, fmt::vformat(format, fmt::make_format_args(args...)));
  }

  static Status Ok() { return Status(); }

  bool ok() const { return rep_ == nullptr; }
  StatusCode code() const { return rep_ ? rep_->code : StatusCode::kOk; }
  /// Empty for Ok. Valid as long as this Status or a copy of it lives.
  std::string_view message() const {
    return rep_ ? std::string_view(rep_->message) : std::string_view();
  }

  /// The fully qualified exception class this error has (or must have) on the Hadoop wire when the
  /// code alone does not determine it; empty otherwise.
  std::string_view remote_class() const {
    return rep_ ? std::string_view(rep_->remote_class) : std::string_view();
  }
  /// The same error with that exception class.
  Status WithRemoteClass(std::string_view class_name) const;

  /// The same error with `context` and ": " before its message. Ok stays Ok.
  Status WithContext(std::string_view context) const;

  /// "NotFound: no such file: /a", or "Ok".
  std::string ToString() const;

  /// Equal codes and messages.
  friend bool operator==(const Status& a, const Status& b) {
    return a.code() == b.code() && a.message() == b.message();
  }

 private:
  // The shared immutable text of an error.
  struct Rep {
    StatusCode code;
    std::string message;
    std::string remote_class;
  };
  std::shared_ptr<const Rep> rep_;
};

/// The error of errno value `error_number`, e.g. `ErrnoStatus(errno, "open /x")`. ENOENT, EEXIST,
/// ENOTDIR, EISDIR, ENOTEMPTY, EACCES/EPERM, ENOSPC/EDQUOT, ECONNREFUSED/ECONNRESET/EPIPE and
/// ETIMEDOUT have codes of their own; all others are kIoError.
Status ErrnoStatus(int error_number, std::string_view what);

}  // namespace tusk
