#include "dataframe/compiler/group_file.h"

#include <charconv>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/sink/table_writer.h"
#include "dataframe/source/arrow_files.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/output_format.h"

namespace tusk::df {
namespace {

constexpr std::string_view kEnding = ".arrow";

/// A run that was removed is not to come back.
dfs::CreateOptions InsideOnly() {
  dfs::CreateOptions options;
  options.create_parents = false;
  return options;
}

/// All of `text` as a number.
template <typename T>
bool ParseNumber(std::string_view text, T* number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), *number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

std::string GroupFileName::ToString() const {
  return fmt::format("{:05}-{}{}", reduce, groups, kEnding);
}

std::optional<GroupFileName> GroupFileName::Parse(std::string_view name) {
  if (!name.ends_with(kEnding)) return std::nullopt;
  name.remove_suffix(kEnding.size());
  const size_t dash = name.find('-');
  GroupFileName parsed;
  if (dash == std::string_view::npos || !ParseNumber(name.substr(0, dash), &parsed.reduce) ||
      !ParseNumber(name.substr(dash + 1), &parsed.groups) || parsed.groups < 0) {
    return std::nullopt;
  }
  return parsed;
}

GroupFile::GroupFile(dfs::FileSystem& files, std::string directory, uint32_t reduce,
                     const std::string& attempt, int64_t limit)
    : files_(files),
      directory_(std::move(directory)),
      unfinished_(fmt::format("{}/_writing_{}", directory_, attempt)),
      reduce_(reduce),
      left_(limit) {}

GroupFile::~GroupFile() {
  if (!finished_) GiveUp();
}

bool GroupFile::Wants(int64_t bytes) {
  if (given_up_) return false;
  left_ -= bytes;
  if (left_ < 0) GiveUp();
  return !given_up_;
}

void GroupFile::Keep(const BatchPtr& states) {
  if (!given_up_ && !Write(*states).ok()) GiveUp();
}

void GroupFile::Finish() {
  if (given_up_) return;
  if (Complete().ok()) {
    finished_ = true;
  } else {
    GiveUp();
  }
}

Status GroupFile::Write(const arrow::RecordBatch& states) {
  if (writer_ == nullptr) {
    ASSIGN_OR_RETURN(auto stream, files_.Create(unfinished_, InsideOnly()));
    file_ = std::make_unique<mapreduce::OutputFileWriter>(unfinished_, std::move(stream));
    TableWriterOptions options;
    options.format = TableFormat::kIpc;
    ASSIGN_OR_RETURN(writer_,
                     TableWriter::Open(options, states.schema(), MakeArrowOutput(file_.get())));
  }
  groups_ += states.num_rows();
  return writer_->Write(states);
}

Status GroupFile::Complete() {
  if (writer_ == nullptr) {
    // A reduce without groups has a file as well: that none is missing is what makes a whole.
    ASSIGN_OR_RETURN(auto stream, files_.Create(unfinished_, InsideOnly()));
    RETURN_IF_ERROR(stream->Close());
  } else {
    RETURN_IF_ERROR(writer_->Close().status());
    RETURN_IF_ERROR(file_->Close().status());
  }
  const std::string name = GroupFileName{reduce_, groups_}.ToString();
  return files_.Rename(unfinished_, directory_ + "/" + name);
}

void GroupFile::GiveUp() {
  given_up_ = true;
  const bool written = file_ != nullptr;
  writer_.reset();
  file_.reset();
  // What stays when this fails is removed with the folder.
  if (written) static_cast<void>(files_.Delete(unfinished_, false));
}

}  // namespace tusk::df
