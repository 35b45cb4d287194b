#include "common/daemon/stop_signals.h"

#include <csignal>
#include <cstdint>
#include <cstring>

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/check.h"

namespace tusk {

namespace {

// What the handlers need. A handler has no other way to its object.
volatile sig_atomic_t event_of_handler = -1;
volatile sig_atomic_t grace_seconds = 0;
volatile sig_atomic_t exit_status = 0;
volatile sig_atomic_t stops_seen = 0;

void EndNow(int) {
  constexpr char kText[] = "stopped by force: the orderly stop took too long or was cut short\n";
  // Nothing can be done when stderr is gone.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  _exit(exit_status);
}

void OnStop(int signal) {
  const int saved_errno = errno;
  if (stops_seen != 0) EndNow(signal);
  stops_seen = 1;
  alarm(static_cast<unsigned>(grace_seconds));
  const uint64_t one = 1;
  // An event descriptor takes a write of 1 always.
  [[maybe_unused]] const ssize_t written = write(event_of_handler, &one, sizeof(one));
  errno = saved_errno;
}

void OnIgnored(int) {}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action;
  std::memset(&action, 0, sizeof(action));
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(signal, &action, nullptr) == 0);
}

}  // namespace

StopSignals::StopSignals(std::chrono::seconds grace, int forced_exit)
    : event_(eventfd(0, EFD_CLOEXEC)) {
  CHECK(event_ >= 0);
  CHECK(event_of_handler == -1);
  event_of_handler = event_;
  grace_seconds = static_cast<sig_atomic_t>(grace.count());
  exit_status = forced_exit;
  stops_seen = 0;
  Handle(SIGALRM, EndNow);
  Handle(SIGTERM, OnStop);
  Handle(SIGINT, OnStop);
  Handle(SIGPIPE, OnIgnored);
  Handle(SIGHUP, OnIgnored);
}

StopSignals::~StopSignals() {
  alarm(0);
  for (const int signal : {SIGTERM, SIGINT, SIGPIPE, SIGHUP, SIGALRM}) Handle(signal, SIG_DFL);
  event_of_handler = -1;
  close(event_);
}

void StopSignals::Wait() {
  while (!WaitFor(std::chrono::hours(1))) {
  }
}

bool StopSignals::WaitFor(std::chrono::milliseconds limit) {
  pollfd waiting = {event_, POLLIN, 0};
  const int ready = poll(&waiting, 1, static_cast<int>(limit.count()));
  // An interrupted wait is a short one.
  CHECK(ready >= 0 || errno == EINTR);
  return ready > 0;
}

}  // namespace tusk
