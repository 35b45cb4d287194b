#pragma once

namespace tusk::dfs {

// Ctrl-C for commands that must not leave anything half-written: the first SIGINT or SIGTERM only
// raises a flag, loops look at it between pieces of work and clean up; the second one ends the
// process. A signal belongs to the process, so the flag does too.

/// Installs the handlers. Call once, from the main thread, before the first piece of work.
void CatchInterrupts();

/// True after a signal. Async-signal-safe, any thread.
bool Interrupted();

/// Raises or lowers the flag as a signal would; for tests.
void SetInterrupted(bool value);

}  // namespace tusk::dfs
