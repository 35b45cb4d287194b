#include "common/rpc/rpc_framing.h"

#include <vector>

#include <gtest/gtest.h>

#include "common/rpc/proto/RpcHeader.pb.h"

namespace tusk::rpc {
namespace {

std::string Bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out.push_back(static_cast<char>(value));
  return out;
}

TEST(RpcFramingTest, PreamblesAreToldApart) {
  auto kind = [](const std::string& text) { return ParsePreamble(AsBytes(text)).kind; };
  EXPECT_EQ(kind(Bytes({'h', 'r', 'p', 'c', 9, 0, 0})), PreambleKind::kRpc);
  EXPECT_EQ(kind(Bytes({'h', 'r', 'p', 'c', 9, 7, 0xDF})), PreambleKind::kRpc);
  EXPECT_EQ(kind(Bytes({'h', 'r', 'p', 'c', 8, 0, 0})), PreambleKind::kWrongVersion);
  EXPECT_EQ(kind(Bytes({'h', 'r', 'p', 'c', 9, 0, 1})), PreambleKind::kUnknownAuth);
  EXPECT_EQ(kind("GET / H"), PreambleKind::kHttp);
  EXPECT_EQ(kind("SSH-2.0"), PreambleKind::kForeign);
  EXPECT_EQ(EncodePreamble(0), Bytes({'h', 'r', 'p', 'c', 9, 0, 0}));
}

TEST(RpcFramingTest, LengthsAreCheckedFirst) {
  const std::string minus = Bytes({0xff, 0xff, 0xff, 0xff});
  const std::string big = Bytes({0x7f, 0xff, 0xff, 0xff});
  const std::string fine = Bytes({0, 0, 1, 0});
  EXPECT_EQ(ParseFrameLength(AsBytes(minus), 1000).status().code(), StatusCode::kTooLarge);
  EXPECT_EQ(ParseFrameLength(AsBytes(big), 1 << 27).status().code(), StatusCode::kTooLarge);
  EXPECT_EQ(*ParseFrameLength(AsBytes(fine), 256), 256u);
  EXPECT_FALSE(ParseFrameLength(AsBytes(fine), 255).ok());
}

TEST(RpcFramingTest, DelimitedMessagesOfEveryPrefix) {
  const std::string text = Bytes({3, 'a', 'b', 'c', 0x80, 0x01});
  for (size_t size = 0; size < text.size(); ++size) {
    ByteView rest = AsBytes(text).first(size);
    ByteView message;
    EXPECT_EQ(TakeDelimited(&rest, &message), size >= 4) << size;
  }
  const std::string endless = Bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  ByteView rest = AsBytes(endless);
  ByteView message;
  EXPECT_FALSE(TakeDelimited(&rest, &message));
}

// hdfs-wire-protocol C.4 and C.7: the worked answers, byte for byte.
TEST(RpcFramingTest, ResponsesAreHadoopsBytes) {
  proto::RpcResponseHeaderProto header;
  header.set_callid(static_cast<uint32_t>(-33));
  header.set_status(proto::RpcResponseHeaderProto::SUCCESS);
  header.set_serveripcversionnum(9);
  header.set_clientid("");
  header.set_retrycount(-1);
  proto::RpcSaslProto body;
  body.set_state(proto::RpcSaslProto::SUCCESS);
  std::string out;
  AppendResponse(header, &body, &out);
  EXPECT_EQ(out, Bytes({0,    0,    0,    0x12, 0x0e, 0x08, 0xdf, 0xff, 0xff, 0xff, 0x0f,
                        0x10, 0x00, 0x18, 0x09, 0x3a, 0x00, 0x40, 0x01, 0x02, 0x10, 0x00}));
  std::string same;
  AppendEncodedResponse(header, Bytes({2, 0x10, 0}), &same);
  EXPECT_EQ(same, out);
}

}  // namespace
}  // namespace tusk::rpc
