#include "mapreduce/shuffle/shuffle_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "common/net/blocking_socket.h"
#include "common/net/io_runtime.h"
#include "common/net/work_pool.h"
#include "common/time/system_clock.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/shuffle.pb.h"
#include "mapreduce/shuffle/map_output_store.h"
#include "mapreduce/shuffle/shuffle_client.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "mapreduce/sort/spill_file.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using std::chrono::seconds;

const JobId kJob{202611290001, 7};
const AttemptId kStored = {{kJob, TaskType::kMap, 2}, 1};
const AttemptId kMissing = {{kJob, TaskType::kMap, 3}, 0};

class ShuffleServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto writer = SpillWriter::Create(path_, 2, MapOutputCompression::kNone);
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->StartPartition(0));
    ASSERT_OK((*writer)->Append(AsBytes("a"), AsBytes("1")));
    ASSERT_OK((*writer)->StartPartition(1));
    ASSERT_OK((*writer)->Append(AsBytes("key"), AsBytes("v")));
    ASSERT_OK((*writer)->Finish());
    ASSERT_OK(outputs_.Add(kStored, path_, 2));
    ASSERT_OK(server_.Start());
  }
  void TearDown() override {
    server_.Stop();
    disk_.Stop();
    runtime_.Stop();
  }

  Deadline Soon() const { return Deadline::After(SystemClock::Get(), seconds(20)); }
  Endpoint Address() const { return {"127.0.0.1", static_cast<uint16_t>(server_.port())}; }

  Result<BlockingSocket> Connect() { return BlockingSocket::Connect(Address(), Soon()); }
  Result<ShuffleClient> Client() {
    return ShuffleClient::Connect(Address(), SystemClock::Get(), seconds(20));
  }

  TempDir directory_;
  const std::string path_ = directory_ / "map_output";
  MapOutputStore outputs_;
  IoRuntime runtime_{2};
  WorkPool disk_{"disk", 2, 100};
  ShuffleServer server_{runtime_, disk_, outputs_, SystemClock::Get(), ShuffleServer::Options()};
};

std::string BytesOf(std::string_view page, std::string_view heading) {
  const size_t at = page.find(heading);
  EXPECT_NE(at, std::string_view::npos) << heading;
  const size_t begin = page.find("```\n", at) + 4;
  return FromHex(page.substr(begin, page.find("```", begin) - begin));
}

TEST_F(ShuffleServerTest, GoldenConversation) {
  // The worked example of docs/formats/shuffle.md: what it says is asked is answered as it says.
  const std::string page = ReadSourceFile("docs/formats/shuffle.md");
  const std::string answer = BytesOf(page, "The tracker answers");
  ASSERT_OK_AND_ASSIGN(BlockingSocket socket, Connect());
  ASSERT_OK(socket.SendAll(AsBytes(BytesOf(page, "The reduce asks")), Soon()));
  std::string got(answer.size(), '\0');
  ASSERT_OK(socket.RecvExactly({reinterpret_cast<uint8_t*>(got.data()), got.size()}, Soon()));
  EXPECT_EQ(HexDump(AsBytes(got)), HexDump(AsBytes(answer)));
}

TEST_F(ShuffleServerTest, SlicesComeInTheOrderAsked) {
  ASSERT_OK_AND_ASSIGN(ShuffleClient client, Client());
  for (int round = 0; round < 3; ++round) {
    const std::vector<AttemptId> maps = {kMissing, kStored, kStored};
    ASSERT_OK(client.Request(kJob, 1, maps));
    EXPECT_THAT(client.NextOutput(kMissing), StatusIs(StatusCode::kNotFound));
    for (int i = 0; i < 2; ++i) {
      ASSERT_OK_AND_ASSIGN(const uint64_t length, client.NextOutput(kStored));
      std::vector<uint8_t> bytes(length);
      ASSERT_OK(client.Read(bytes));
      RunReader reader(MakeMemorySegment(std::move(bytes)));
      ASSERT_TRUE(reader.Next()) << reader.status().ToString();
      EXPECT_EQ(AsText(reader.key()), "key");
      EXPECT_FALSE(reader.Next());
      EXPECT_OK(reader.status());
    }
  }
}

