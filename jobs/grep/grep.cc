// Finds what a regular expression matches and counts how often: Hadoop's grep example. Two jobs:
// search, then sort by count, greatest first.

#include <re2/re2.h>

#include <tusk/mapreduce.h>

#include <cstdio>
#include <stdexcept>

using namespace tusk::mapreduce;

namespace {

// Emits the match, or one of its groups, of every match in a line.
class FindMatches : public Mapper<std::string_view, std::string, int64_t> {
 public:
  void Setup() override {
    const std::string_view pattern = context().Parameter("grep.pattern");
    group_ = context().Parameter<int>("grep.group", 0);
    expression_ = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()),
                                             re2::RE2::Quiet);
    if (!expression_->ok())
      throw std::invalid_argument("bad regular expression: " + expression_->error());
    if (group_ < 0 || group_ > expression_->NumberOfCapturingGroups()) {
      throw std::invalid_argument("the expression has no group " + std::to_string(group_));
    }
    groups_.resize(static_cast<size_t>(group_) + 1);
  }

  void Map(std::string_view line, Output& out) override {
    const re2::StringPiece text(line.data(), line.size());
    size_t start = 0;
    while (start <= line.size() &&
           expression_->Match(text, start, line.size(), re2::RE2::UNANCHORED, groups_.data(),
                              static_cast<int>(groups_.size()))) {
      const re2::StringPiece& found = groups_[static_cast<size_t>(group_)];
      if (found.data() != nullptr) out.Emit({found.data(), found.size()}, 1);
      // Behind an empty match the search goes on one byte further, as Java's Matcher.find does.
      start = static_cast<size_t>(groups_[0].data() - line.data()) +
              std::max<size_t>(groups_[0].size(), 1);
    }
  }

 private:
  std::unique_ptr<re2::RE2> expression_;
  int group_ = 0;
  std::vector<re2::StringPiece> groups_;
};

// Turns (text, count) around.
class CountFirst : public Mapper<std::string_view, int64_t, Descending<int64_t>, std::string> {
 public:
  void Map(std::string_view text, int64_t count, Output& out) override { out.Emit({count}, text); }
};

}  // namespace

int main(int argc, char** argv) {
  Program program(argc, argv,
                  "IN OUT REGEX [GROUP]  counts what a regular expression (RE2 syntax) matches");
  const auto& arguments = program.arguments();
  const re2::RE2 expression(arguments[2], re2::RE2::Quiet);
  if (!expression.ok()) {
    return program.Fail(
        {tusk::StatusCode::kInvalidArgument, "bad regular expression: " + expression.error()});
  }

  JobChain chain("grep");
  const std::string found = chain.Intermediate();
  chain.Add(Job("grep-search")
                .Read<TextInput>(std::vector<std::string>{arguments[0]})
                .Set("grep.pattern", arguments[2])
                .Set("grep.group", arguments.size() > 3 ? arguments[3] : "0")
                .Map<FindMatches>()
                .Combine<Sum<int64_t>>()
                .Reduce<Sum<int64_t>>()
                .Write<SequenceOutput>(found));
  chain.Add(Job("grep-sort")
                .Read<SequenceInput<std::string, int64_t>>(std::vector<std::string>{found})
                .Map<CountFirst>()
                .Reduce<Identity>()
                .NumReduces(1)  // one file, in order
                .Write<TextOutput>(arguments[1]));
  return program.Run(std::move(chain));
}
