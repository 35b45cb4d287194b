#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "cli/verb_table.h"
#include "tests/jobs/job_process.h"
#include "tests/support/temp_dir.h"

// The command as users run it: a process, its exit status and what it prints.

namespace tusk::cli {
namespace {

using mapreduce::Ended;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Ended Tusk(const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment = {}) {
  return mapreduce::RunProgram("tusk", arguments, environment);
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string Site(const std::string& name, const std::string& value, const std::string& more = "") {
  return "<configuration><property><name>" + name + "</name><value>" + value + "</value>" + more +
         "</property></configuration>\n";
}

TEST(TuskVerbs, UnknownVerbOffersTheNearest) {
  const Ended ended = Tusk({"clutser"});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(ended.err, "error: no verb \"clutser\"\n  nearest: cluster\n  all: tusk help\n");
  EXPECT_THAT(Tusk({"xyzzyplugh"}).err, Not(HasSubstr("nearest")));
}

TEST(TuskVerbs, NothingAskedIsWrongUsageWithTheList) {
  const Ended ended = Tusk({});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_THAT(ended.out, StartsWith("Usage: tusk"));
  EXPECT_EQ(Tusk({"--help"}).exit_status, 0);
}

TEST(TuskVerbs, EveryVerbHasHelp) {
  const std::string list = Tusk({"help"}).out;
  for (const VerbGroup& group : VerbGroups()) {
    for (const Command& command : group.commands) {
      const std::string verb(command.name);
      EXPECT_THAT(list, HasSubstr("  " + verb + " "));
      const Ended ended = Tusk({"help", verb});
      EXPECT_EQ(ended.exit_status, 0) << verb << ": " << ended.err;
      EXPECT_THAT(ended.out, HasSubstr("sage: tusk " + verb)) << verb;
      EXPECT_THAT(ended.err, IsEmpty()) << verb;
    }
  }
  EXPECT_EQ(Tusk({"help", "clutser"}).exit_status, 2);
}

TEST(TuskVerbs, ProgramsOnThePathAreVerbs) {
  const TempDir dir;
  const std::string program = dir / "tusk-greet";
  WriteFile(program, "#!/bin/sh\necho \"hello $*\"\nexit 7\n");
  ASSERT_EQ(chmod(program.c_str(), 0755), 0);
  const std::map<std::string, std::string> path = {{"PATH", dir.path() + ":/usr/bin:/bin"}};
  const Ended ended = Tusk({"-D", "a=b", "greet", "-x", "you"}, path);
  EXPECT_EQ(ended.exit_status, 7);
  EXPECT_EQ(ended.out, "hello -D a=b -x you\n");
  EXPECT_THAT(Tusk({"help"}, path).out, HasSubstr("greet"));
  EXPECT_THAT(Tusk({"gret"}, path).err, HasSubstr("nearest: greet"));
  EXPECT_EQ(Tusk({"../greet"}, path).exit_status, 2);
}

TEST(TuskVerbs, Version) {
  EXPECT_THAT(Tusk({"version"}).out, StartsWith("tusk "));
  EXPECT_EQ(Tusk({"--version"}).out, Tusk({"version"}).out);
  const boost::json::value json = boost::json::parse(Tusk({"version", "--json"}).out);
  EXPECT_EQ(json.at("hadoop_rpc").as_int64(), 9);
  const Ended ended = Tusk({"version", "--jsn"});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_EQ(ended.err,
            "error: unknown option --jsn, did you mean --json?\n  usage: tusk help version\n");
}

TEST(TuskVerbs, MalformedGenericOptions) {
  EXPECT_EQ(Tusk({"-D"}).exit_status, 2);
  EXPECT_EQ(Tusk({"-D"}).err, "error: option -D needs a value\n");
  const Ended ended = Tusk({"config", "show", "-D", "nonsense"});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_THAT(ended.err, HasSubstr("option -D needs name=value, not \"nonsense\""));
  // The file shell keeps Hadoop's exit status.
  EXPECT_EQ(Tusk({"fs", "-D", "nonsense", "-ls", "/"}).exit_status, 255);
}

TEST(TuskVerbs, UnknownOptionOfOursOffersTheNearest) {
  const Ended ended = Tusk({"config", "show", "-D", "tusk.namenode.inode-cahce=1g"});
  EXPECT_EQ(ended.exit_status, 3);
  EXPECT_EQ(ended.err,
            "error: -D: unknown option tusk.namenode.inode-cahce, did you mean "
            "tusk.namenode.inode-cache?\n");
}

TEST(TuskVerbs, BadValueSaysWhereItComesFrom) {
  const TempDir dir;
  WriteFile(dir / "hdfs-site.xml", Site("dfs.replication", "many"));
  const Ended ended = Tusk({"config", "show", "--conf", dir.path()});
  EXPECT_EQ(ended.exit_status, 3);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr(dir / "hdfs-site.xml"), HasSubstr("dfs.replication: \"many\"")));
}

TEST(TuskConfig, ShowsValuesWithTheirOrigin) {
  const TempDir dir;
  WriteFile(dir / "core-site.xml", Site("fs.defaultFS", "hdfs://one:8020", "<final>true</final>"));
  WriteFile(dir / "hdfs-site.xml", Site("dfs.replication", "2"));
  const Ended ended =
      Tusk({"-D", "dfs.blocksize=1m", "-fs", "hdfs://two:8020", "config", "show", "--origin"},
           {{"HADOOP_CONF_DIR", dir.path()}, {"TUSK_CONF_dfs_ls_limit", "17"}});
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("dfs.blocksize = 1m  # -D\n"));
  EXPECT_THAT(ended.out, HasSubstr("dfs.replication = 2  # " + (dir / "hdfs-site.xml") + ":1\n"));
  EXPECT_THAT(ended.out, HasSubstr("dfs.ls.limit = 17  # environment TUSK_CONF_dfs_ls_limit\n"));
  EXPECT_THAT(ended.out, HasSubstr("fs.defaultFS = hdfs://one:8020  # " + (dir / "core-site.xml") +
                                   ":1, final\n"));
  EXPECT_THAT(ended.out, HasSubstr("dfs.bytes-per-checksum = 512  # default\n"));
  EXPECT_THAT(Tusk({"config", "show"}).out, Not(HasSubstr("#")));
}

