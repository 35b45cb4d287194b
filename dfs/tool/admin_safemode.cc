#include "dfs/tool/admin_safemode.h"

#include <chrono>

#include "common/base/status_macros.h"

namespace tusk::dfs {
namespace {

constexpr std::chrono::milliseconds kAskAgain{500};

}  // namespace

Status AdminSafeMode(NamenodeProxy& namenode, std::span<const std::string> arguments, FILE* out) {
  if (arguments.size() != 1) {
    return Status(StatusCode::kInvalidArgument,
                  "expected one of enter, leave, get, wait, forceExit");
  }
  const std::string& word = arguments[0];
  SafeModeAction action = SafeModeAction::kGet;
  if (word == "enter") {
    action = SafeModeAction::kEnter;
  } else if (word == "leave") {
    action = SafeModeAction::kLeave;
  } else if (word == "forceExit") {
    action = SafeModeAction::kForceExit;
  } else if (word != "get" && word != "wait") {
    return Status::Error(StatusCode::kInvalidArgument,
                         "expected one of enter, leave, get, wait, forceExit, got: {}", word);
  }
  ASSIGN_OR_RETURN(bool on, namenode.SetSafeMode(action));
  while (word == "wait" && on) {
    // The protocol has no call that waits.
    RETURN_IF_ERROR(namenode.Wait(kAskAgain));
    ASSIGN_OR_RETURN(on, namenode.SetSafeMode(action));
  }
  std::fprintf(out, "Safe mode is %s\n", on ? "ON" : "OFF");
  return Status::Ok();
}

}  // namespace tusk::dfs
