#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/fwd.hpp>

#include "common/base/result.h"
#include "common/http/http_message.h"
#include "common/net/task.h"

namespace tusk::http {

class HttpServer;

/// One link of the navigation bar that each page of a daemon shows.
struct NavigationLink {
  std::string title;
  std::string path;
};

/// The frame around the pages of one daemon: title, navigation, one style sheet, one script. Pages
/// work without the script; with it tables sort and the numbers refresh in place.
///
/// Constant after the server has started.
class PageFrame {
 public:
  /// `daemon`: "namenode"; `instance`: "host:port", shown in the head line.
  PageFrame(std::string daemon, std::string instance);

  void AddLink(std::string title, std::string path);
  /// A whole HTML document. `title` and the links are escaped here; `content` is HTML.
  std::string Render(std::string_view title, std::string_view content) const;

  /// Serves /style.css and /live.js, which the frame refers to.
  static void AddAssets(HttpServer& server);

 private:
  const std::string daemon_;
  const std::string instance_;
  std::vector<NavigationLink> links_;
};

/// A page is a JSON value and a rendering of it, so that whatever people see programs can read.
struct PageSpec {
  std::string path;  // route pattern
  std::string title;
  /// The facts. An error becomes an error page (404 for kNotFound, 403, 400, otherwise 500).
  std::function<Result<boost::json::value>(const HttpRequest&)> model;
  /// Their HTML, without the frame. Every string of the model must pass EscapeHtml.
  std::function<std::string(const boost::json::value&)> render;
  /// Instead of `model` where the facts have to be waited for.
  std::function<Task<Result<boost::json::value>>(const HttpRequest&)> task_model = {};
};

/// Adds a GET route: `?format=json` answers the model, otherwise its rendering in `frame`, which
/// must outlive the server.
void AddPage(HttpServer& server, const PageFrame& frame, PageSpec page);

/// An error page with the right status for `status`.
HttpResponse ErrorPage(const PageFrame& frame, const HttpRequest& request, const Status& status);

/// Builds the calm, sortable tables that all pages use. Cells are escaped unless added as HTML.
class HtmlTable {
 public:
  /// `numeric` columns align right and sort by value.
  struct Column {
    std::string title;
    bool numeric = false;
  };
  explicit HtmlTable(std::vector<Column> columns);

  HtmlTable& Row();
  HtmlTable& Text(std::string_view text);
  /// `shown` for people, `value` for sorting: ("1.5 GB", 1500000000).
  HtmlTable& Number(std::string_view shown, double value);
  HtmlTable& Html(std::string html);
  HtmlTable& Link(std::string_view text, std::string_view path);
  /// The table, or a sentence that there is nothing.
  std::string Build(std::string_view when_empty) const;

 private:
  const std::vector<Column> columns_;
  std::string rows_;
  size_t count_ = 0;
};

/// The sentence on top of a page: `level` is "good", "warn" or "bad".
std::string HealthSentence(std::string_view level, std::string_view sentence);

}  // namespace tusk::http
