#include "dfs/datanode/transfer/packet_receiver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "common/net/task_group.h"
#include "dfs/wire/checksum_spec.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

std::string PacketBytes(int64_t seqno, uint64_t offset, size_t size, bool last) {
  const ChecksumSpec spec;
  const std::string data(size, static_cast<char>('a' + seqno % 26));
  std::vector<uint8_t> checksums(spec.ChecksumBytes(offset, size));
  PacketHeader header;
  header.seqno = seqno;
  header.offset_in_block = static_cast<int64_t>(offset);
  header.last_in_block = last;
  const PacketHead head = EncodePacket(spec, header, AsBytes(data), checksums);
  std::string bytes(AsText(head.View()));
  bytes.append(AsText(checksums));
  return bytes + data;
}

/// Packets of the sizes, and a last one.
std::string StreamOf(const std::vector<size_t>& sizes) {
  std::string bytes;
  uint64_t offset = 0;
  int64_t seqno = 0;
  for (const size_t size : sizes) {
    bytes += PacketBytes(seqno++, offset, size, false);
    offset += size;
  }
  return bytes + PacketBytes(seqno, offset, 0, true);
}

Task<void> Feed(std::unique_ptr<Stream> stream, std::string bytes) {
  const Status sent = co_await stream->WriteAll(AsBytes(bytes));
  static_cast<void>(sent);
}

/// Receives everything, holding up to `held` packets, which must stay as they were.
Task<Status> ReceiveAll(Stream* stream, ByteView early, size_t held, std::string* raw) {
  BufferPool pool(4);
  PacketReceiver receiver(*stream, pool, early);
  std::deque<std::pair<ReceivedPacket, std::string>> kept;
  for (bool last = false; !last;) {
    while (!receiver.MakeRoom() || kept.size() > held) {
      if (kept.empty()) co_return Status(StatusCode::kInternal, "no room and nothing held");
      if (AsText(kept.front().first.raw) != kept.front().second) {
        co_return Status(StatusCode::kInternal, "a held packet has changed");
      }
      receiver.Release(kept.front().first);
      kept.pop_front();
    }
    std::vector<ReceivedPacket> packets;
    CO_RETURN_IF_ERROR(co_await receiver.Receive(&packets));
    for (const ReceivedPacket& packet : packets) {
      CO_RETURN_IF_ERROR(VerifyPacket(ChecksumSpec{}, packet.view));
      raw->append(AsText(packet.raw));
      kept.emplace_back(packet, std::string(AsText(packet.raw)));
      last = packet.view.header.last_in_block;
    }
  }
  for (const auto& [packet, bytes] : kept) receiver.Release(packet);
  co_return Status();
}

class PacketReceiverTest : public ::testing::Test {
 protected:
  /// Receives `bytes`, of which `early` have come with the operation.
  Status Receive(const std::string& bytes, size_t early, size_t max_read, size_t held) {
    MemoryStreamOptions ours;
    ours.max_read = max_read;
    const Executor strand = runner_.runtime().NewStrand();
    auto [near, far] = MakeMemoryStreams(strand, runner_.runtime().NewStrand(), ours);
    TaskGroup feeding(far->executor());
    feeding.Spawn("feed", Feed(std::move(far), bytes.substr(early)));
    received_.clear();
    Status status =
        RunBlocking(strand, ReceiveAll(near.get(), AsBytes(bytes).first(early), held, &received_));
    feeding.Stop();
    feeding.JoinBlocking();
    // On its strand.
    RunBlocking(strand, Drop(std::move(near)));
    return status;
  }
  static Task<void> Drop(std::unique_ptr<Stream> stream) {
    stream.reset();
    co_return;
  }

  TaskRunner runner_;
  std::string received_;
};

TEST_F(PacketReceiverTest, PacketsComeAsTheyWereSent) {
  std::mt19937 random(20261129);
  for (int round = 0; round < 20; ++round) {
    std::vector<size_t> sizes(random() % 200);
    for (size_t& size : sizes) size = 1 + random() % 70'000;
    const std::string bytes = StreamOf(sizes);
    const size_t early = random() % std::min<size_t>(bytes.size(), 5000);
    const size_t max_read = round % 3 == 0 ? 1 + random() % 3000 : SIZE_MAX;
    SCOPED_TRACE(round);
    ASSERT_OK(Receive(bytes, early, max_read, random() % 100));
    EXPECT_TRUE(received_ == bytes);
  }
}

TEST_F(PacketReceiverTest, PacketsLargerThanABuffer) {
  const std::string bytes = StreamOf({100, 3 << 20, 5, 16'000'000, 70'000, 2 << 20});
  for (const size_t held : {0, 2, 100}) {
    ASSERT_OK(Receive(bytes, 10, SIZE_MAX, held));
    EXPECT_TRUE(received_ == bytes);
  }
}

TEST_F(PacketReceiverTest, EndsAndNoise) {
  const std::string bytes = StreamOf({1000, 1000});
  for (const size_t cut : {0, 3, 20, 1100, 2000}) {
    EXPECT_THAT(Receive(bytes.substr(0, cut), 0, SIZE_MAX, 10),
                StatusIs(StatusCode::kNotResponding));
  }
  EXPECT_THAT(Receive(std::string(100, '\0'), 50, SIZE_MAX, 10),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Receive(std::string(100, '\x7f'), 50, SIZE_MAX, 10), StatusIs(StatusCode::kTooLarge));
}

}  // namespace
}  // namespace tusk::dfs::datanode
