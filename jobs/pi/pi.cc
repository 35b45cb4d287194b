// Estimates pi by counting points of a Halton sequence inside a circle: Hadoop's QuasiMonteCarlo
// example, the same points and the same printed estimate.

#include "jobs/pi/halton.h"

#include <tusk/mapreduce.h>

#include <charconv>
#include <cstdio>

using namespace tusk::mapreduce;

namespace {

// One record is one of Hadoop's map tasks: points [n * samples, (n + 1) * samples) of the sequence.
class CountInside : public Mapper<uint64_t, bool, int64_t> {
 public:
  void Setup() override { samples_ = context().Parameter<int64_t>("pi.samples", 0); }
  void Map(uint64_t batch, Output& out) override {
    const int64_t inside = CountPointsInside(static_cast<int64_t>(batch) * samples_, samples_);
    out.Emit(true, inside);
    out.Emit(false, samples_ - inside);
  }

 private:
  int64_t samples_ = 0;
};

bool ParseCount(const std::string& text, int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value > 0;
}

// Reads the two sums back from the job's output.
tusk::Result<int64_t> ReadInside(Program& program, const std::string& output) {
  ASSIGN_OR_RETURN(tusk::dfs::FileSystem* const files, program.Files());
  ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(*files, output + "/part-r-00000", 4096));
  int64_t inside = 0;
  const size_t at = text.find("true\t");
  if (at == std::string::npos ||
      std::from_chars(text.data() + at + 5, text.data() + text.size(), inside).ec != std::errc()) {
    return tusk::Status(tusk::StatusCode::kCorruption, "no sum in the output of the job");
  }
  return inside;
}

tusk::Status Estimate(Program& program, int64_t maps, int64_t samples) {
  JobChain names("pi");  // only for a fresh directory name
  const std::string output = names.Intermediate();
  ASSIGN_OR_RETURN(const JobResult result,
                   program.Execute(Job("QuasiMonteCarlo")
                                       .Read<RangeInput>(0, static_cast<uint64_t>(maps),
                                                         static_cast<uint32_t>(maps))
                                       .Set("pi.samples", samples)
                                       .Map<CountInside>()
                                       .Combine<Sum<int64_t>>()
                                       .Reduce<Sum<int64_t>>()
                                       .NumReduces(1)
                                       .Write<TextOutput>(output)));
  const tusk::Result<int64_t> inside = ReadInside(program, output);
  ASSIGN_OR_RETURN(tusk::dfs::FileSystem* const files, program.Files());
  RETURN_IF_ERROR(files->Delete(output, true).status());
  RETURN_IF_ERROR(inside.status());
  fmt::print("Job Finished in {:.3f} seconds\n", result.seconds);
  fmt::print("Estimated value of Pi is {}\n", FormatEstimate(*inside, maps, samples));
  return tusk::Status::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  Program program(argc, argv, "MAPS SAMPLES  estimates pi from MAPS times SAMPLES points");
  int64_t maps = 0, samples = 0;
  if (!ParseCount(program.arguments()[0], &maps) || !ParseCount(program.arguments()[1], &samples) ||
      maps > 1'000'000 || samples > INT64_MAX / maps) {
    return program.Fail(
        {tusk::StatusCode::kInvalidArgument, "two numbers above 0 are needed: MAPS and SAMPLES"});
  }
  fmt::print("Number of Maps  = {}\nSamples per Map = {}\n", maps, samples);
  const tusk::Status status = Estimate(program, maps, samples);
  return status.ok() ? 0 : program.Fail(status);
}
