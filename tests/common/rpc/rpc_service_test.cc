#include "common/rpc/rpc_service.h"

#include <gtest/gtest.h>

#include "tests/common/rpc/test_service.h"

namespace tusk::rpc {
namespace {

struct Keep : AnswerWriter {
  void Success(const google::protobuf::MessageLite& response) override {
    text = response.SerializeAsString();
  }
  std::string text;
};

TEST(RpcServiceTest, FindsAndCallsMethods) {
  TestService test;
  EXPECT_EQ(test.service.Find("nope"), nullptr);
  RpcMethod* echo = test.service.Find("echo");
  ASSERT_NE(echo, nullptr);
  EXPECT_TRUE(echo->synchronous());
  EXPECT_EQ(test.service.Find("count")->kind(), MethodKind::kAtMostOnce);
  EchoRequest request;
  request.set_protocol("hi");
  const std::string body = request.SerializeAsString();
  CallContext context;
  context.user = "bob";
  Keep keep;
  EXPECT_TRUE(echo->CallNow(context, AsBytes(body), keep).ok());
  EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(keep.text));
  EXPECT_EQ(response.rpckind(), "bob:hi");
  const std::string junk = "\xff\xff";
  EXPECT_FALSE(echo->CallNow(context, AsBytes(junk), keep).ok());
}

}  // namespace
}  // namespace tusk::rpc
