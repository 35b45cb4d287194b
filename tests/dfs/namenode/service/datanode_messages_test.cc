// What datanodes say and are told: messages to model and back, and reports of any bytes.
#include "dfs/namenode/service/datanode_messages.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/codec/varint.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using Replicas = std::vector<ReportedReplica>;

const Replicas kReplicas = {
    {{BlockId(1073741825), GenerationStamp(1001), 134'217'728}, ReplicaState::kFinalized},
    {{BlockId(-7), GenerationStamp(1), 0}, ReplicaState::kFinalized},
    {{BlockId(1073741826), GenerationStamp(1002), 5}, ReplicaState::kBeingWritten},
    {{BlockId(1073741827), GenerationStamp(1003), 6}, ReplicaState::kUnderRecovery},
};

/// The list in the form of buffers, as datanodes send it now.
std::string BufferOf(const Replicas& replicas) {
  std::string bytes;
  for (const ReportedReplica& replica : replicas) {
    const int64_t id = replica.block.id.value();
    AppendVarint(bytes, (static_cast<uint64_t>(id) << 1) ^ static_cast<uint64_t>(id >> 63));
    AppendVarint(bytes, replica.block.length);
    AppendVarint(bytes, static_cast<uint64_t>(replica.block.generation_stamp.value()));
    AppendVarint(bytes, static_cast<uint64_t>(replica.state));
  }
  return bytes;
}

/// The report with these buffers, which say to hold `count` replicas.
proto::StorageBlockReportProto Buffers(const std::vector<std::string>& buffers, uint64_t count) {
  proto::StorageBlockReportProto report;
  report.set_numberofblocks(count);
  for (const std::string& buffer : buffers) report.add_blocksbuffers(buffer);
  return report;
}

/// The list in the old form: final ones before others.
proto::StorageBlockReportProto Longs(const std::vector<uint64_t>& longs) {
  proto::StorageBlockReportProto report;
  for (const uint64_t number : longs) report.add_blocks(number);
  return report;
}

std::vector<uint64_t> LongsOf(const Replicas& replicas, size_t finalized) {
  std::vector<uint64_t> longs = {finalized, replicas.size() - finalized};
  for (size_t i = 0; i < replicas.size(); ++i) {
    if (i == finalized) longs.insert(longs.end(), 3, UINT64_MAX);
    const Block& block = replicas[i].block;
    longs.push_back(static_cast<uint64_t>(block.id.value()));
    longs.push_back(block.length);
    longs.push_back(static_cast<uint64_t>(block.generation_stamp.value()));
    if (i >= finalized) longs.push_back(static_cast<uint64_t>(replicas[i].state));
  }
  if (finalized == replicas.size()) longs.insert(longs.end(), 3, UINT64_MAX);
  return longs;
}

Result<Replicas> ReadAll(const proto::StorageBlockReportProto& report, size_t step = 3) {
  const auto reader = ReplicasOf(report);
  Replicas all;
  Replicas batch(step);
  while (true) {
    const Result<size_t> got = reader->Next(batch);
    if (!got.ok()) return got.status();
    if (*got == 0) return all;
    all.insert(all.end(), batch.begin(), batch.begin() + static_cast<ptrdiff_t>(*got));
  }
}

TEST(FullReport, BuffersMayBeCutAnywhere) {
  const std::string bytes = BufferOf(kReplicas);
  for (size_t a = 0; a <= bytes.size(); ++a) {
    for (size_t b = a; b <= bytes.size(); ++b) {
      const auto report =
          Buffers({bytes.substr(0, a), bytes.substr(a, b - a), "", bytes.substr(b)}, 4);
      ASSERT_OK_AND_ASSIGN(const Replicas read, ReadAll(report));
      ASSERT_EQ(read, kReplicas) << a << " " << b;
    }
  }
}

TEST(FullReport, EveryPrefixAndEveryOtherCountIsRefused) {
  const std::string bytes = BufferOf(kReplicas);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(ReadAll(Buffers({bytes.substr(0, size)}, 4)),
                StatusIs(StatusCode::kInvalidArgument, "malformed"))
        << size;
  }
  for (const uint64_t count : {uint64_t{0}, uint64_t{3}, uint64_t{5}, UINT64_MAX}) {
    EXPECT_THAT(ReadAll(Buffers({bytes}, count)), StatusIs(StatusCode::kInvalidArgument)) << count;
  }
  EXPECT_TRUE(ReadAll(Buffers({}, 0))->empty());
}

