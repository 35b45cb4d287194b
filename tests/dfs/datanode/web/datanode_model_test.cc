#include "dfs/datanode/web/datanode_model.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/dfs/datanode/storage/stored_block.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(DatanodeModelTest, TheWorstIsSaidFirst) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  LinkFacts link;
  link.namenode = "nn:8020";
  EXPECT_EQ(JudgeDatanode(*store, link, seconds(30)).level, "warn");
  link.registered = true;
  link.silence = milliseconds(1200);
  EXPECT_EQ(JudgeDatanode(*store, link, seconds(30)).sentence, "Serving 0 replicas on 1 volumes");
  link.silence = seconds(31);
  EXPECT_EQ(JudgeDatanode(*store, link, seconds(30)).sentence,
            "The namenode at nn:8020 has not answered for 31 s");
  store->volumes().at(0).MarkFailed(Status(StatusCode::kIoError, "gone"));
  EXPECT_EQ(JudgeDatanode(*store, link, seconds(30)).sentence, "1 of 1 volumes have failed: /data");
}

TEST(DatanodeModelTest, NamesUsageAndVolumes) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  LinkFacts link;
  link.heartbeats = 3;
  const boost::json::value model = DatanodeModel(*store, link, {"good", "Serving"});
  EXPECT_EQ(model.at("blockPoolId").get_string(), kTestIdentity.pool_id);
  EXPECT_EQ(model.at("namenode").at("heartbeats").to_number<int>(), 3);
  ASSERT_EQ(model.at("volumes").get_array().size(), 1u);
  EXPECT_EQ(model.at("volumes").at(0).at("path").get_string(), "/data");
}

}  // namespace
}  // namespace tusk::dfs::datanode
