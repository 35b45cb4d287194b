#include "dfs/namenode/datanodes/datanode_registry.h"

#include <gtest/gtest.h>

#include "dfs/namenode/datanodes/heartbeat_monitor.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::seconds;

class DatanodeRegistryTest : public testing::Test {
 protected:
  void SetUp() override { registry_.SetIdentity({"CID-1", "BP-1", 7, 1, -66, "test"}); }

  static DatanodeRegistration Node(int number, const std::string& uuid) {
    DatanodeRegistration registration;
    registration.id.uuid = uuid;
    registration.id.ip_address = "10.0.0." + std::to_string(number);
    registration.id.host_name = "node" + std::to_string(number);
    registration.id.transfer_port = 9866;
    registration.cluster_id = "CID-1";
    registration.namespace_id = 7;
    return registration;
  }
  DatanodeRegistry::Outcome Register(const DatanodeRegistration& registration,
                                     const std::string& rack = "/r1") {
    EXPECT_OK(registry_.CheckRegistration(registration));
    return registry_.Register(registration, rack, now_, 1000);
  }
  void Heartbeat(NodeIndex node, uint64_t capacity, uint32_t xceivers) {
    HeartbeatReport report;
    StorageUsage usage;
    usage.storage_id = "DS-1";
    usage.capacity = capacity;
    usage.remaining = capacity / 2;
    report.storages = {usage};
    report.xceiver_count = xceivers;
    registry_.Update(node, report, now_, 2000);
  }

  DatanodeRegistry registry_;
  SteadyTime now_{seconds(1'000'000)};
};

TEST_F(DatanodeRegistryTest, IsFoundByAllItsNames) {
  const NodeIndex node = Register(Node(1, "u1")).node;
  EXPECT_EQ(registry_.FindByUuid("u1"), node);
  EXPECT_EQ(registry_.FindByAddress("10.0.0.1:9866"), node);
  EXPECT_EQ(registry_.FindByAddress("node1:9866"), node);
  EXPECT_EQ(registry_.OnHost("node1"), std::vector<NodeIndex>{node});
  EXPECT_EQ(registry_.OnHost("10.0.0.1"), std::vector<NodeIndex>{node});
  EXPECT_EQ(registry_.FindByUuid("u2"), kNoNode);
  EXPECT_EQ(registry_.FindByAddress("10.0.0.1:9867"), kNoNode);
  EXPECT_TRUE(registry_.OnHost("node2").empty());
  EXPECT_EQ(registry_.node(node).info->location, "/r1");
}

TEST_F(DatanodeRegistryTest, StrangersAreRefusedWithHadoopsClass) {
  DatanodeRegistration bad = Node(1, "");
  EXPECT_THAT(registry_.CheckRegistration(bad), StatusIs(StatusCode::kInvalidArgument, "uuid"));
  bad = Node(1, "u1");
  bad.cluster_id = "CID-2";
  Status refused = registry_.CheckRegistration(bad);
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "cluster CID-2"));
  EXPECT_THAT(std::string(refused.remote_class()), testing::HasSubstr("UnregisteredNodeException"));
  bad = Node(1, "u1");
  bad.namespace_id = 8;
  EXPECT_THAT(registry_.CheckRegistration(bad),
              StatusIs(StatusCode::kFailedPrecondition, "namespace 8"));
  bad = Node(1, "u1");
  bad.layout_version = 1;
  refused = registry_.CheckRegistration(bad);
  EXPECT_THAT(std::string(refused.remote_class()), testing::HasSubstr("IncorrectVersionException"));
  DatanodeRegistration fresh = Node(1, "u1");
  fresh.cluster_id = "";
  fresh.namespace_id = 0;
  EXPECT_OK(registry_.CheckRegistration(fresh));
}

TEST_F(DatanodeRegistryTest, TheSameUuidIsTheSameNodeWhereverItListens) {
  const NodeIndex node = Register(Node(1, "u1")).node;
  Heartbeat(node, 100, 4);
  const StorageIndex storage = registry_.FindStorage(node, "DS-1");
  registry_.storage(storage).fully_reported = true;
  const DatanodeRegistry::Outcome again = Register(Node(2, "u1"), "/r2");
  EXPECT_EQ(again.node, node);
  EXPECT_TRUE(again.known_before);
  EXPECT_EQ(again.replaced, kNoNode);
  EXPECT_EQ(registry_.FindByAddress("10.0.0.1:9866"), kNoNode);
  EXPECT_EQ(registry_.FindByAddress("10.0.0.2:9866"), node);
  EXPECT_TRUE(registry_.OnHost("node1").empty());
  EXPECT_EQ(registry_.FindStorage(node, "DS-1"), storage);
  EXPECT_FALSE(registry_.storage(storage).fully_reported) << "what was known is void";
  EXPECT_EQ(registry_.live().size(), 1u);
  EXPECT_EQ(registry_.live_racks(), 1u);
  EXPECT_EQ(registry_.live_on(registry_.topology().Intern("/r1")).size(), 0u);
  EXPECT_EQ(registry_.live_on(registry_.topology().Intern("/r2")).size(), 1u);
}

