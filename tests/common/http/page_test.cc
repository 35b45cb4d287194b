#include "common/http/page.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "common/net/sleep.h"
#include "tests/common/http/http_conversation.h"

namespace tusk::http {
namespace {

namespace json = boost::json;

TEST(HtmlTableTest, CellsAreEscapedAndNumbersCarryTheirValue) {
  HtmlTable table({{"Name <b>"}, {"Size", true}, {"Where"}});
  table.Row().Text("<script>").Number("1.5 GB", 1.5e9).Link("a&b", "/x?y=\"1\"");
  const std::string html = table.Build("nothing");
  EXPECT_NE(html.find("Name &lt;b&gt;</th>"), std::string::npos) << html;
  EXPECT_NE(html.find("<td>&lt;script&gt;</td>"), std::string::npos) << html;
  EXPECT_NE(html.find("data-value=\"1500000000\">1.5 GB</td>"), std::string::npos) << html;
  EXPECT_NE(html.find("<a href=\"/x?y=&quot;1&quot;\">a&amp;b</a>"), std::string::npos) << html;
}

TEST(HtmlTableTest, LinksThatABrowserWouldRunAreTexts) {
  HtmlTable table({{"Log"}});
  table.Row().Link("click", "javascript:alert(1)");
  EXPECT_EQ(table.Build("").find("href"), std::string::npos);
}

TEST(HtmlTableTest, AnEmptyTableIsASentence) {
  EXPECT_EQ(HtmlTable({{"A"}}).Build("No <job> yet."),
            "<p class=\"empty\">No &lt;job&gt; yet.</p>\n");
}

Task<Result<json::value>> LaterModel(std::string rest) {
  co_await Yield();
  if (rest.empty()) co_return Status(StatusCode::kNotFound, "nothing");
  co_return json::value(json::object{{"name", rest}});
}

class PageTest : public testing::Test {
 protected:
  PageTest() {
    frame_.AddLink("Over & out", "/");
    PageFrame::AddAssets(server_);
    PageSpec page;
    page.path = "/facts/*";
    page.title = "Facts <x>";
    page.model = [](const HttpRequest& request) -> Result<json::value> {
      if (request.rest == "missing") return Status(StatusCode::kNotFound, "no such <fact>");
      if (request.rest == "closed") return Status(StatusCode::kPermissionDenied, "not you");
      if (request.rest == "bad") return Status(StatusCode::kInvalidArgument, "what?");
      if (request.rest == "broken") return Status(StatusCode::kIoError, "disk");
      return json::value(json::object{{"name", request.rest}});
    };
    page.render = [](const json::value& model) {
      return "<p>" + EscapeHtml(std::string(model.at("name").as_string())) + "</p>";
    };
    AddPage(server_, frame_, page);
    page.path = "/later/*";
    page.model = nullptr;
    page.task_model = [](const HttpRequest& request) { return LaterModel(request.rest); };
    AddPage(server_, frame_, page);
  }

  TaskRunner runner_;
  PageFrame frame_{"namenode", "host<1>:9870"};
  HttpServer server_{runner_.runtime(), HttpServerOptions()};
};

TEST_F(PageTest, OneModelTwoForms) {
  const RawAnswer html = Get(runner_, server_, "/facts/%3Ca%3E");
  EXPECT_EQ(html.status, 200);
  EXPECT_NE(html.head.find("Content-Type: text/html"), std::string::npos);
  EXPECT_NE(html.head.find("Content-Security-Policy: default-src 'self'"), std::string::npos);
  EXPECT_NE(html.body.find("<p>&lt;a&gt;</p>"), std::string::npos);
  EXPECT_NE(html.body.find("<h1>Facts &lt;x&gt;</h1>"), std::string::npos);
  EXPECT_NE(html.body.find("Over &amp; out</a>"), std::string::npos);
  EXPECT_NE(html.body.find("host&lt;1&gt;:9870"), std::string::npos);
  for (const auto& [target, headers] :
       {std::pair("/facts/%3Ca%3E?format=json", ""),
        std::pair("/facts/%3Ca%3E", "Accept: application/json\r\n")}) {
    const RawAnswer answer = Get(runner_, server_, target, headers);
    EXPECT_NE(answer.head.find("Content-Type: application/json"), std::string::npos);
    EXPECT_EQ(json::parse(answer.body).at("name").as_string(), "<a>");
  }
}

TEST_F(PageTest, FactsMayBeWaitedFor) {
  EXPECT_NE(Get(runner_, server_, "/later/x").body.find("<p>x</p>"), std::string::npos);
  EXPECT_EQ(Get(runner_, server_, "/later/x?format=json").body, "{\"name\":\"x\"}\n");
  EXPECT_EQ(Get(runner_, server_, "/later/").status, 404);
}

TEST_F(PageTest, ErrorsHaveTheirStatusInBothForms) {
  for (const auto& [target, status] :
       {std::pair("/facts/missing", 404), std::pair("/facts/closed", 403),
        std::pair("/facts/bad", 400), std::pair("/facts/broken", 500)}) {
    EXPECT_EQ(Get(runner_, server_, target).status, status);
    const RawAnswer answer = Get(runner_, server_, std::string(target) + "?format=json");
    EXPECT_EQ(answer.status, status);
    EXPECT_TRUE(json::parse(answer.body).at("message").is_string());
  }
  EXPECT_NE(Get(runner_, server_, "/facts/missing").body.find("no such &lt;fact&gt;"),
            std::string::npos);
}

TEST_F(PageTest, PagesFetchNothingFromElsewhere) {
  const std::string page = Get(runner_, server_, "/facts/x").body;
  const std::string style = Get(runner_, server_, "/style.css").body;
  const std::string script = Get(runner_, server_, "/live.js").body;
  EXPECT_GT(style.size(), 500u);
  EXPECT_GT(script.size(), 500u);
  for (const std::string& text : {page, style, script}) {
    EXPECT_EQ(text.find("://"), std::string::npos);
  }
}

}  // namespace
}  // namespace tusk::http
