#pragma once

#include "common/config/option_registry.h"

namespace tusk::cli {

/// Every option of every part: what `tusk config` shows and docs/configuration.md lists.
OptionRegistry AllOptions();

}  // namespace tusk::cli
