#include "dfs/namenode/datanodes/rack_resolver.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "dfs/namenode/datanodes/topology.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Topology, PathsAreNormal) {
  EXPECT_EQ(Topology::Normalize("/a"), "/a");
  EXPECT_EQ(Topology::Normalize("//a///b/"), "/a/b");
  for (const char* none : {"", "/", "//", "a", "a/b"}) {
    EXPECT_EQ(Topology::Normalize(none), kDefaultRack) << none;
  }
}

TEST(Topology, OnePathIsOneRack) {
  Topology topology;
  const RackId first = topology.Intern("/dc/r1");
  EXPECT_EQ(topology.Intern("/dc//r1/"), first);
  EXPECT_NE(topology.Intern("/dc/r2"), first);
  EXPECT_EQ(topology.Intern(""), topology.Intern(kDefaultRack));
  EXPECT_EQ(topology.size(), 3u);
  EXPECT_EQ(topology.PathOf(first), "/dc/r1");
}

TEST(Topology, DistanceIsHopsOverTheTree) {
  Topology topology;
  const RackId r1 = topology.Intern("/d1/r1"), r2 = topology.Intern("/d1/r2"),
               far = topology.Intern("/d2/r1"), flat = topology.Intern("/r9");
  EXPECT_EQ(topology.Distance(r1, r1), 2u);
  EXPECT_EQ(topology.Distance(r1, r2), 4u);
  EXPECT_EQ(topology.Distance(r1, far), 6u);
  EXPECT_EQ(topology.Distance(r1, flat), 5u);
  EXPECT_EQ(topology.Distance(flat, r1), 5u);
}

TEST(TableRackResolver, ReadsHadoopsTables) {
  ASSERT_OK_AND_ASSIGN(auto table, TableRackResolver::ParseTable("# racks\n"
                                                                 "\n"
                                                                 "10.0.0.1 /r1\n"
                                                                 "  node2\t/r2/  \r\n"
                                                                 "10.0.0.1:9867 /r3"));
  TableRackResolver resolver(table);
  EXPECT_EQ(resolver.Resolve({"10.0.0.1:9866", "10.0.0.1", "node1"}), "/r1");
  EXPECT_EQ(resolver.Resolve({"10.0.0.1:9867", "10.0.0.1", "node1"}), "/r3");
  EXPECT_EQ(resolver.Resolve({"10.0.0.2:9866", "10.0.0.2", "node2"}), "/r2");
  EXPECT_EQ(resolver.Resolve({"10.0.0.3"}), kDefaultRack);
  EXPECT_EQ(resolver.Cached("node2"), "/r2");
}

TEST(TableRackResolver, NamesTheLineThatIsNone) {
  for (const char* bad : {"ok /r\nlonely", "ok /r\nname rack", "ok /r\nname /r more"}) {
    EXPECT_THAT(TableRackResolver::ParseTable(bad),
                StatusIs(StatusCode::kInvalidArgument, "line 2"))
        << bad;
  }
}

class ScriptRackResolverTest : public testing::Test {
 protected:
  ScriptRackResolver Script(const std::string& body, milliseconds limit = seconds(20)) {
    const std::string path = directory_ / "racks.sh";
    std::ofstream(path) << "#!/bin/sh\necho \"$@\" >> " << Calls() << "\n" << body << "\n";
    chmod(path.c_str(), 0755);
    return ScriptRackResolver(path, limit);
  }
  std::string Calls() const { return directory_ / "calls"; }
  std::string Called() const {
    std::ifstream in(Calls());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  TempDir directory_;
};

TEST_F(ScriptRackResolverTest, AsksOnceForEachAddressWithoutPort) {
  auto script = Script("echo /r-$1");
  EXPECT_EQ(script.Cached("10.0.0.1"), std::nullopt);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(script.Resolve({"10.0.0.1:9866", "10.0.0.1", "node1"}), "/r-10.0.0.1");
  }
  EXPECT_EQ(Called(), "10.0.0.1\n");
  EXPECT_EQ(script.Cached("10.0.0.1"), "/r-10.0.0.1");
}

TEST_F(ScriptRackResolverTest, WhatIsNoAnswerIsAskedForAgain) {
  for (const char* body : {"exit 3", "echo", "echo rack-without-slash", "echo /r; exit 1"}) {
    auto script = Script(body);
    EXPECT_EQ(script.Resolve({"10.0.0.1"}), kDefaultRack) << body;
    EXPECT_EQ(script.Cached("10.0.0.1"), std::nullopt) << body;
  }
  ScriptRackResolver missing(directory_ / "nothing", seconds(20));
  EXPECT_EQ(missing.Resolve({"10.0.0.1"}), kDefaultRack);
}

TEST_F(ScriptRackResolverTest, OneThatHangsIsEnded) {
  auto script = Script("exec sleep 1000", milliseconds(50));
  EXPECT_EQ(script.Resolve({"10.0.0.1"}), kDefaultRack);
}

TEST_F(ScriptRackResolverTest, OneThatPrintsForEverIsEnded) {
  auto script = Script("exec yes /r");
  EXPECT_EQ(script.Resolve({"10.0.0.1"}), kDefaultRack);
}

TEST_F(ScriptRackResolverTest, AnAddressIsNoShellCode) {
  auto script = Script("echo /r");
  EXPECT_EQ(script.Resolve({"$(touch " + (directory_ / "owned") + ")"}), "/r");
  EXPECT_FALSE(std::ifstream(directory_ / "owned").good());
}

}  // namespace
}  // namespace tusk::dfs::namenode
