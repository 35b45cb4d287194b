#include "dfs/wire/transfer_status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs {
namespace {

TEST(TransferStatus, ValuesAndNamesAreThoseOfTheWire) {
  std::set<std::string_view> names;
  for (int i = 0; i <= proto::Status_MAX; ++i) {
    EXPECT_TRUE(IsTransferStatus(i));
    EXPECT_EQ(TransferStatusName(static_cast<TransferStatus>(i)),
              proto::Status_Name(static_cast<proto::Status>(i)));
    names.insert(TransferStatusName(static_cast<TransferStatus>(i)));
  }
  EXPECT_EQ(names.size(), 14U);
  EXPECT_FALSE(IsTransferStatus(14));
  EXPECT_FALSE(IsTransferStatus(-1));
  EXPECT_EQ(TransferStatusName(static_cast<TransferStatus>(14)), "UNKNOWN");
}

}  // namespace
}  // namespace tusk::dfs
