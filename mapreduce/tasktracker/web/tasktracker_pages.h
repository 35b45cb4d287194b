#pragma once

#include <functional>
#include <string>

namespace tusk {
class WorkPool;
namespace http {
class HttpServer;
class PageFrame;
}  // namespace http
}  // namespace tusk

namespace tusk::mapreduce::tasktracker {

class AttemptLogs;

/// What a tracker says of itself.
struct TrackerFacts {
  std::string jobtracker;
  bool connected = false;
  size_t running = 0;
  size_t map_outputs = 0;
};

/// Adds a tracker's pages: `/` (what it does) and `/attempts/ID` (what an attempt printed, as
/// text). Everything must outlive the server.
void AddTasktrackerPages(http::HttpServer& server, const http::PageFrame& frame,
                         std::function<TrackerFacts()> facts, AttemptLogs& logs, WorkPool& disk);

}  // namespace tusk::mapreduce::tasktracker
