#include "mapreduce/io/text_input.h"

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"

namespace tusk::mapreduce {

TextInput::Reader::Reader(std::unique_ptr<dfs::InputStream> stream, const InputSplit& split)
    : path_(split.path), lines_(std::move(stream), split.offset, split.length) {}

std::string TextInput::Reader::Position() const {
  return fmt::format("{}, byte {}: \"{}\"", path_, lines_.key(), lines_.value().substr(0, 80));
}

void TextInput::Configure(JobSpec* spec, std::vector<std::string> paths) {
  spec->input_paths = std::move(paths);
}

Result<std::vector<InputSplit>> TextInput::Splits(const JobSpec& spec, dfs::FileSystem& files,
                                                  const SplitOptions& options) {
  return SplitFiles(spec, files, options);
}

Result<std::unique_ptr<TextInput::Reader>> TextInput::Open(const JobSpec&, const InputSplit& split,
                                                           dfs::FileSystem& files) {
  ASSIGN_OR_RETURN(auto stream, files.Open(split.path));
  return std::make_unique<Reader>(std::move(stream), split);
}

KeyValueTextInput::Reader::Reader(std::unique_ptr<dfs::InputStream> stream, const InputSplit& split)
    : lines_(std::move(stream), split) {}

bool KeyValueTextInput::Reader::Next() {
  if (!lines_.Next()) return false;
  const std::string_view line = lines_.value();
  const size_t tab = line.find('\t');
  key_ = line.substr(0, tab);
  value_ = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
  return true;
}

void KeyValueTextInput::Configure(JobSpec* spec, std::vector<std::string> paths) {
  spec->input_paths = std::move(paths);
}

Result<std::vector<InputSplit>> KeyValueTextInput::Splits(const JobSpec& spec,
                                                          dfs::FileSystem& files,
                                                          const SplitOptions& options) {
  return SplitFiles(spec, files, options);
}

Result<std::unique_ptr<KeyValueTextInput::Reader>> KeyValueTextInput::Open(const JobSpec&,
                                                                           const InputSplit& split,
                                                                           dfs::FileSystem& files) {
  ASSIGN_OR_RETURN(auto stream, files.Open(split.path));
  return std::make_unique<Reader>(std::move(stream), split);
}

}  // namespace tusk::mapreduce
