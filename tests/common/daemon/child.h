#pragma once

#include <csignal>
#include <cstdio>
#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/check.h"

namespace tusk {

/// A forked process of this program that runs a function, with its output in files.
class Child {
 public:
  /// `run` gives the exit status.
  Child(const std::string& directory, const std::function<int()>& run)
      : out_(directory + "/out"), err_(directory + "/err") {
    // What an earlier child of the same directory said is not this one's.
    unlink(out_.c_str());
    unlink(err_.c_str());
    std::fflush(nullptr);
    pid_ = fork();
    CHECK(pid_ >= 0);
    if (pid_ != 0) return;
    Redirect(out_, STDOUT_FILENO);
    Redirect(err_, STDERR_FILENO);
    const int status = run();
    std::fflush(nullptr);
    _exit(status);
  }
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  std::string out() const { return Content(out_); }
  std::string err() const { return Content(err_); }
  void Send(int signal) const { CHECK(kill(pid_, signal) == 0); }

  /// Waits for the end. The exit status, or 128 and the number of the signal that killed it.
  int Wait() {
    int status = 0;
    CHECK(waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  static void Redirect(const std::string& path, int fd) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(file >= 0 && dup2(file, fd) == fd);
    close(file);
  }
  static std::string Content(const std::string& path) {
    std::string text;
    FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return text;
    char buffer[4096];
    for (size_t count; (count = std::fread(buffer, 1, sizeof(buffer), file)) > 0;) {
      text.append(buffer, count);
    }
    std::fclose(file);
    return text;
  }

  const std::string out_;
  const std::string err_;
  pid_t pid_ = -1;
};

}  // namespace tusk
