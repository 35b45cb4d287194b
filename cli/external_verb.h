#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusk::cli {

// Verbs that are programs of their own: an executable `tusk-VERB` beside this program or on PATH is
// run for a verb that is not compiled in.

/// The path of the executable for `verb`, beside this program first; empty when there is none. A
/// verb with a "/" has none.
std::string FindExternalVerb(std::string_view verb);

/// The verbs that have one, by name.
std::vector<std::string> ListExternalVerbs();

/// Becomes that program, with `arguments` behind its name. Returns only on failure: prints why and
/// gives the exit status, 126.
int RunExternalVerb(const std::string& path, const std::vector<std::string>& arguments);

/// The path of this program.
std::string ThisProgram();

}  // namespace tusk::cli
