#include "dfs/namenode/namespace/earlier_calls.h"

#include <gtest/gtest.h>

namespace tusk::dfs::namenode {
namespace {

Mutation Call(MutationKind kind, std::string client_id, int32_t call_id) {
  Mutation mutation;
  mutation.kind = kind;
  mutation.client_id = std::move(client_id);
  mutation.call_id = call_id;
  return mutation;
}

TEST(EarlierCalls, KnowsClientAndCall) {
  EarlierCalls calls;
  calls.Add(Call(MutationKind::kRename, "one", 7));
  EXPECT_TRUE(calls.Contains("one", 7));
  EXPECT_FALSE(calls.Contains("one", 8));
  EXPECT_FALSE(calls.Contains("two", 7));
}

TEST(EarlierCalls, ForgetsWhatMayRunAgainOrHasNoClient) {
  EarlierCalls calls;
  calls.Add(Call(MutationKind::kSetOwner, "one", 7));
  calls.Add(Call(MutationKind::kDelete, "", 7));
  EXPECT_EQ(calls.size(), 0u);
  EXPECT_FALSE(calls.Contains("", 7));
}

TEST(EarlierCalls, KeepsTheNewest) {
  EarlierCalls calls;
  const auto most = static_cast<int32_t>(EarlierCalls::kMost);
  for (int32_t i = 0; i < most + 5; ++i) calls.Add(Call(MutationKind::kCreate, "c", i));
  EXPECT_EQ(calls.size(), EarlierCalls::kMost);
  EXPECT_FALSE(calls.Contains("c", 4));
  EXPECT_TRUE(calls.Contains("c", 5));
  EXPECT_TRUE(calls.Contains("c", most + 4));
}

}  // namespace
}  // namespace tusk::dfs::namenode
