#pragma once

#include <string>

#include "common/config/option_registry.h"

namespace tusk::cli {

/// Every option of every part: what `tusk config` shows and docs/configuration.md lists.
OptionRegistry AllOptions();

/// docs/metrics.md: what each daemon measures, from the registrations of its parts.
std::string WriteAllMetricsMarkdown();

}  // namespace tusk::cli