TEST(TuskConfig, DiffShowsWhatIsNoDefault) {
  EXPECT_THAT(Tusk({"config", "diff"}).out, IsEmpty());
  const Ended ended = Tusk({"config", "diff", "-D", "dfs.replication=2", "-D", "other.name=x"});
  EXPECT_EQ(ended.out,
            "dfs.replication = 2  # -D; default 3\n"
            "other.name = x  # -D, no option of Tusk's\n");
}

TEST(TuskConfig, JsonHasEveryOption) {
  const Ended ended = Tusk({"config", "show", "--json", "-D", "other.name=a \"b\""});
  const boost::json::array entries = boost::json::parse(ended.out).as_array();
  EXPECT_GT(entries.size(), 50U);
  const auto other = std::find_if(entries.begin(), entries.end(), [](const boost::json::value& v) {
    return v.at("name").as_string() == "other.name";
  });
  ASSERT_NE(other, entries.end());
  EXPECT_EQ(other->at("value").as_string(), "a \"b\"");
  EXPECT_FALSE(other->at("known").as_bool());
}

TEST(TuskConfig, ExplainsOneOption) {
  const Ended ended = Tusk({"config", "explain", "dfs.block.size", "-D", "dfs.blocksize=1m"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, StartsWith("dfs.blocksize = 1m\n"));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("TUSK_CONF_dfs_blocksize"), HasSubstr("128m")));
  const Ended unknown = Tusk({"config", "explain", "dfs.blcksize"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("nearest: dfs.blocksize"));
  EXPECT_EQ(Tusk({"config", "explain"}).exit_status, 2);
  EXPECT_THAT(Tusk({"config", "explan"}).err, HasSubstr("did you mean explain?"));
}

TEST(TuskCompletion, CompletesVerbsCommandsAndOptions) {
  const TempDir dir;
  WriteFile(dir / "completion.sh", Tusk({"completion", "bash"}).out);
  const std::string script = R"(
    . ")" + (dir / "completion.sh") +
                             R"("
    compopt() { :; }
    complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tusk; echo "${COMPREPLY[*]}"; }
    complete_words tusk clu
    complete_words tusk --conf x fs -mkd
    complete_words tusk config explain dfs.blocks
    complete_words tusk -D dfs.blocks
  )";
  WriteFile(dir / "tusk-complete", "#!/bin/bash\n" + script);
  ASSERT_EQ(chmod((dir / "tusk-complete").c_str(), 0755), 0);
  const Ended ended = Tusk({"complete"}, {{"PATH", dir.path() + ":/usr/bin:/bin"}});
  EXPECT_EQ(ended.out, "cluster\n-mkdir\ndfs.blocksize\ndfs.blocksize=\n") << ended.err;
  EXPECT_EQ(Tusk({"completion", "fish"}).exit_status, 2);
}

TEST(TuskCluster, WrongUsage) {
  EXPECT_EQ(Tusk({"cluster"}).exit_status, 2);
  EXPECT_THAT(Tusk({"cluster", "strat"}).err, HasSubstr("did you mean start?"));
  EXPECT_THAT(Tusk({"cluster", "stop", "--datanodes", "3"}).err,
              HasSubstr("option --datanodes is for cluster start"));
  const TempDir dir;
  const std::string where = dir / "c";
  EXPECT_THAT(Tusk({"cluster", "start", "--dir", where, "--datanodes", "x"}).err,
              HasSubstr("option --datanodes needs a number, not \"x\""));
  EXPECT_THAT(Tusk({"cluster", "start", "--dir", where, "--datanodes", "31"}).err,
              HasSubstr("--datanodes must be 1 to 30, not 31"));
  EXPECT_EQ(Tusk({"cluster", "start", "--dir", where, "--base-port", "80"}).exit_status, 2);
  const Ended status = Tusk({"cluster", "status", "--dir", where});
  EXPECT_EQ(status.exit_status, 1);
  EXPECT_THAT(status.err, HasSubstr("no cluster in " + where));
}

}  // namespace
}  // namespace tusk::cli
