#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::df {

/// Writes and reads dates and times by a format as of strftime: %Y %y %m %d %e %j %H %I %M %S %f
/// (microseconds) %p %B %b %A %a %u %w %V %G %F (%Y-%m-%d) %T (%H:%M:%S) %D (%m/%d/%y) %R (%H:%M)
/// %s (seconds since 1970) %z (+0000; reads offsets) %Z (UTC) %n %t %%, names in English; with - in
/// front of the letter numbers have no leading zeros. Immutable; any thread.
class TimeFormat {
 public:
  /// kInvalidArgument for a letter that is not known.
  static Result<TimeFormat> Compile(std::string_view format);

  /// Appends the text of an instant in microseconds since 1970.
  void Write(int64_t micros, std::string& out) const;
  /// The instant of a text; leading and trailing spaces do not matter. What the format does not say
  /// is as at 1970-01-01 00:00. False when the text is not of the format or there is no such date.
  bool Read(std::string_view text, int64_t* micros) const;
  const std::string& text() const { return text_; }

 private:
  // A conversion, or plain text when `letter` is 0.
  struct Piece {
    char letter = 0;
    bool plain_number = false;  // no leading zeros
    std::string text;
  };
  std::vector<Piece> pieces_;
  std::string text_;
};

/// The instant of a date in ISO form, perhaps with time behind a space or T, a fraction of a second
/// and an offset or Z: "2024-02-29", "2024-02-29 12:30:15.25+01:00". False for other texts.
bool ReadIsoTime(std::string_view text, int64_t* micros);

}  // namespace tusk::df
