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

/// Adds the pages of queries: `/queries` (all of which a job is known), `/queries/USER/ID` (one:
/// its text, its stages and their jobs). Jobs say themselves of which query they are a part
/// (mapreduce/model/part_of_query.h); a stage whose rows were there already has no job. Read only;
/// each answers JSON with `?format=json`. Everything must outlive the server.
void AddQueryPages(http::HttpServer& server, const http::PageFrame& frame, JobTable& table,
                   JobHistory& history, const Clock& clock);

}  // namespace tusk::mapreduce::jobtracker
