#pragma once

namespace tusk {
class Clock;
namespace http {
class HttpServer;
class PageFrame;
}  // namespace http
}  // namespace tusk

namespace tusk::mapreduce::jobtracker {

class JobHistory;
class JobTable;

/// Adds the jobtracker's pages of jobs and trackers: `/` and `/jobs` (what runs, what ran),
/// `/jobs/ID` (one job: tasks, attempts, counters, the first cause of a failure), `/trackers`. Read
/// only; each answers JSON with
/// `?format=json`. Everything must outlive the server.
void AddJobtrackerPages(http::HttpServer& server, const http::PageFrame& frame, JobTable& table,
                        JobHistory& history, const Clock& clock);

}  // namespace tusk::mapreduce::jobtracker
