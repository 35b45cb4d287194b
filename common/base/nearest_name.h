#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tusk {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours between
/// two texts (optimal string alignment distance).
size_t EditDistance(std::string_view a, std::string_view b);

/// What a user most likely meant by `name`: the one of `known` that is the same but for the case of
/// letters, else the nearest by edit distance; empty when none is near (more than a third of the
/// name differs). Views the texts of `known`.
std::string_view NearestName(std::span<const std::string_view> known, std::string_view name);

}  // namespace tusk
