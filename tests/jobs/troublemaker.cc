// A job whose tasks misbehave as its first argument says: for tests of what becomes of them.

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

#include <tusk/mapreduce.h>

#include "tests/support/eventually.h"

using namespace tusk::mapreduce;

namespace {

// Dies in the way of that name; returns when there is none.
void Die(std::string_view how) {
  if (how == "throw") throw std::out_of_range("a bad line");
  if (how == "throw-int") throw 42;
  if (how == "abort") std::abort();
  if (how == "exit") std::exit(3);
  if (how == "exit0") std::exit(0);
  if (how == "vanish") ::_exit(0);
  if (how == "segv") {
    ::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would exit instead
    ::raise(SIGSEGV);
  }
  if (how == "hang") {
    while (true) ::pause();
  }
  if (how == "stderr") {
    for (int i = 0; i < 100; ++i) std::fprintf(stderr, "complaint %d\n", i);
    throw std::runtime_error("see stderr");
  }
}

// "PROCESS DIRECTORY", once it is sure that files can be made where programs make them.
std::string Who() {
  const std::filesystem::path here = std::filesystem::current_path();
  if (here != std::getenv("TMPDIR") || here != std::getenv("HOME")) {
    throw std::logic_error("HOME and TMPDIR are not the task's directory");
  }
  std::FILE* file = std::fopen("a file", "w");
  if (file == nullptr) throw std::logic_error("no file can be made in the task's directory");
  std::fclose(file);
  return std::to_string(::getpid()) + " " + here.string();
}

// Takes much memory and gives all of it back.
void Swell() {
  constexpr size_t kBytes = size_t{256} << 20;
  void* memory =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  std::memset(memory, 1, kBytes);
  ::munmap(memory, kBytes);
}

// Counts lines by their text, until one says "bad".
class CountLines : public Mapper<std::string_view, std::string, int64_t> {
 public:
  void Setup() override {
    how_ = context().Parameter("trouble.map");
    std::printf("setup of %s\n", context().attempt().ToString().c_str());
    std::fflush(stdout);
    if (how_ == "setup") throw std::logic_error("no way to start");
  }
  void Map(std::string_view line, Output& out) override {
    context().Count("trouble", "lines");
    if (how_.starts_with("swollen")) Swell();
    if (how_.starts_with("who") || how_.starts_with("swollen")) {
      out.Emit(Who(), 1);
      return;
    }
    out.Emit(line, 1);
    if (line != "bad") return;
    if (how_ == "times" && context().attempt().number < context().Parameter<uint32_t>("times", 0)) {
      throw std::runtime_error("not yet");
    }
    if (how_ == "wait") WaitForFile();
    if (how_ == "count") {
      for (int i = 0; i < 1000; ++i) context().Count("many", std::to_string(i));
    }
    Die(how_);
  }

 private:
  // Makes "FILE.ATTEMPT" to say that it is here; goes on once FILE exists.
  void WaitForFile() {
    const std::string file(context().Parameter("wait.file"));
    std::fclose(std::fopen((file + "." + context().attempt().ToString()).c_str(), "w"));
    tusk::Eventually([&file] { return std::filesystem::exists(file); }, std::chrono::seconds(50));
  }

  std::string how_;
};

class AddUp : public Reducer<std::string, int64_t> {
 public:
  void Reduce(std::string_view key, Values& values, Output& out) override {
    int64_t sum = 0;
    for (const int64_t value : values) sum += value;
    if (key == "bad") Die(context().Parameter("trouble.reduce"));
    out.Emit(key, sum);
  }
};

class FaultyCombiner : public Reducer<std::string, int64_t> {
 public:
  void Reduce(std::string_view key, Values& values, Output& out) override {
    int64_t sum = 0;
    for (const int64_t value : values) sum += value;
    if (key == "bad") Die(context().Parameter("trouble.combine"));
    out.Emit(key, sum);
  }
};

}  // namespace

int main(int argc, char** argv) {
  Program program(argc, argv, "MAP COMBINE REDUCE IN OUT  fails in the way of that name");
  const auto& arguments = program.arguments();
  Job job("trouble");
  job.Set("trouble.map", arguments[0]);
  job.Set("trouble.combine", arguments[1]);
  job.Set("trouble.reduce", arguments[2]);
  if (arguments[0].ends_with("-of-a-query")) job.Set("tusk.query.id", "q_1");
  if (arguments[2] == "map-only") {
    return program.Run(std::move(job)
                           .Read<TextInput>(std::vector<std::string>{arguments[3]})
                           .Map<CountLines>()
                           .Write<TextOutput>(arguments[4]));
  }
  return program.Run(std::move(job)
                         .Read<TextInput>(std::vector<std::string>{arguments[3]})
                         .Map<CountLines>()
                         .Combine<FaultyCombiner>()
                         .Reduce<AddUp>()
                         .Write<TextOutput>(arguments[4]));
}
