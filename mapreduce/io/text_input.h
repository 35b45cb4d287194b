#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mapreduce/api/input_format.h"
#include "mapreduce/io/line_reader.h"

namespace tusk::mapreduce {

/// Lines of text files (Hadoop's TextInputFormat). Key: the byte where the line starts.
/// `Read<TextInput>(paths)`.
class TextInput {
 public:
  using Key = uint64_t;
  using Value = std::string_view;

  /// Reads the lines of one split.
  class Reader {
   public:
    Reader(std::unique_ptr<dfs::InputStream> stream, const InputSplit& split);
    bool Next() { return lines_.Next(); }
    Key key() const { return lines_.key(); }
    Value value() const { return lines_.value(); }
    const Status& status() const { return lines_.status(); }
    double progress() const { return lines_.progress(); }
    uint64_t bytes_read() const { return lines_.bytes_read(); }
    std::string Position() const;

   private:
    const std::string path_;
    LineReader lines_;
  };

  static void Configure(JobSpec* spec, std::vector<std::string> paths);
  static Result<std::vector<InputSplit>> Splits(const JobSpec& spec, dfs::FileSystem& files,
                                                const SplitOptions& options);
  static Result<std::unique_ptr<Reader>> Open(const JobSpec& spec, const InputSplit& split,
                                              dfs::FileSystem& files);
};

/// Lines cut at their first tab (Hadoop's KeyValueTextInputFormat): the key before it, the value
/// behind it, empty when there is none.
class KeyValueTextInput {
 public:
  using Key = std::string_view;
  using Value = std::string_view;

  class Reader {
   public:
    Reader(std::unique_ptr<dfs::InputStream> stream, const InputSplit& split);
    bool Next();
    Key key() const { return key_; }
    Value value() const { return value_; }
    const Status& status() const { return lines_.status(); }
    double progress() const { return lines_.progress(); }
    uint64_t bytes_read() const { return lines_.bytes_read(); }
    std::string Position() const { return lines_.Position(); }

   private:
    TextInput::Reader lines_;
    std::string_view key_;
    std::string_view value_;
  };

  static void Configure(JobSpec* spec, std::vector<std::string> paths);
  static Result<std::vector<InputSplit>> Splits(const JobSpec& spec, dfs::FileSystem& files,
                                                const SplitOptions& options);
  static Result<std::unique_ptr<Reader>> Open(const JobSpec& spec, const InputSplit& split,
                                              dfs::FileSystem& files);
};

}  // namespace tusk::mapreduce
