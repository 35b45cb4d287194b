#include "mapreduce/tool/mapreduce_commands.h"

namespace tusk::mapreduce {

std::span<const Command> MapreduceCommands() {
  static constexpr Command kCommands[] = {
      {"jar", "run a job's program on the cluster (like hadoop jar)", &JarCommandMain},
      {"example", "run one of the example jobs; without a name, list them", &ExampleCommandMain},
      {"job", "list, show, kill jobs, read their logs (like mapred job)", &JobCommandMain},
  };
  return kCommands;
}

}  // namespace tusk::mapreduce
