#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// What one run of a stage has kept besides its output: the merged states of all groups over some
/// input files, from which a later run of the same aggregation over more files goes on without
/// reading these. A plain value.
struct KeptGroups {
  /// The files that they stand for, as they were.
  std::vector<SourceFile> covered;
  /// Tables of the states' schema, one of each reduce.
  std::vector<SourceFile> parts;

  uint64_t CoveredBytes() const;
  uint64_t PartBytes() const;

  /// Exact; described in docs/formats/query_record.md. Of the parts names alone.
  std::string Encode() const;
  /// Any bytes: kCorruption when they are not what Encode writes. Parts have paths below
  /// `directory`.
  static Result<KeptGroups> Decode(std::string_view bytes, const std::string& directory);
};

/// The input of `stage` whose groups may be kept and merged with others: its maps aggregate files
/// row by row into short states that merge in any order, and the reduces begin with merging them.
/// Nothing when the stage has no such input.
std::optional<size_t> FindMergingInput(const Stage& stage);

/// The files over which an input's maps are spread.
const std::vector<SourceFile>& DrivingFiles(const StageInput& input);

/// 32 hexadecimal digits that are equal when groups may be merged: for the same fragment over other
/// files, by the same program. Whatever else a map reads (a table that it holds) is part of it.
std::string GroupFamilyOf(const StageInput& input, std::string_view program);

/// Of what was kept, that which covers most of `files`: no file twice, and no other file.
std::vector<KeptGroups> ChooseKept(std::vector<KeptGroups> kept,
                                   const std::vector<SourceFile>& files);

/// The stage with `kept` read instead of the files that they cover.
Result<Stage> WithKeptGroups(const Stage& stage, size_t input, const std::vector<KeptGroups>& kept);

}  // namespace tusk::df
