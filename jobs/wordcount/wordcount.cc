// Counts how often each word occurs in text files. The smallest job.

#include <tusk/mapreduce.h>

using namespace tusk::mapreduce;

class SplitWords : public Mapper<std::string_view, std::string, int64_t> {
 public:
  void Map(std::string_view line, Output& out) override {
    for (std::string_view word : Words(line)) out.Emit(word, 1);
  }
};

int main(int argc, char** argv) {
  Program program(argc, argv, "IN... OUT  counts words");
  return program.Run(Job("word count")
                         .Read<TextInput>(program.Inputs())
                         .Map<SplitWords>()
                         .Combine<Sum<int64_t>>()
                         .Reduce<Sum<int64_t>>()
                         .Write<TextOutput>(program.Output()));
}
