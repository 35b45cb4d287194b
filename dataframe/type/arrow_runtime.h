#pragma once

namespace tusk::df {

/// Readies Arrow: its compute kernels are registered, its pool of CPU threads has one thread, for a
/// task is one thread. Has to be called before any kernel is used; calls after the first do
/// nothing. Any thread. A failure stops the program.
void InitializeArrow();

}  // namespace tusk::df
