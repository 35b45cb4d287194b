#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "common/base/result.h"
#include "common/base/status.h"

// The log of the process. One line per event:
//
//   2026-11-24 17:20:01,123 INFO  namenode: restarted safe mode blocks=120 reported=17
//
// local time as in Hadoop's logs, the level, the module, a short text with values last as
// key=value. Line ends inside a text are written as "\n" in two characters: one event, one line.
//
//   LOG_INFO("namenode", "left safe mode blocks={} seconds={:.1f}", blocks, seconds);
//
// Arguments are evaluated and formatted only when the level is on. Thread-safe. A log is the one
// thing that belongs to the process and not to a daemon object: it is global here and nowhere else.

namespace tusk {

enum class LogLevel : uint8_t { kDebug = 0, kInfo = 1, kWarn = 2, kError = 3, kOff = 4 };

/// "DEBUG", "INFO", "WARN", "ERROR", "OFF".
std::string_view LogLevelName(LogLevel level);
/// Inverse of LogLevelName, any case; kInvalidArgument names the known levels.
Result<LogLevel> ParseLogLevel(std::string_view text);

/// Where lines go and which.
struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  bool to_stderr = true;
  /// Path of the log file; empty for none. Its directory must exist.
  std::string file;
  /// The file is renamed to file.1, file.2, ... when it reaches this size.
  uint64_t max_file_bytes = 64u << 20;
  int max_files = 10;
};

/// Applies `options`. Before the first call the log goes to stderr at level INFO. May be called
/// again, e.g. after a fork. Fails when the file cannot be opened; the old log then stays.
Status SetUpLog(const LogOptions& options);
/// Changes the level of the running process.
void SetLogLevel(LogLevel level);
/// The last `max_lines` lines, oldest first, without line ends. At most 1,000 are kept.
std::vector<std::string> RecentLogLines(size_t max_lines);
/// Writes out what the sinks hold. Errors are flushed as they are logged, all else every second
/// and at the normal end of the process.
void FlushLog();

namespace internal {

extern std::atomic<LogLevel> log_level;
void WriteLog(LogLevel level, std::string_view module, fmt::string_view format,
              fmt::format_args args);

template <typename... Args>
void FormatLog(LogLevel level, std::string_view module, fmt::format_string<Args...> format,
               Args&&... args) {
  WriteLog(level, module, format, fmt::make_format_args(args...));
}

}  // namespace internal

/// True when lines of this level are written.
inline bool LogEnabled(LogLevel level) {
  return level >= internal::log_level.load(std::memory_order_relaxed);
}

}  // namespace tusk

#define TUSK_LOG(level, module, ...)                           \
  do {                                                         \
    if (::tusk::LogEnabled(level)) {                           \
      ::tusk::internal::FormatLog(level, module, __VA_ARGS__); \
    }                                                          \
  } while (false)

/// Details for someone who looks for a fault. Off by default.
#define LOG_DEBUG(module, ...) TUSK_LOG(::tusk::LogLevel::kDebug, module, __VA_ARGS__)
/// A change of state that an operator may ask about later. Never once per call or record.
#define LOG_INFO(module, ...) TUSK_LOG(::tusk::LogLevel::kInfo, module, __VA_ARGS__)
/// Something failed and was handled.
#define LOG_WARN(module, ...) TUSK_LOG(::tusk::LogLevel::kWarn, module, __VA_ARGS__)
/// Somebody has to act.
#define LOG_ERROR(module, ...) TUSK_LOG(::tusk::LogLevel::kError, module, __VA_ARGS__)
