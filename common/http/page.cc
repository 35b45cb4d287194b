#include "common/http/page.h"

#include <memory>
#include <utility>

#include <fmt/core.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "common/base/check.h"
#include "common/http/http_server.h"
#include "common/http/web/embedded_files.h"

namespace tusk::http {

namespace {

namespace json = boost::json;

/// Served under a name that never changes, so browsers ask each time and pages and script agree
/// after an upgrade.
HttpResponse Asset(std::string_view content, std::string_view type) {
  HttpResponse response;
  response.content_type = type;
  response.body = content;
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

int HttpStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kNotFound:
    case StatusCode::kNotADirectory:
      return 404;
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnauthenticated:
      return 403;
    case StatusCode::kInvalidArgument:
    case StatusCode::kInvalidPath:
      return 400;
    case StatusCode::kUnavailable:
    case StatusCode::kSafeMode:
    case StatusCode::kStandby:
    case StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

HttpResponse ShowPage(const PageSpec& spec, const PageFrame& frame, const HttpRequest& request,
                      const Result<json::value>& model) {
  if (!model.ok()) return ErrorPage(frame, request, model.status());
  if (request.WantsJson()) return HttpResponse::Json(json::serialize(*model) + "\n");
  return HttpResponse::Html(frame.Render(spec.title, spec.render(*model)));
}

/// The arguments live as long as the server and the request.
Task<HttpResponse> WaitForPage(const PageSpec* spec, const PageFrame* frame,
                               const HttpRequest* request) {
  Task<Result<json::value>> waiting = spec->task_model(*request);
  const Result<json::value> model = co_await std::move(waiting);
  co_return ShowPage(*spec, *frame, *request, model);
}

}  // namespace

PageFrame::PageFrame(std::string daemon, std::string instance)
    : daemon_(std::move(daemon)), instance_(std::move(instance)) {}

void PageFrame::AddLink(std::string title, std::string path) {
  links_.push_back({std::move(title), std::move(path)});
}

std::string PageFrame::Render(std::string_view title, std::string_view content) const {
  std::string navigation;
  for (const NavigationLink& link : links_) {
    navigation +=
        fmt::format("<a href=\"{}\">{}</a>\n", EscapeHtml(link.path), EscapeHtml(link.title));
  }
  const std::string shown = EscapeHtml(title);
  const std::string daemon = EscapeHtml(daemon_);
  const std::string instance = EscapeHtml(instance_);
  return fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0} - {1} {2}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<link rel=\"stylesheet\" href=\"/style.css\">\n"
      "<script src=\"/live.js\" defer></script>\n"
      "</head>\n"
      "<body>\n"
      "<header>\n"
      "<p class=\"daemon\"><b>{1}</b> <span>{2}</span></p>\n"
      "<nav>\n{3}</nav>\n"
      "</header>\n"
      "<main>\n<h1>{0}</h1>\n{4}\n</main>\n"
      "<footer>\n"
      "<nav><a href=\"/conf\">Configuration</a> <a href=\"/logs/\">Logs</a> "
      "<a href=\"/threads\">Threads</a> <a href=\"/metrics\">Metrics</a> "
      "<a href=\"/jmx\">JMX</a> <a href=\"/health\">Health</a></nav>\n"
      "<p id=\"live\"></p>\n"
      "</footer>\n"
      "</body>\n"
      "</html>\n",
      shown, daemon, instance, navigation, content);
}

void PageFrame::AddAssets(HttpServer& server) {
  server.Route("GET", "/style.css", [](const HttpRequest&) {
    return Asset(web::EmbeddedFile("web/style.css"), "text/css; charset=utf-8");
  });
  server.Route("GET", "/live.js", [](const HttpRequest&) {
    return Asset(web::EmbeddedFile("web/live.js"), "text/javascript; charset=utf-8");
  });
}

void AddPage(HttpServer& server, const PageFrame& frame, PageSpec page) {
  CHECK((page.model == nullptr) != (page.task_model == nullptr));
  const std::string path = page.path;
  const auto spec = std::make_shared<const PageSpec>(std::move(page));
  if (spec->task_model) {
    server.RouteTask("GET", path, [spec, &frame](const HttpRequest& request) {
      return WaitForPage(spec.get(), &frame, &request);
    });
    return;
  }
  server.Route("GET", path, [spec, &frame](const HttpRequest& request) {
    return ShowPage(*spec, frame, request, spec->model(request));
  });
}

HttpResponse ErrorPage(const PageFrame& frame, const HttpRequest& request, const Status& status) {
  HttpResponse response;
  if (request.WantsJson()) {
    const json::object error = {{"error", std::string(StatusCodeName(status.code()))},
                                {"message", std::string(status.message())}};
    response = HttpResponse::Json(json::serialize(error) + "\n");
  } else {
    response = HttpResponse::Html(
        frame.Render("This page cannot be shown", HealthSentence("bad", status.message())));
  }
  response.status = HttpStatusOf(status.code());
  return response;
}

HtmlTable::HtmlTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

HtmlTable& HtmlTable::Row() {
  // HTML lets the end tag of a row be left out.
  rows_ += count_ == 0 ? "<tr>" : "\n<tr>";
  ++count_;
  return *this;
}

HtmlTable& HtmlTable::Text(std::string_view text) { return Html(EscapeHtml(text)); }

HtmlTable& HtmlTable::Number(std::string_view shown, double value) {
  rows_ += fmt::format("<td class=\"number\" data-value=\"{}\">{}</td>", value, EscapeHtml(shown));
  return *this;
}

HtmlTable& HtmlTable::Html(std::string html) {
  rows_ += "<td>" + html + "</td>";
  return *this;
}

HtmlTable& HtmlTable::Link(std::string_view text, std::string_view path) {
  // A path that a browser would run is a text.
  const bool safe = path.starts_with('/') || path.starts_with("http://") ||
                    path.starts_with("https://") || path.starts_with('?');
  if (!safe) return Text(text);
  return Html(fmt::format("<a href=\"{}\">{}</a>", EscapeHtml(path), EscapeHtml(text)));
}

std::string HtmlTable::Build(std::string_view when_empty) const {
  if (count_ == 0) return fmt::format("<p class=\"empty\">{}</p>\n", EscapeHtml(when_empty));
  std::string table = "<div class=\"table\"><table>\n<thead><tr>";
  for (const Column& column : columns_) {
    table += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"number\"" : "",
                         EscapeHtml(column.title));
  }
  return table + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody>\n</table></div>\n";
}

std::string HealthSentence(std::string_view level, std::string_view sentence) {
  return fmt::format("<p class=\"health {}\" role=\"status\">{}</p>\n", EscapeHtml(level),
                     EscapeHtml(sentence));
}

}  // namespace tusk::http
