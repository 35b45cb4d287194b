#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// What one implementation may do differently from the contract. Each is declared by the
/// implementation's own test, so that the suite says which promises hold where.
enum class ContractDeviation {
  kNoAppend,            ///< `Append` answers kUnsupported
  kNoReplication,       ///< every file has one copy whatever was asked for
  kNoBlocks,            ///< one stretch per file, block sizes are not kept
  kVisibleWhileWritten  ///< unflushed bytes of an open file may be seen
};

/// One implementation under the suite.
struct ContractTarget {
  std::string name;  ///< shows in the test's name
  /// Opens the file system afresh, as another process would.
  std::function<std::shared_ptr<FileSystem>()> open;
  /// A directory that exists; each test works in a new one below it.
  std::function<std::string()> root;
  std::set<ContractDeviation> deviations;

  friend void PrintTo(const ContractTarget& target, std::ostream* out) { *out << target.name; }
};

/// The tests of `FileSystem` that every implementation must pass. List
/// tests/contract/file_system_contract.cc among the sources of a test and write
///
///   INSTANTIATE_TEST_SUITE_P(Local, FileSystemContract, testing::Values(target), ContractName);
class FileSystemContract : public testing::TestWithParam<ContractTarget> {
 protected:
  void SetUp() override;
  void TearDown() override;

  bool Deviates(ContractDeviation deviation) const {
    return GetParam().deviations.contains(deviation);
  }
  /// `name` in this test's directory.
  std::string Path(std::string_view name) const;

  void Write(const std::string& path, std::string_view content);
  std::string ReadAll(const std::string& path);

  std::shared_ptr<FileSystem> fs_;
  std::string directory_;
};

inline std::string ContractName(const testing::TestParamInfo<ContractTarget>& info) {
  return info.param.name;
}

}  // namespace tusk::dfs
