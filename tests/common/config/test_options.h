#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string>

#include "common/config/option.h"
#include "common/config/option_registry.h"

namespace tusk {

// Options for the tests of this folder.

inline constexpr Option<int64_t> kReplication{{.name = "dfs.replication",
                                               .default_text = "3",
                                               .unit = "copies",
                                               .doc = "Copies of each block of new files.",
                                               .min = 1,
                                               .max = 512}};
inline constexpr Option<ByteSize> kBlockSize{{.name = "dfs.blocksize",
                                              .default_text = "128m",
                                              .unit = "bytes",
                                              .doc = "Size of blocks of new files.",
                                              .deprecated_names = "dfs.block.size"}};
inline constexpr Option<std::string> kDirectory{
    {.name = "tusk.data.dir", .default_text = "${tusk.base.dir}/data", .doc = "Where data goes."}};
inline constexpr Option<std::string> kBase{
    {.name = "tusk.base.dir", .default_text = "/var/lib/tusk", .doc = "Base."}};
inline constexpr Option<bool> kSync{{.name = "tusk.sync-on-close",
                                     .default_text = "true",
                                     .doc = "Syncs | closes.",
                                     .stability = Stability::kEvolving,
                                     .reload = Reload::kLive}};

inline OptionRegistry TestRegistry() {
  static constexpr std::array<const OptionBase*, 5> options = {&kReplication, &kBlockSize,
                                                               &kDirectory, &kBase, &kSync};
  OptionRegistry registry;
  registry.Add(options);
  return registry;
}

}  // namespace tusk
