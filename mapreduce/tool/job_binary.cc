#include "mapreduce/tool/job_binary.h"

#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>

#include "common/base/byte_span.h"
#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "mapreduce/client/job_binary_note.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kMaxProgramHeaders = 128;
constexpr uint64_t kMaxNoteBytes = 64 << 10;
constexpr std::chrono::seconds kHelpTimeout{5};
constexpr size_t kMaxHelpBytes = 16 << 10;

#if defined(__x86_64__)
constexpr uint16_t kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kThisMachine = EM_AARCH64;
#else
constexpr uint16_t kThisMachine = EM_NONE;
#endif

/// A file that is open for reading; closed at the end.
class OpenBinary {
 public:
  explicit OpenBinary(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenBinary() {
    if (fd_ >= 0) close(fd_);
  }
  OpenBinary(const OpenBinary&) = delete;
  OpenBinary& operator=(const OpenBinary&) = delete;

  int fd() const { return fd_; }
  /// As many bytes from `offset` as there are, up to the size of `buffer`.
  size_t Read(uint64_t offset, std::span<char> buffer) const {
    const ssize_t got = pread(fd_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<size_t>(got);
  }

 private:
  const int fd_;
};

uint64_t AlignedToFour(uint64_t value) { return (value + 3) & ~uint64_t{3}; }

/// Version of the job note among `notes`; nothing when there is none.
std::optional<uint32_t> VersionInNotes(std::string_view notes) {
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    const uint64_t name_bytes = AlignedToFour(header.n_namesz);
    const uint64_t all_bytes = name_bytes + AlignedToFour(header.n_descsz);
    if (all_bytes > notes.size()) return std::nullopt;
    std::string_view name = notes.substr(0, header.n_namesz);
    if (name.ends_with('\0')) name.remove_suffix(1);
    if (name == kJobBinaryNoteName && header.n_type == kJobBinaryNoteType &&
        header.n_descsz == sizeof(uint32_t)) {
      uint32_t version = 0;
      std::memcpy(&version, notes.data() + name_bytes, sizeof version);
      return version;
    }
    notes.remove_prefix(all_bytes);
  }
  return std::nullopt;
}

std::optional<uint32_t> JobVersionOf(const OpenBinary& file, const Elf64_Ehdr& elf) {
  const size_t count = std::min<size_t>(elf.e_phnum, kMaxProgramHeaders);
  for (size_t i = 0; i < count; ++i) {
    Elf64_Phdr header;
    const uint64_t at = elf.e_phoff + i * sizeof header;
    if (file.Read(at, {reinterpret_cast<char*>(&header), sizeof header}) != sizeof header) break;
    if (header.p_type != PT_NOTE || header.p_filesz > kMaxNoteBytes) continue;
    std::string notes(header.p_filesz, '\0');
    if (file.Read(header.p_offset, notes) != notes.size()) break;
    if (const auto version = VersionInNotes(notes)) return version;
  }
  return std::nullopt;
}

Status NoJob(const std::string& path, std::string_view cause, std::string_view advice) {
  return Status::Error(StatusCode::kInvalidArgument, "{} is no Tusk job\n  cause: {}\n  {}", path,
                       cause, advice);
}

constexpr std::string_view kHowToWrite =
    "a job is a program whose main makes a tusk::mapreduce::Program; link it with the target "
    "tusk_mapreduce";

Status CheckContent(const std::string& path, const OpenBinary& file) {
  Elf64_Ehdr elf = {};
  const size_t got = file.Read(0, {reinterpret_cast<char*>(&elf), sizeof elf});
  const std::string_view start(reinterpret_cast<const char*>(&elf), got);
  if (start.starts_with("PK\x03\x04")) {
    return NoJob(path, "it is a Java archive; Tusk runs native programs, there is no JVM",
                 "tusk example lists the jobs that come with Tusk");
  }
  if (start.starts_with("#!")) return NoJob(path, "it is a script", kHowToWrite);
  if (!start.starts_with(ELFMAG) || got < sizeof elf) {
    return NoJob(path, "it is not a program", kHowToWrite);
  }
  if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_machine != kThisMachine ||
      elf.e_phentsize != sizeof(Elf64_Phdr)) {
    return NoJob(path, "it is a program for another kind of machine", "build it for this one");
  }
  const std::optional<uint32_t> version = JobVersionOf(file, elf);
  if (!version) {
    return NoJob(path, "it is a program that was not linked with the job library", kHowToWrite);
  }
  if (*version != kJobBinaryVersion) {
    return Status::Error(StatusCode::kVersionMismatch,
                         "{} was built with another version of Tusk\n  cause: its job library has "
                         "version {}, this one {}\n  build it again",
                         path, *version, kJobBinaryVersion);
  }
  return Status::Ok();
}

