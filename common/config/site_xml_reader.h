#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk {

/// One <property> of a configuration file.
struct SiteProperty {
  std::string name;
  std::string value;
  bool is_final = false;
  int line = 0;
};

/// Reads Hadoop's configuration XML: <configuration> with <property> elements of <name>, <value>
/// and optional <final>, <description>. In file order; a property without <value> is skipped, as
/// Hadoop does. `origin` (the path) opens each error message, with the line. External entities and
/// XInclude are not followed. Any bytes are safe input.
Result<std::vector<SiteProperty>> ReadSiteXml(std::string_view xml, std::string_view origin);

/// The inverse, for files that Tusk writes.
std::string WriteSiteXml(const std::vector<SiteProperty>& properties);

}  // namespace tusk
