#include "dataframe/options/sql_options.h"

#include <array>

namespace tusk::df {

std::span<const OptionBase* const> SqlOptions() {
  static constexpr std::array<const OptionBase*, 9> kAll = {
      &kWarehouse,  &kStageDirectory, &kReuseStages, &kSmallQueryBytes, &kBroadcastBytes,
      &kTaskMemory, &kSqlReduces,     &kMostPairs,   &kDisabledPasses};
  return kAll;
}

}  // namespace tusk::df
