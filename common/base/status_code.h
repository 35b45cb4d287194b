#pragma once

#include <cstdint>
#include <string_view>

namespace tusk {

/// Why an operation failed. A code exists only if some caller can react to it in its own way;
/// everything else is told by the message. Ranges carry meaning:
///
///   1-19    the request is wrong: repeating it cannot help until something else changes
///   20-39   the state of the file system or job forbids it now
///   40-59   try again: the same request may succeed later or elsewhere
///   60-79   the effect is unknown: it may or may not have happened
///   80-99   damage or a bug: a person has to look
///
/// Numbers are stable: they are written to journals and sent between daemons. A removed number is
/// kept here as a comment. How codes travel as Hadoop exception classes:
/// dfs/wire/remote_exception.h.
enum class StatusCode : uint8_t {
  kOk = 0,

  kInvalidArgument = 1,   // a value is out of range or malformed
  kInvalidPath = 2,       // not a legal path
  kNotFound = 3,          // no such file, directory, job, key
  kAlreadyExists = 4,     // the name is taken
  kNotADirectory = 5,     // a file stands where a directory is needed
  kIsADirectory = 6,      // a directory stands where a file is needed
  kNotEmpty = 7,          // a directory has children and recursion was not asked for
  kPermissionDenied = 8,  // mode bits, owner or superuser rule forbids it
  kUnauthenticated = 9,   // the caller is not who it says
  kUnsupported = 10,      // understood, but not built or switched off
  kNoSuchMethod = 11,     // the peer does not know this call
  kNoSuchProtocol = 12,   // the peer does not know this protocol
  kVersionMismatch = 13,  // the peer speaks another version
  kQuotaExceeded = 14,    // name or space quota
  kTooLarge = 15,         // a length is over its bound; refused before allocation

  kFailedPrecondition = 20,   // not in the state that the call needs
  kLeaseExpired = 21,         // the caller does not hold the file open (any more)
  kAlreadyBeingCreated = 22,  // another client writes the file
  kRecoveryInProgress = 23,   // the last block of the file is being recovered
  kSafeMode = 24,             // the namenode accepts no changes yet
  kStaleEpoch = 25,           // fenced: a newer writer, job or namenode epoch exists
  kCancelled = 26,            // the caller or a stop asked for it

  kUnavailable = 40,        // not reachable, not started, shutting down
  kNotReplicatedYet = 41,   // the block before has not been reported by enough datanodes
  kResourceExhausted = 42,  // a queue, connection or slot limit is reached
  kNoSpace = 43,            // no datanode or disk has room
  kStandby = 44,            // ask the active peer
  kDeadlineExceeded = 45,   // not answered in time and known not to have had an effect
  kNotResponding = 46,      // connection refused, reset or closed before the request was sent

  kMaybeDone = 60,  // sent, but the answer was lost

  kCorruption = 80,  // a checksum or structure is wrong
  kIoError = 81,     // the operating system reported a failure
  kInternal = 82,    // a bug of ours
  kUnknown = 83,     // a newer peer's code or an exception class that we do not know
};

/// The constant's name without `k`, e.g. "NotFound"; "Unknown" for numbers not listed.
std::string_view StatusCodeName(StatusCode code);

/// True for codes 40-59: a later or other attempt may succeed and the failed one had no effect.
constexpr bool IsRetriable(StatusCode code) {
  return static_cast<int>(code) >= 40 && static_cast<int>(code) < 60;
}

}  // namespace tusk
