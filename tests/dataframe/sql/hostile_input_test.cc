#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "dataframe/sql/parse.h"
#include "dataframe/sql/statement.h"
#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

Status StatusFor(const std::string& text) {
  SampleCatalog catalog;
  const Result<Statement> statement = BindSql(text, catalog);
  return statement.ok() ? Status::Ok() : statement.status();
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(HostileInput, DeepNestingIsAnError) {
  for (const int depth : {300, 1000, 4000, 9000, 30'000, 100'000}) {
    for (const std::string& text :
         {"SELECT " + Repeated("(", depth) + "1" + Repeated(")", depth),
          "SELECT " + Repeated("abs(", depth) + "1" + Repeated(")", depth),
          "SELECT " + Repeated("(SELECT ", depth) + "1" + Repeated(")", depth),
          "SELECT 1" + Repeated(" + 1", depth), "SELECT 1" + Repeated("::int", depth),
          "SELECT " + Repeated("NOT ", depth) + "true",
          "SELECT " + Repeated("- ", depth) + "a FROM t",
          "SELECT " + Repeated("CASE WHEN true THEN ", depth) + "1" + Repeated(" END", depth),
          "SELECT * FROM " + Repeated("(SELECT * FROM ", depth) + "t" + Repeated(") x", depth),
          "SELECT 1" + Repeated(" INTERSECT SELECT 1", depth),
          "SELECT 1 FROM t" + Repeated(" JOIN u ON true AND true", depth),
          Repeated("EXPLAIN ", depth) + "SELECT 1"}) {
      const Status status = StatusFor(text);
      // Parentheses alone leave nothing in the tree.
      if (text.starts_with("SELECT (((") && status.ok()) continue;
      EXPECT_THAT(status, testing::AnyOf(StatusIs(StatusCode::kTooLarge),
                                         StatusIs(StatusCode::kInvalidArgument)))
          << depth << ": " << text.substr(0, 60);
    }
  }
}

TEST(HostileInput, WideStatementsBind) {
  std::string values = "0";
  std::string tests = "a = 0";
  std::string items = "a";
  for (int i = 1; i <= 10'000; ++i) values += ", " + std::to_string(i);
  for (int i = 1; i <= 2'000; ++i) tests += " OR a = " + std::to_string(i);
  for (int i = 1; i <= 1'000; ++i) items += ", a + " + std::to_string(i);
  EXPECT_OK(StatusFor("SELECT a FROM t WHERE a IN (" + values + ")"));
  EXPECT_OK(StatusFor("SELECT a FROM t WHERE " + tests));
  EXPECT_OK(StatusFor("SELECT " + items + " FROM t"));
  EXPECT_OK(StatusFor("SELECT a FROM t" + Repeated(" UNION ALL SELECT a FROM t", 400)));
  EXPECT_OK(StatusFor("SELECT 1" + Repeated(" + 1", 150)));
}

TEST(HostileInput, TextsThatAreNoText) {
  EXPECT_THAT(StatusFor("SELECT '\xff\xfe'"), StatusIs(StatusCode::kInvalidArgument, "UTF-8"));
  EXPECT_THAT(StatusFor("SELECT '\xc0\x80'"), StatusIs(StatusCode::kInvalidArgument, "UTF-8"));
  EXPECT_THAT(StatusFor(std::string("SELECT 1\0, 2", 12)),
              StatusIs(StatusCode::kInvalidArgument, "null bytes"));
  EXPECT_THAT(StatusFor("SELECT 'x"), StatusIs(StatusCode::kInvalidArgument, "unterminated"));
  EXPECT_THAT(StatusFor("SELECT /* x"), StatusIs(StatusCode::kInvalidArgument, "unterminated"));
  EXPECT_THAT(StatusFor(std::string(kMaxScriptBytes + 1, ' ')), StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(StatusFor("SELECT '\x01\x1f\t\xf0\x9f\x98\x80'"));
}

/// Queries of all kinds, cut and mixed at random: whatever comes is an answer or an error.
TEST(HostileInput, BrokenQueriesAreErrors) {
  const uint32_t seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> words;
  std::string word;
  for (const char c : ReadSourceFile("tests/dataframe/sql/plans.golden")) {
    word += c;
    if (c == ' ' || c == '\n' || c == '(' || c == ',') words.push_back(std::exchange(word, ""));
  }
  int bound = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = "SELECT ";
    const size_t pieces = 1 + random() % 6;
    for (size_t i = 0; i < pieces; ++i) {
      size_t at = random() % words.size();
      for (size_t n = random() % 12; n > 0 && at < words.size(); --n) text += words[at++];
    }
    bound += StatusFor(text).ok() ? 1 : 0;
  }
  RecordProperty("bound", bound);
}

/// Each query of the golden file without one of its tokens, and with two of them changed.
TEST(HostileInput, QueriesWithoutAWordAreAnswersOrErrors) {
  const std::string golden = ReadSourceFile("tests/dataframe/sql/plans.golden");
  size_t queries = 0;
  for (size_t at = golden.find("## "); at != std::string::npos; at = golden.find("## ", at + 1)) {
    const size_t begin = golden.find('\n', at) + 1;
    const std::string query = golden.substr(begin, golden.find("\n----", begin) - begin);
    ++queries;
    ASSERT_OK_AND_ASSIGN(const std::vector<Token> tokens, ScanTokens(SqlText(query)));
    for (size_t i = 0; i < tokens.size(); ++i) {
      std::string without = query;
      without.replace(tokens[i].begin, tokens[i].end - tokens[i].begin, " ");
      (void)StatusFor(without);
      const Token& other = tokens[(i * 7 + 3) % tokens.size()];
      std::string with = query;
      with.replace(tokens[i].begin, tokens[i].end - tokens[i].begin, other.In(query));
      (void)StatusFor(with);
    }
  }
  EXPECT_GT(queries, 40U);
}

TEST(HostileInput, ThreadsBindAtOnce) {
  std::vector<std::thread> threads;
  std::array<Status, 4> results;
  for (Status& result : results) {
    threads.emplace_back([&result] {
      for (int i = 0; i < 20 && result.ok(); ++i) {
        result = StatusFor(ReadSourceFile("tests/peers/tables/queries/tpch/q21.sql"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Status& result : results) EXPECT_OK(result);
}

}  // namespace
}  // namespace tusk::df::sql
