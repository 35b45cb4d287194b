#include "common/fault/fault_point.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"

namespace tusk {

std::atomic<bool> FaultPoints::armed_{false};

namespace {

struct ArmedPoint {
  FaultAction action;
  uint64_t passes = 0;
};

struct Points {
  Mutex mutex;
  std::map<std::string, ArmedPoint, std::less<>> by_name GUARDED_BY(mutex);
};

/// Never destroyed: threads may pass points until the very end.
Points& ThePoints() {
  static Points* const points = new Points;
  return *points;
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `crash`, `error`, `delay:50ms`, each with an optional `@n`.
std::optional<FaultAction> ParseAction(std::string_view text) {
  FaultAction action;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    const auto pass = ParseNumber(text.substr(at + 1));
    if (!pass.has_value() || *pass == 0) return std::nullopt;
    action.at_pass = *pass;
    text = text.substr(0, at);
  }
  if (text == "crash") {
    action.kind = FaultAction::Kind::kCrash;
  } else if (text == "error") {
    action.kind = FaultAction::Kind::kError;
  } else if (text.starts_with("delay:") && text.ends_with("ms")) {
    const auto millis = ParseNumber(text.substr(6, text.size() - 8));
    if (!millis.has_value() || *millis > 3'600'000) return std::nullopt;
    action.kind = FaultAction::Kind::kDelay;
    action.delay = std::chrono::milliseconds(*millis);
  } else {
    return std::nullopt;
  }
  return action;
}

}  // namespace

void FaultPoints::Arm(std::string_view name, FaultAction action) {
  Points& points = ThePoints();
  MutexLock lock(points.mutex);
  points.by_name[std::string(name)] = ArmedPoint{std::move(action), 0};
  armed_.store(true, std::memory_order_relaxed);
}

void FaultPoints::Disarm(std::string_view name) {
  Points& points = ThePoints();
  MutexLock lock(points.mutex);
  if (const auto found = points.by_name.find(name); found != points.by_name.end()) {
    points.by_name.erase(found);
  }
  armed_.store(!points.by_name.empty(), std::memory_order_relaxed);
}

void FaultPoints::DisarmAll() {
  Points& points = ThePoints();
  MutexLock lock(points.mutex);
  points.by_name.clear();
  armed_.store(false, std::memory_order_relaxed);
}

Status FaultPoints::ArmFromText(std::string_view text) {
  std::vector<std::pair<std::string_view, FaultAction>> parsed;
  while (!text.empty()) {
    const size_t semicolon = text.find(';');
    const std::string_view part = text.substr(0, semicolon);
    text = semicolon == std::string_view::npos ? std::string_view() : text.substr(semicolon + 1);
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    std::optional<FaultAction> action;
    if (equals != std::string_view::npos && equals > 0)
      action = ParseAction(part.substr(equals + 1));
    if (!action.has_value()) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "TUSK_FAULTS: \"{}\" is not NAME=crash, NAME=error or NAME=delay:Nms, "
                           "each with an optional @PASS",
                           part);
    }
    parsed.emplace_back(part.substr(0, equals), *std::move(action));
  }
  for (auto& [name, action] : parsed) Arm(name, std::move(action));
  return Status();
}

Status FaultPoints::ArmFromEnvironment() {
  const char* text = std::getenv("TUSK_FAULTS");
  return text == nullptr ? Status() : ArmFromText(text);
}

uint64_t FaultPoints::Passes(std::string_view name) {
  Points& points = ThePoints();
  MutexLock lock(points.mutex);
  const auto found = points.by_name.find(name);
  return found == points.by_name.end() ? 0 : found->second.passes;
}

Status FaultPoints::Pass(std::string_view name) {
  FaultAction action;
  {
    Points& points = ThePoints();
    MutexLock lock(points.mutex);
    const auto found = points.by_name.find(name);
    if (found == points.by_name.end()) return Status();
    ArmedPoint& point = found->second;
    ++point.passes;
    if (point.action.at_pass != 0 && point.action.at_pass != point.passes) return Status();
    action = point.action;
  }
  switch (action.kind) {
    case FaultAction::Kind::kCrash:
      LOG_ERROR("fault", "crash at a fault point name={}", name);
      _exit(kFaultExitCode);
    case FaultAction::Kind::kError:
      if (!action.error.ok()) return action.error;
      return Status::Error(StatusCode::kIoError, "fault point {}", name);
    case FaultAction::Kind::kDelay:
      std::this_thread::sleep_for(action.delay);
      return Status();
    case FaultAction::Kind::kCallback:
      return action.callback ? action.callback() : Status();
  }
  return Status();
}

}  // namespace tusk
