#include "common/http/builtin_pages.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/env/local_path.h"
#include "common/env/posix_env.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/log/logger.h"
#include "common/metrics/metric_registry.h"
#include "common/metrics/text_exposition.h"

namespace tusk::http {

namespace {

namespace json = boost::json;

constexpr size_t kRecentLines = 1000;
constexpr uint64_t kDefaultTail = 256 * 1024;
constexpr uint64_t kMaxTail = 8 * 1024 * 1024;
constexpr uint64_t kMaxProcFile = 64 * 1024;

std::string Text(const json::value& row, std::string_view key) {
  return std::string(row.at(key).as_string());
}

// --- /conf -------------------------------------------------------------------------------------

/// In the form of Hadoop's ConfServlet, plus what an option means.
json::value ConfModel(const Config& config) {
  json::array properties;
  for (const Config::Entry& entry : config.Entries()) {
    json::object property = {{"key", entry.name},
                             {"value", entry.value},
                             {"isFinal", entry.is_final},
                             {"resource", entry.origin}};
    if (entry.option != nullptr) {
      property["default"] = entry.option->info().default_text;
      property["description"] = entry.option->info().doc;
    }
    properties.push_back(std::move(property));
  }
  return json::object{{"properties", std::move(properties)}};
}

std::string RenderConf(const json::value& model) {
  HtmlTable table({{"Option"}, {"Value"}, {"From"}, {"Meaning"}});
  for (const json::value& row : model.at("properties").as_array()) {
    const bool known = row.as_object().contains("description");
    table.Row()
        .Html("<code>" + EscapeHtml(Text(row, "key")) + "</code>")
        .Html("<code>" + EscapeHtml(Text(row, "value")) + "</code>")
        .Text(Text(row, "resource"))
        .Text(known ? Text(row, "description") : "Not an option of this daemon.");
  }
  return "<p>Every option with its present value. Also as <a href=\"/conf?format=json\">JSON</a> "
         "and in <a href=\"/conf?format=xml\">Hadoop's XML</a>.</p>" +
         table.Build("This daemon has no options.");
}

std::string ConfXml(const json::value& model) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<configuration>\n";
  for (const json::value& row : model.at("properties").as_array()) {
    xml += fmt::format(
        "<property><name>{}</name><value>{}</value><final>{}</final><source>{}</source>"
        "</property>\n",
        EscapeHtml(Text(row, "key")), EscapeHtml(Text(row, "value")), row.at("isFinal").as_bool(),
        EscapeHtml(Text(row, "resource")));
  }
  return xml + "</configuration>\n";
}

/// People get a page; programs that do not say what they want get XML, as from Hadoop.
HttpResponse ServeConf(const PageFrame& frame, const Config& config, const HttpRequest& request) {
  const json::value model = ConfModel(config);
  if (request.WantsJson()) return HttpResponse::Json(json::serialize(model) + "\n");
  const bool wants_xml = request.HasQuery("format")
                             ? request.Query("format") == "xml"
                             : request.Header("accept").find("html") == std::string_view::npos;
  if (!wants_xml) return HttpResponse::Html(frame.Render("Configuration", RenderConf(model)));
  HttpResponse response = HttpResponse::Text(200, ConfXml(model));
  response.content_type = "text/xml; charset=utf-8";
  return response;
}

// --- /logs -------------------------------------------------------------------------------------

bool IsLogName(std::string_view name) {
  return CheckPathComponent(name).ok() && (name.find(".log") != std::string_view::npos ||
                                           name.ends_with(".out") || name.ends_with(".err"));
}

Result<json::value> LogsModel(const std::string& directory) {
  json::array files;
  if (!directory.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     PosixEnv::Get().ListDirectory(directory));
    for (const std::string& name : names) {
      const Result<FileStat> stat = PosixEnv::Get().Stat(JoinPath(directory, name));
      if (!IsLogName(name) || !stat.ok() || stat->type != FileType::kRegular) continue;
      files.push_back(json::object{
          {"name", name}, {"bytes", stat->size}, {"modifiedMillis", stat->modified_millis}});
    }
  }
  json::array lines;
  for (std::string& line : RecentLogLines(kRecentLines)) lines.push_back(json::string(line));
  return json::value(json::object{{"files", std::move(files)}, {"recentLines", std::move(lines)}});
}

