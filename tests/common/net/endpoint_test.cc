#include "common/net/endpoint.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(EndpointTest, ParsesWhatPeopleWrite) {
  EXPECT_EQ(Endpoint::Parse("nn1:8020")->ToString(), "nn1:8020");
  EXPECT_EQ(Endpoint::Parse("[::1]:50")->ToString(), "[::1]:50");
  EXPECT_EQ(Endpoint::Parse(":9870")->host, "0.0.0.0");
  EXPECT_EQ(Endpoint::Parse("nn1", 8020)->port, 8020);
}

TEST(EndpointTest, RefusesEverythingElse) {
  for (const char* text : {"", "nn1", "nn1:", "nn1:x", "nn1:65536", "nn1:-1", "::1:5", "[::1",
                           "[::1]x", "a b:1", "user@host:1", "hdfs://a:1", "nn1:1 "}) {
    const Result<Endpoint> parsed = Endpoint::Parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(EndpointTest, KnowsLoopback) {
  EXPECT_TRUE((Endpoint{"127.3.2.1", 1}.IsLoopback()));
  EXPECT_TRUE((Endpoint{"localhost", 1}.IsLoopback()));
  EXPECT_TRUE((Endpoint{"::1", 1}.IsLoopback()));
  EXPECT_FALSE((Endpoint{"0.0.0.0", 1}.IsLoopback()));
  EXPECT_FALSE((Endpoint{"10.0.0.1", 1}.IsLoopback()));
}

TEST(EndpointTest, ResolvesNumericAddressesWithoutAsking) {
  const auto found = Resolve(Endpoint{"127.0.0.1", 80});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().ToEndpoint().ToString(), "127.0.0.1:80");
  EXPECT_EQ(ParseNumeric(Endpoint{"::1", 5})->ToEndpoint().ToString(), "[::1]:5");
}

}  // namespace
}  // namespace tusk