TEST_F(ShuffleServerTest, AReduceThatTheJobHasNotIsRefused) {
  ASSERT_OK_AND_ASSIGN(ShuffleClient client, Client());
  const std::vector<AttemptId> maps = {kStored};
  ASSERT_OK(client.Request(kJob, 2, maps));
  EXPECT_THAT(client.NextOutput(kStored), StatusIs(StatusCode::kInvalidArgument, "no reduce 2"));
}

TEST_F(ShuffleServerTest, AFileThatHasGoneIsADefiniteNo) {
  ASSERT_OK(RemoveLocalFile(path_));
  ASSERT_OK_AND_ASSIGN(ShuffleClient client, Client());
  const std::vector<AttemptId> maps = {kStored};
  ASSERT_OK(client.Request(kJob, 1, maps));
  EXPECT_THAT(client.NextOutput(kStored), StatusIs(StatusCode::kNotFound));
}

TEST_F(ShuffleServerTest, NonsenseClosesTheConnectionAndNoOther) {
  ASSERT_OK_AND_ASSIGN(ShuffleClient good, Client());
  for (const std::string_view bytes :
       {std::string_view("\xff\xff\xff\xff", 4), std::string_view("\0\0\0\1\xff", 5),
        std::string_view("GET / HTTP/1.1\r\n\r\n")}) {
    ASSERT_OK_AND_ASSIGN(BlockingSocket socket, Connect());
    ASSERT_OK(socket.SendAll(AsBytes(bytes), Soon()));
    uint8_t byte;
    const Result<size_t> got = socket.Recv({&byte, 1}, Soon());
    EXPECT_TRUE(!got.ok() || *got == 0);
  }
  const std::vector<AttemptId> maps = {kStored};
  ASSERT_OK(good.Request(kJob, 0, maps));
  EXPECT_OK(good.NextOutput(kStored));
}

/// A server that answers the first connection with these bytes.
class WrongServer {
 public:
  explicit WrongServer(std::string answer)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        thread_([this, answer = std::move(answer)] { Answer(answer); }) {}
  ~WrongServer() {
    thread_.join();
    close(listener_);
  }
  Endpoint address() { return {"127.0.0.1", port_.get_future().get()}; }

 private:
  void Answer(const std::string& answer) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, name, size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    EXPECT_EQ(getsockname(listener_, name, &size), 0);
    port_.set_value(ntohs(address.sin_port));
    const int peer = accept(listener_, nullptr, nullptr);
    EXPECT_EQ(write(peer, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    close(peer);
  }

  const int listener_;
  std::promise<uint16_t> port_;
  std::thread thread_;
};

Status AnswerOf(const std::string& bytes) {
  WrongServer server(bytes);
  auto client = ShuffleClient::Connect(server.address(), SystemClock::Get(), seconds(20));
  return client.ok() ? client->NextOutput(kStored).status() : client.status();
}

std::string HeaderFrame(const AttemptId& map, uint32_t status) {
  proto::FetchHeaderProto header;
  ToProto(map, header.mutable_map());
  header.set_status(status);
  header.set_message("why");
  std::string frame;
  AppendFrame(header, &frame);
  return frame;
}

TEST(ShuffleClient, AnswersThatMakeNoSenseAreErrors) {
  EXPECT_OK(AnswerOf(HeaderFrame(kStored, 0)));
  EXPECT_THAT(AnswerOf(HeaderFrame(kStored, 3)), StatusIs(StatusCode::kNotFound, "why"));
  EXPECT_THAT(AnswerOf(HeaderFrame(kStored, 256)), StatusIs(StatusCode::kUnknown));
  EXPECT_THAT(AnswerOf(HeaderFrame(kMissing, 0)), StatusIs(StatusCode::kCorruption, "was next"));
  EXPECT_THAT(AnswerOf(std::string("\0\1\0\1", 4)), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(AnswerOf(std::string("\0\0\0\1\xff", 5)), StatusIs(StatusCode::kCorruption));
  const std::string whole = HeaderFrame(kStored, 0);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(AnswerOf(whole.substr(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace tusk::mapreduce