std::string RenderLogs(const json::value& model) {
  HtmlTable table({{"File"}, {"Bytes", true}});
  for (const json::value& file : model.at("files").as_array()) {
    const auto bytes = file.at("bytes").to_number<uint64_t>();
    table.Row()
        .Link(Text(file, "name"), "/logs/" + EscapeUrl(Text(file, "name")))
        .Number(fmt::format("{}", bytes), static_cast<double>(bytes));
  }
  std::string page = table.Build("This daemon logs to its standard error stream.");
  page += "<h2>Recent lines</h2>\n<pre class=\"log\">";
  for (const json::value& line : model.at("recentLines").as_array()) {
    page += EscapeHtml(std::string(line.as_string())) + "\n";
  }
  return page + "</pre>";
}

/// The last bytes of a file, from the beginning of a line.
Result<std::string> ReadTail(const std::string& path, uint64_t want) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return ErrnoStatus(errno, "open log file");
  const ScopeExit close_file([fd] { close(fd); });
  struct stat stat;
  if (fstat(fd, &stat) != 0) return ErrnoStatus(errno, "stat log file");
  if (!S_ISREG(stat.st_mode)) return Status(StatusCode::kNotFound, "no regular file");
  const auto size = static_cast<uint64_t>(stat.st_size);
  const uint64_t begin = size > want ? size - want : 0;
  std::string text(size - begin, '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count =
        pread(fd, text.data() + filled, text.size() - filled, static_cast<off_t>(begin + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, "read log file");
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  text.resize(filled);
  const size_t line = begin == 0 ? std::string::npos : text.find('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

HttpResponse ServeLogFile(const BuiltinPagesSpec& spec, const HttpRequest& request) {
  if (spec.log_directory.empty() || !IsLogName(request.rest)) {
    return ErrorPage(*spec.frame, request,
                     Status::Error(StatusCode::kNotFound, "no such log file: {}", request.rest));
  }
  uint64_t want = kDefaultTail;
  const std::string_view wanted = request.Query("bytes");
  if (!wanted.empty()) {
    want = 0;
    for (const char c : wanted) {
      if (c < '0' || c > '9') {
        return ErrorPage(*spec.frame, request,
                         Status(StatusCode::kInvalidArgument, "bytes must be a number"));
      }
      want = std::min(kMaxTail, want * 10 + static_cast<uint64_t>(c - '0'));
    }
  }
  Result<std::string> text = ReadTail(JoinPath(spec.log_directory, request.rest), want);
  if (!text.ok()) return ErrorPage(*spec.frame, request, text.status());
  return HttpResponse::Text(200, std::move(*text));
}

// --- /threads ----------------------------------------------------------------------------------

/// State, user and system time (seconds) of a line of /proc/PID/stat. The name in parentheses may
/// hold anything, so fields are counted from the last parenthesis.
bool ParseStat(std::string_view stat, char* state, double* user, double* system) {
  const size_t close = stat.rfind(')');
  if (close == std::string_view::npos || close + 2 >= stat.size()) return false;
  *state = stat[close + 2];
  std::vector<std::string_view> fields;
  for (size_t from = close + 2; from < stat.size();) {
    const size_t to = std::min(stat.find(' ', from), stat.size());
    fields.push_back(stat.substr(from, to - from));
    from = to + 1;
  }
  if (fields.size() < 13) return false;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  *user = std::strtod(std::string(fields[11]).c_str(), nullptr) / ticks;
  *system = std::strtod(std::string(fields[12]).c_str(), nullptr) / ticks;
  return true;
}

Result<json::value> ThreadsModel(const HttpRequest&) {
  const std::string root = "/proc/self/task";
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, PosixEnv::Get().ListDirectory(root));
  json::array threads;
  for (const std::string& id : ids) {
    // A thread may end while it is looked at.
    const auto name = PosixEnv::Get().ReadSmallFile(root + "/" + id + "/comm", kMaxProcFile);
    const auto stat = PosixEnv::Get().ReadSmallFile(root + "/" + id + "/stat", kMaxProcFile);
    char state = '?';
    double user = 0;
    double system = 0;
    if (!name.ok() || !stat.ok() || !ParseStat(*stat, &state, &user, &system)) continue;
    threads.push_back(json::object{{"id", std::strtoll(id.c_str(), nullptr, 10)},
                                   {"name", name->substr(0, name->find('\n'))},
                                   {"state", std::string(1, state)},
                                   {"userSeconds", user},
                                   {"systemSeconds", system}});
  }
  return json::value(json::object{{"threads", std::move(threads)}});
}

std::string StateName(std::string_view state) {
  if (state == "R") return "running";
  if (state == "S") return "waiting";
  if (state == "D") return "waiting for a disk";
  if (state == "T" || state == "t") return "stopped";
  return std::string(state);
}

std::string RenderThreads(const json::value& model) {
  HtmlTable table(
      {{"Thread", true}, {"Name"}, {"State"}, {"User time", true}, {"System time", true}});
  for (const json::value& thread : model.at("threads").as_array()) {
    const auto id = thread.at("id").to_number<int64_t>();
    const double user = thread.at("userSeconds").as_double();
    const double system = thread.at("systemSeconds").as_double();
    table.Row()
        .Number(fmt::format("{}", id), static_cast<double>(id))
        .Text(Text(thread, "name"))
        .Text(StateName(Text(thread, "state")))
        .Number(fmt::format("{:.2f} s", user), user)
        .Number(fmt::format("{:.2f} s", system), system);
  }
  return table.Build("The system does not tell.");
}

// --- /metrics, /jmx, /health -------------------------------------------------------------------

HttpResponse ServeHealth(const Health& health, const HttpRequest& request) {
  const int status = health.healthy ? 200 : 503;
  if (!request.WantsJson()) return HttpResponse::Text(status, health.sentence + "\n");
  const json::object model = {{"healthy", health.healthy}, {"sentence", health.sentence}};
  HttpResponse response = HttpResponse::Json(json::serialize(model) + "\n");
  response.status = status;
  return response;
}

/// "bean::attribute" of Hadoop's parameter `get`: that bean with that attribute alone.
HttpResponse ServeAttribute(const MetricRegistry& metrics, std::string_view wanted) {
  const size_t colons = wanted.rfind("::");
  const std::string_view attribute =
      colons == std::string_view::npos ? "" : wanted.substr(colons + 2);
  json::object answer;
  const json::value all = json::parse(JmxJson(metrics, wanted.substr(0, colons)));
  for (const json::value& bean : all.at("beans").as_array()) {
    const json::value* value = bean.as_object().if_contains(attribute);
    if (value == nullptr) continue;
    json::object found = {{"name", bean.at("name")}, {"modelerType", bean.at("modelerType")}};
    found[attribute] = *value;
    answer["beans"] = json::array{found};
    return HttpResponse::Json(json::serialize(answer) + "\n");
  }
  answer["result"] = "ERROR";
  answer["message"] = "No attribute with name " + std::string(attribute) + " was found.";
  HttpResponse response = HttpResponse::Json(json::serialize(answer) + "\n");
  response.status = 404;
  return response;
}

void AddMachinePages(HttpServer& server, const BuiltinPagesSpec& spec) {
  if (spec.metrics != nullptr) {
    const MetricRegistry* metrics = spec.metrics;
    // "/prom" is Hadoop's name for it.
    for (const char* path : {"/metrics", "/prom"}) {
      server.Route("GET", path, [metrics](const HttpRequest&) {
        HttpResponse response = HttpResponse::Text(200, PrometheusText(*metrics));
        response.content_type = kPrometheusContentType;
        return response;
      });
    }
    server.Route("GET", "/jmx", [metrics](const HttpRequest& request) {
      HttpResponse response = request.HasQuery("get")
                                  ? ServeAttribute(*metrics, request.Query("get"))
                                  : HttpResponse::Json(JmxJson(*metrics, request.Query("qry")));
      response.content_type = "application/json; charset=utf8";
      response.headers.emplace_back("Access-Control-Allow-Methods", "GET");
      return response;
    });
  }
  const std::function<Health()> judge = spec.health;
  server.Route("GET", "/health", [judge](const HttpRequest& request) {
    return ServeHealth(judge ? judge() : Health{}, request);
  });
}

}  // namespace

void AddBuiltinPages(HttpServer& server, const BuiltinPagesSpec& spec) {
  AddMachinePages(server, spec);
  const PageFrame& frame = *spec.frame;
  if (spec.config != nullptr) {
    const Config* config = spec.config;
    server.Route("GET", "/conf", [&frame, config](const HttpRequest& request) {
      return ServeConf(frame, *config, request);
    });
  }
  const std::string directory = spec.log_directory;
  PageSpec logs;
  logs.title = "Logs";
  logs.model = [directory](const HttpRequest&) { return LogsModel(directory); };
  logs.render = RenderLogs;
  for (const char* path : {"/logs", "/logs/"}) {
    logs.path = path;
    AddPage(server, frame, logs);
  }
  server.Route("GET", "/logs/*",
               [spec](const HttpRequest& request) { return ServeLogFile(spec, request); });
  PageSpec threads;
  threads.path = "/threads";
  threads.title = "Threads";
  threads.model = ThreadsModel;
  threads.render = RenderThreads;
  AddPage(server, frame, threads);
}

}  // namespace tusk::http
