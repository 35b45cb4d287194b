#include "common/http/http_message.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cstring>
#include <string>

namespace tusk::http {
namespace {

TEST(EscapeHtmlTest, FiveCharactersAreReplaced) {
  EXPECT_EQ(EscapeHtml("<a href=\"x\">Tom & 'Jerry'</a>"),
            "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;");
  EXPECT_EQ(EscapeHtml("plain \xc3\xa4"), "plain \xc3\xa4");
}

TEST(EscapeUrlTest, EveryByteComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string escaped = EscapeUrl(all);
  for (const char c : escaped) EXPECT_TRUE(std::isalnum(c) || std::strchr("%-._~", c)) << c;
  std::string back;
  ASSERT_TRUE(UnescapeUrl(escaped, true, &back));
  EXPECT_EQ(back, all);
  EXPECT_EQ(EscapeUrl("/a b?"), "%2Fa%20b%3F");
}

TEST(UnescapeUrlTest, MalformedEscapesAreRefused) {
  std::string out;
  for (const char* bad : {"%", "%1", "a%", "%g0", "%0g", "%%20", "abc%2"}) {
    EXPECT_FALSE(UnescapeUrl(bad, false, &out)) << bad;
  }
  ASSERT_TRUE(UnescapeUrl("a+b%2B", true, &out));
  EXPECT_EQ(out, "a b+");
  ASSERT_TRUE(UnescapeUrl("a+b%2b", false, &out));
  EXPECT_EQ(out, "a+b+");
}

TEST(HttpRequestTest, QueriesCompareWithoutCase) {
  HttpRequest request;
  request.query = {{"Op", "OPEN"}, {"op", "second"}, {"empty", ""}};
  EXPECT_EQ(request.Query("op"), "OPEN");
  EXPECT_EQ(request.Query("none", "otherwise"), "otherwise");
  EXPECT_EQ(request.Query("empty", "otherwise"), "");
  EXPECT_TRUE(request.HasQuery("EMPTY"));
  EXPECT_FALSE(request.HasQuery("none"));
}

TEST(HttpRequestTest, JsonIsWantedByQueryOrAccept) {
  HttpRequest request;
  EXPECT_FALSE(request.WantsJson());
  request.headers = {{"accept", "application/json, text/html"}};
  EXPECT_TRUE(request.WantsJson());
  request.query = {{"format", "html"}};
  EXPECT_FALSE(request.WantsJson());
  request.query = {{"format", "JSON"}};
  EXPECT_TRUE(request.WantsJson());
  request.query.clear();
  request.headers = {{"accept", "text/html, application/json"}};
  EXPECT_FALSE(request.WantsJson());
}

TEST(HttpResponseTest, JsonIsUtf8) {
  EXPECT_EQ(HttpResponse::Json("\"\xc3\xa4\xff\xc3\"").body,
            "\"\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\"");
  EXPECT_EQ(HttpResponse::Json("{}").content_type, "application/json");
}

TEST(HttpResponseTest, RedirectNamesItsTarget) {
  const HttpResponse response = HttpResponse::Redirect("http://h/x");
  EXPECT_EQ(response.status, 307);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, "http://h/x");
}

}  // namespace
}  // namespace tusk::http
