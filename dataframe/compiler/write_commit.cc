#include "dataframe/compiler/write_commit.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "dataframe/sink/cell_text.h"
#include "dataframe/source/file_listing.h"
#include "dataframe/source/table_discovery.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

Status CheckPartitions(const WriteSpec& spec, const arrow::Schema& rows) {
  for (const std::string& column : spec.partition_by) {
    const auto field = rows.GetFieldByName(column);
    if (field != nullptr && HasCellText(*field->type())) continue;
    return Status::Error(StatusCode::kInvalidArgument,
                         "column {} cannot be a partition: a value of {} has no text that could "
                         "name a folder",
                         column, field == nullptr ? "nothing" : TypeText(*field->type()));
  }
  return Status::Ok();
}

/// True when files with the columns `there` and files with the columns `added` are one table.
bool BelongTogether(TableFormat format, const arrow::Schema& there, const arrow::Schema& added) {
  // Readers of JSON take the union of keys.
  if (format == TableFormat::kJson) return true;
  if (format == TableFormat::kCsv) return there.field_names() == added.field_names();
  if (there.num_fields() != added.num_fields()) return false;
  return std::all_of(there.fields().begin(), there.fields().end(), [&added](const auto& field) {
    const auto other = added.GetFieldByName(field->name());
    return other != nullptr && other->type()->Equals(*field->type());
  });
}

/// Whether what is in a folder and the new rows make one table.
Status CheckAppend(dfs::FileSystem& files, const WriteSpec& spec, const std::string& path,
                   const arrow::Schema& rows) {
  ASSIGN_OR_RETURN(const dfs::FileStatus status, files.Stat(path));
  if (!status.IsDirectory()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} is a file: rows are appended to folders\n  do: move it into one",
                         path);
  }
  const Result<FileListing> listing = ListTableFiles(files, path);
  if (listing.status().code() == StatusCode::kNotFound) return Status::Ok();  // an empty folder
  RETURN_IF_ERROR(listing.status());
  if (listing->path_columns != spec.partition_by) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "the table {} has folders by ({}), the new rows by ({})\n  do: give the "
                         "same columns as partitions, in the same order",
                         path, fmt::join(listing->path_columns, ", "),
                         fmt::join(spec.partition_by, ", "));
  }
  DiscoveryOptions options;
  options.csv = spec.csv;
  ASSIGN_OR_RETURN(const auto there, DiscoverTable(files, listing->files.front().path, options));
  if (there->format != spec.format) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "the table {} is {}, the new rows would be {}\n  do: say FORMAT {}", path,
                         TableFormatName(there->format), TableFormatName(spec.format),
                         TableFormatName(there->format));
  }
  arrow::FieldVector fields;
  for (const auto& field : rows.fields()) {
    const auto& names = spec.partition_by;
    if (std::find(names.begin(), names.end(), field->name()) == names.end())
      fields.push_back(field);
  }
  const arrow::Schema added(std::move(fields));
  if (there->schema->num_fields() == 0 || BelongTogether(spec.format, *there->schema, added))
    return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument,
                       "the new rows are not of the columns of the table {}: they have ({}), it "
                       "has ({})\n  do: select the same columns, with CAST where types differ",
                       path, SchemaText(added), SchemaText(*there->schema));
}

Status Swap(dfs::FileSystem& files, const std::string& path,
            const std::function<Status(const std::string& folder)>& run) {
  const std::string suffix = fmt::format(".{:016x}", RandomSeed());
  const std::string fresh = path + suffix + ".new";
  const std::string old = path + suffix + ".old";
  RETURN_IF_ERROR(run(fresh));
  RETURN_IF_ERROR(files.Rename(path, old));
  const Status swapped = files.Rename(fresh, path);
  if (!swapped.ok()) {
    const Status restored = files.Rename(old, path);
    return restored.ok() ? swapped : swapped.WithContext("the table that was there is now " + old);
  }
  return files.Delete(old, true).status();
}

Status Append(dfs::FileSystem& files, const std::string& path,
              const std::function<Status(const std::string& folder)>& run) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      SystemClock::Get().WallNow().time_since_epoch());
  // The time puts what was appended later behind, for people and readers that keep to names.
  const std::string name = fmt::format("part-then-{:013}-{:016x}", now.count(), RandomSeed());
  const std::string hidden = fmt::format("{}/_{}", path, name);
  RETURN_IF_ERROR(run(hidden));
  return files.Rename(hidden, fmt::format("{}/{}", path, name));
}

}  // namespace

Status CommitWrite(dfs::FileSystem& files, const WriteSpec& spec, const SchemaPtr& rows,
                   const std::function<Status(const std::string& folder)>& run) {
  RETURN_IF_ERROR(CheckPartitions(spec, *rows));
  std::string path = spec.path;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  ASSIGN_OR_RETURN(const bool exists, files.Exists(path));
  if (!exists) return run(path);
  switch (spec.mode) {
    case SaveMode::kIgnore:
      return Status::Ok();
    case SaveMode::kOverwrite:
      return Swap(files, path, run);
    case SaveMode::kAppend:
      RETURN_IF_ERROR(CheckAppend(files, spec, path, *rows));
      return Append(files, path, run);
    case SaveMode::kError:
      break;
  }
  return Status::Error(StatusCode::kAlreadyExists,
                       "{} exists already\n  do: choose another path, or say overwrite or append",
                       path);
}

}  // namespace tusk::df