/// What a child writes to the pipe `fd` until its end, kHelpTimeout or kMaxHelpBytes.
std::string ReadPipe(int fd) {
  std::string text;
  const SystemClock& clock = SystemClock::Get();
  const Deadline deadline = Deadline::After(clock, kHelpTimeout);
  while (text.size() < kMaxHelpBytes) {
    pollfd wait = {fd, POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.Remaining(clock));
    if (poll(&wait, 1, static_cast<int>(left.count())) <= 0) break;
    std::array<char, 4096> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  return text;
}

std::string OutputOfHelp(const std::string& path) {
  std::array<int, 2> pipe_ends;
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string program = path, option = "--help";
  char* const arguments[] = {program.data(), option.data(), nullptr};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, path.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string text;
  if (failed == 0) {
    text = ReadPipe(pipe_ends[0]);
    kill(pid, SIGKILL);  // it has ended by itself, or it is one that does not
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  close(pipe_ends[0]);
  return text;
}

}  // namespace

Status CheckJobBinary(const std::string& path) {
  const OpenBinary file(path);
  if (file.fd() < 0 && errno == ENOENT) {
    return Status::Error(StatusCode::kNotFound,
                         "JAR does not exist or is not a normal file: {}\n  tusk example lists the "
                         "jobs that come with Tusk",
                         std::filesystem::absolute(path).string());
  }
  if (file.fd() < 0) return ErrnoStatus(errno, "open " + path);
  struct stat stat = {};
  if (fstat(file.fd(), &stat) != 0) return ErrnoStatus(errno, "stat " + path);
  if (!S_ISREG(stat.st_mode)) {
    return Status::Error(StatusCode::kIsADirectory,
                         "JAR does not exist or is not a normal file: {}",
                         std::filesystem::absolute(path).string());
  }
  RETURN_IF_ERROR(CheckContent(path, file));
  if (access(path.c_str(), X_OK) == 0) return Status::Ok();
  return Status::Error(StatusCode::kPermissionDenied,
                       "{} is a job, but may not be executed; chmod +x {}", path, path);
}

Status ExecuteJobBinary(const std::string& path, const std::vector<std::string>& arguments) {
  std::string program = path;
  std::vector<std::string> words = arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::fflush(nullptr);
  execv(path.c_str(), argv.data());
  return ErrnoStatus(errno, "run " + path);
}

std::string ExamplesDirectory() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : (self.parent_path() / "examples").string();
}

std::vector<Example> FindExamples(const std::string& directory) {
  std::vector<Example> examples;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) return examples;
  for (const std::filesystem::directory_entry& entry : entries) {
    if (!entry.is_regular_file(error)) continue;
    std::string path = entry.path().string();
    if (!CheckJobBinary(path).ok()) continue;
    examples.push_back({entry.path().filename().string(), std::move(path)});
  }
  std::sort(examples.begin(), examples.end(),
            [](const Example& a, const Example& b) { return a.name < b.name; });
  return examples;
}

std::string SummaryOfProgram(const std::string& path) {
  const std::string text = OutputOfHelp(path);
  const size_t first_end = text.find('\n');
  if (first_end == std::string::npos) return {};
  const size_t begin = text.find_first_not_of(' ', first_end + 1);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace tusk::mapreduce
