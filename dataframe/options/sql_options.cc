#include "dataframe/options/sql_options.h"

#include <array>

namespace tusk::df {

std::span<const OptionBase* const> SqlOptions() {
  static constexpr std::array<const OptionBase*, 11> kAll = {
      &kWarehouse,      &kStageDirectory, &kReuseStages,   &kSmallQueryBytes,
      &kBroadcastBytes, &kBloomBytes,     &kTaskMemory,    &kSqlReduces,
      &kMostPairs,      &kSkewBytes,      &kDisabledPasses};
  return kAll;
}

}  // namespace tusk::df