TEST(FullReport, StatesThatAreNoneAndNumbersThatDoNotEndAreRefused) {
  std::string bytes = BufferOf({kReplicas[0]});
  bytes.back() = 5;
  EXPECT_THAT(ReadAll(Buffers({bytes}, 1)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadAll(Buffers({std::string(100, '\xff')}, 1)),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(FullReport, DamageEndsWithAStatus) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  const std::string bytes = BufferOf(kReplicas);
  for (int round = 0; round < 5'000; ++round) {
    std::string bad = bytes;
    for (uint64_t change = 1 + random.Below(4); change > 0; --change) {
      bad[random.Below(bad.size())] = static_cast<char>(random.Next());
    }
    static_cast<void>(ReadAll(Buffers({bad}, random.Below(6)), 1 + random.Below(5)));
    std::vector<uint64_t> longs = LongsOf(kReplicas, 2);
    longs[random.Below(longs.size())] = random.Next() >> random.Below(64);
    static_cast<void>(ReadAll(Longs(longs), 1 + random.Below(5)));
  }
}

TEST(FullReport, TheOldFormIsReadAsWell) {
  for (const size_t step : {1u, 2u, 10u}) {
    EXPECT_EQ(*ReadAll(Longs(LongsOf(kReplicas, 2)), step), kReplicas);
  }
  const Replicas final_ones = {kReplicas[0], kReplicas[1]};
  EXPECT_EQ(*ReadAll(Longs(LongsOf(final_ones, 2))), final_ones);
  EXPECT_TRUE(ReadAll(Longs({}))->empty());
  const std::vector<uint64_t> longs = LongsOf(kReplicas, 2);
  for (size_t size = 1; size < longs.size(); ++size) {
    EXPECT_THAT(ReadAll(Longs({longs.begin(), longs.begin() + static_cast<ptrdiff_t>(size)})),
                StatusIs(StatusCode::kInvalidArgument))
        << size;
  }
  std::vector<uint64_t> bad = longs;
  bad[0] = UINT64_MAX / 3 + 1;  // a product that would overflow
  EXPECT_THAT(ReadAll(Longs(bad)), StatusIs(StatusCode::kInvalidArgument));
  bad = longs;
  bad[2 + 2 * 3] = 0;  // not the mark between the two parts
  EXPECT_THAT(ReadAll(Longs(bad)), StatusIs(StatusCode::kInvalidArgument));
  bad = longs;
  bad.back() = 5;
  EXPECT_THAT(ReadAll(Longs(bad)), StatusIs(StatusCode::kInvalidArgument));
}

TEST(DatanodeMessages, ARegistrationComesBack) {
  DatanodeRegistration registration;
  registration.id.uuid = "u1";
  registration.id.ip_address = "10.0.0.7";
  registration.id.host_name = "node7";
  registration.id.transfer_port = 9866;
  registration.id.info_port = 9864;
  registration.id.ipc_port = 9867;
  registration.cluster_id = "CID-1";
  registration.namespace_id = -5;
  registration.creation_ms = 1'767'225'600'000;
  registration.layout_version = -57;
  registration.software_version = "3.3.6";
  ASSERT_OK_AND_ASSIGN(const DatanodeRegistration back, RegistrationOf(ToProto(registration)));
  EXPECT_EQ(back.id.TransferAddress(), registration.id.TransferAddress());
  EXPECT_EQ(back.id.uuid, "u1");
  EXPECT_EQ(back.namespace_id, -5);
  EXPECT_EQ(back.layout_version, -57);
  EXPECT_EQ(back.creation_ms, registration.creation_ms);
  EXPECT_EQ(back.software_version, "3.3.6");
}

TEST(DatanodeMessages, APortThatIsNoneIsRefused) {
  proto::DatanodeRegistrationProto message = ToProto(DatanodeRegistration{});
  message.mutable_datanodeid()->set_xferport(65'536);
  EXPECT_THAT(RegistrationOf(message), StatusIs(StatusCode::kInvalidArgument));
}

TEST(DatanodeMessages, HeartbeatsOfOldDatanodesGetTheRestAsOtherUse) {
  proto::HeartbeatRequestProto message;
  proto::StorageReportProto& storage = *message.add_reports();
  storage.set_storageuuid("DS-1");
  storage.set_capacity(100);
  storage.set_dfsused(30);
  storage.set_remaining(50);
  message.set_xceivercount(4);
  HeartbeatReport report = HeartbeatOf(message);
  ASSERT_EQ(report.storages.size(), 1u);
  EXPECT_EQ(report.storages[0].storage_id, "DS-1");
  EXPECT_EQ(report.storages[0].non_dfs_used, 20u);
  EXPECT_EQ(report.xceiver_count, 4u);
  storage.set_remaining(500);  // more than there is
  EXPECT_EQ(HeartbeatOf(message).storages[0].non_dfs_used, 0u);
  storage.set_nondfsused(7);
  storage.mutable_storage()->set_storageuuid("DS-2");
  storage.mutable_storage()->set_storagetype(proto::StorageTypeProto::SSD);
  storage.set_failed(true);
  report = HeartbeatOf(message);
  EXPECT_EQ(report.storages[0].storage_id, "DS-2");
  EXPECT_EQ(report.storages[0].type, StorageType::kSsd);
  EXPECT_EQ(report.storages[0].non_dfs_used, 7u);
  EXPECT_TRUE(report.storages[0].failed);
}

TEST(DatanodeMessages, ChangesKeepTheirOrder) {
  proto::StorageReceivedDeletedBlocksProto message;
  for (const auto status : {proto::ReceivedDeletedBlockInfoProto::RECEIVING,
                            proto::ReceivedDeletedBlockInfoProto::RECEIVED,
                            proto::ReceivedDeletedBlockInfoProto::DELETED}) {
    proto::ReceivedDeletedBlockInfoProto& info = *message.add_blocks();
    info.mutable_block()->set_blockid(9);
    info.mutable_block()->set_genstamp(8);
    info.set_status(status);
  }
  const std::vector<ReplicaChange> changes = ChangesOf(message);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].kind, ReplicaChange::Kind::kReceiving);
  EXPECT_EQ(changes[1].kind, ReplicaChange::Kind::kReceived);
  EXPECT_EQ(changes[2].kind, ReplicaChange::Kind::kDeleted);
  EXPECT_EQ(changes[2].block.id, BlockId(9));
}

TEST(DatanodeMessages, OrdersBecomeCommandsOfThePool) {
  StorageTarget target;
  auto info = std::make_shared<DatanodeInfo>();
  info->id.uuid = "u1";
  target.datanode = info;
  target.storage_id = std::make_shared<const std::string>("DS-1");
  HeartbeatOrders orders;
  const Block block{BlockId(5), GenerationStamp(6), 7};
  orders.deletions = {block};
  orders.transfers = {{block, {target, target}}};
  orders.recoveries = {{block, GenerationStamp(9), {target}}};
  const auto commands = CommandsOf(orders, "BP-1");
  ASSERT_EQ(commands.size(), 3u);
  const proto::RecoveringBlockProto& recovery = commands[0].recoverycmd().blocks(0);
  EXPECT_EQ(recovery.newgenstamp(), 9u);
  EXPECT_EQ(recovery.block().b().poolid(), "BP-1");
  EXPECT_EQ(recovery.block().locs_size(), 1);
  EXPECT_EQ(recovery.block().storageids(0), "DS-1");
  EXPECT_EQ(commands[1].blkcmd().action(), proto::BlockCommandProto::TRANSFER);
  EXPECT_EQ(commands[1].blkcmd().targets(0).datanodes_size(), 2);
  EXPECT_EQ(commands[1].blkcmd().targetstorageuuids(0).storageuuids_size(), 2);
  EXPECT_EQ(commands[2].blkcmd().action(), proto::BlockCommandProto::INVALIDATE);
  EXPECT_EQ(commands[2].blkcmd().blockpoolid(), "BP-1");
  EXPECT_EQ(commands[2].blkcmd().blocks(0).genstamp(), 6u);

  orders.register_again = true;
  const auto again = CommandsOf(orders, "BP-1");
  ASSERT_EQ(again.size(), 1u) << "nothing else until it has registered";
  EXPECT_TRUE(again[0].has_registercmd());
}

}  // namespace
}  // namespace tusk::dfs::namenode
