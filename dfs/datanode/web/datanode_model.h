#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <boost/json/fwd.hpp>

#include "dfs/datanode/storage/block_store.h"

namespace tusk::dfs::datanode {

/// How the datanode stands with its namenode, at one moment.
struct LinkFacts {
  std::string namenode;                  ///< "host:port"
  bool registered = false;               ///< it has accepted us once
  std::chrono::milliseconds silence{0};  ///< since its last answer; -1 ms: none yet
  uint64_t heartbeats = 0;               ///< answered ones
  uint64_t full_reports = 0;
  uint64_t unreported = 0;  ///< replicas that came or went, not yet told
  uint32_t streams = 0;     ///< open block streams
  uint32_t copies = 0;      ///< ordered copies under way
  uint32_t recoveries = 0;
};

/// How the datanode is, for people: a level ("good", "warn", "bad") and a sentence.
struct DatanodeHealth {
  std::string level;
  std::string sentence;
};

/// The worst that is to say. A namenode that is silent for longer than `patience` is lost.
DatanodeHealth JudgeDatanode(const BlockStore& store, const LinkFacts& link,
                             std::chrono::milliseconds patience);

/// The facts of the overview page. Sizes in bytes, times in milliseconds.
boost::json::value DatanodeModel(const BlockStore& store, const LinkFacts& link,
                                 const DatanodeHealth& health);

}  // namespace tusk::dfs::datanode