TEST_F(DatanodeRegistryTest, AnotherUuidTakesTheAddressOver) {
  const NodeIndex old = Register(Node(1, "u1")).node;
  const DatanodeRegistry::Outcome taken = Register(Node(1, "u2"));
  EXPECT_NE(taken.node, old);
  EXPECT_EQ(taken.replaced, old);
  EXPECT_TRUE(registry_.node(old).removed);
  EXPECT_FALSE(registry_.node(old).live);
  EXPECT_EQ(registry_.FindByUuid("u1"), kNoNode);
  EXPECT_EQ(registry_.FindByAddress("node1:9866"), taken.node);
  EXPECT_EQ(registry_.OnHost("node1"), std::vector<NodeIndex>{taken.node});
  EXPECT_EQ(registry_.live(), std::vector<NodeIndex>{taken.node});
}

TEST_F(DatanodeRegistryTest, TheDeadAreNotCountedAndComeBack) {
  const NodeIndex one = Register(Node(1, "u1"), "/r1").node;
  const NodeIndex two = Register(Node(2, "u2"), "/r2").node;
  Heartbeat(one, 100, 4);
  Heartbeat(two, 100, 6);
  EXPECT_EQ(registry_.total_xceivers(), 10u);
  EXPECT_EQ(registry_.live_racks(), 2u);
  registry_.MarkDead(one);
  registry_.MarkDead(one);
  EXPECT_EQ(registry_.total_xceivers(), 6u);
  EXPECT_EQ(registry_.live_racks(), 1u);
  EXPECT_EQ(registry_.live(), std::vector<NodeIndex>{two});
  EXPECT_TRUE(registry_.OnHost("node1").empty());
  EXPECT_EQ(registry_.FindByUuid("u1"), one) << "still known";
  Heartbeat(one, 100, 5);  // a late one does not make it live
  EXPECT_EQ(registry_.total_xceivers(), 6u);
  Register(Node(1, "u1"), "/r1");
  EXPECT_EQ(registry_.live().size(), 2u);
  EXPECT_EQ(registry_.total_xceivers(), 11u);
}

TEST_F(DatanodeRegistryTest, UsageIsThatOfTheLastHeartbeat) {
  const NodeIndex node = Register(Node(1, "u1")).node;
  Heartbeat(node, 100, 1);
  const auto first = registry_.node(node).info;
  EXPECT_EQ(first->capacity, 100u);
  EXPECT_EQ(first->remaining, 50u);
  HeartbeatReport report;
  StorageUsage other;
  other.storage_id = "DS-2";
  other.capacity = 7;
  StorageUsage failed;
  failed.storage_id = "DS-3";
  failed.capacity = 1000;
  failed.failed = true;
  report.storages = {other, failed};
  registry_.Update(node, report, now_, 3000);
  EXPECT_EQ(registry_.node(node).info->capacity, 7u) << "unnamed and failed ones hold nothing";
  EXPECT_EQ(registry_.node(node).storages.size(), 3u);
  EXPECT_EQ(first->capacity, 100u) << "what was handed out stays";
  registry_.NoteFullReport(node, now_, 4000, 12);
  EXPECT_EQ(registry_.node(node).info->block_count, 12u);
  EXPECT_EQ(registry_.node(node).info->capacity, 7u);
}

TEST_F(DatanodeRegistryTest, SilenceIsJudgedBySteadyTime) {
  HeartbeatMonitor monitor(seconds(30), seconds(600), seconds(5));
  EXPECT_EQ(monitor.Judge(now_, now_ + seconds(30)), Liveness::kLive);
  EXPECT_EQ(monitor.Judge(now_, now_ + seconds(31)), Liveness::kStale);
  EXPECT_EQ(monitor.Judge(now_, now_ + seconds(600)), Liveness::kStale);
  EXPECT_EQ(monitor.Judge(now_, now_ + seconds(601)), Liveness::kDead);
}

TEST_F(DatanodeRegistryTest, TheSilentDieButNotForOurOwnPause) {
  HeartbeatMonitor monitor(seconds(30), seconds(600), seconds(5));
  const NodeIndex silent = Register(Node(1, "u1")).node;
  for (int tick = 0; tick < 100; ++tick) {
    now_ += seconds(5);
    EXPECT_TRUE(monitor.Check(registry_, now_).empty());
  }
  // This process is stopped for an hour: nobody could be heard.
  now_ += seconds(3600);
  EXPECT_TRUE(monitor.Check(registry_, now_).empty());
  // The silence of before still counts.
  std::vector<NodeIndex> dead;
  for (int tick = 0; tick < 21; ++tick) {
    EXPECT_TRUE(dead.empty()) << tick;
    now_ += seconds(5);
    dead = monitor.Check(registry_, now_);
  }
  EXPECT_EQ(dead, std::vector<NodeIndex>{silent});
}

}  // namespace
}  // namespace tusk::dfs::namenode
