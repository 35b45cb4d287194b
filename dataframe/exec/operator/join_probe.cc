#include "dataframe/exec/operator/join_probe.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/select_rows.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

JoinProbe::JoinProbe(const BoundJoin& join, JoinTable& table, const BuildFacts& facts,
                     ExecContext& context, BatchSink& out)
    : join_(join), table_(table), facts_(facts), context_(context), out_(out) {
  if (join.KeepsBuildRows()) {
    build_matched_.assign(static_cast<size_t>(table.rows()->num_rows()), 0);
  }
}

Status JoinProbe::Push(const BatchPtr& batch) {
  ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(join_.probe_keys, *batch));
  RETURN_IF_ERROR(table_.Find(keys, batch->num_rows(), &ids_));
  if (join_.MakesPairs()) return PushPairs(batch);
  probe_matched_.assign(ids_.size(), 0);
  if (join_.residual.condition != nullptr) {
    RETURN_IF_ERROR(ForEachChunk(batch, false, &JoinProbe::MarkTested));
  } else {
    for (size_t i = 0; i < ids_.size(); ++i) probe_matched_[i] = ids_[i] != kNoRow ? 1 : 0;
  }
  if (join_.NullAware()) RETURN_IF_ERROR(FindUnknown(batch, keys));
  return PushRows(batch);
}

Status JoinProbe::PushPairs(const BatchPtr& batch) {
  if (join_.residual.condition == nullptr) {
    if (join_.type == JoinType::kSingle && !table_.unique()) {
      probe_matched_.assign(ids_.size(), 0);
      for (size_t i = 0; i < ids_.size(); ++i) {
        if (ids_[i] != kNoRow && table_.RowsOf(ids_[i]).size() > 1) probe_matched_[i] = 2;
      }
      RETURN_IF_ERROR(CheckSingle());
    }
    return ForEachChunk(batch, join_.KeepsProbeRows(), &JoinProbe::HandOutPairs);
  }
  probe_matched_.assign(ids_.size(), 0);
  RETURN_IF_ERROR(ForEachChunk(batch, false, &JoinProbe::HandOutTested));
  return join_.KeepsProbeRows() ? HandOutUnmatchedProbeRows(batch) : Status::Ok();
}

Status JoinProbe::ForEachChunk(const BatchPtr& batch, bool keep_unmatched, Visit visit) {
  pairs_.Clear();
  const auto limit = static_cast<size_t>(context_.batch_rows);
  bool go_on = true;
  for (size_t i = 0; i < ids_.size() && go_on; ++i) {
    const auto row = static_cast<uint32_t>(i);
    if (ids_[i] == kNoRow) {
      if (!keep_unmatched) continue;
      pairs_.probe.push_back(row);
      pairs_.build.push_back(kNoRow);
    } else if (table_.unique()) {
      pairs_.probe.push_back(row);
      pairs_.build.push_back(table_.RowOf(ids_[i]));
    } else {
      for (const uint32_t build_row : table_.RowsOf(ids_[i])) {
        pairs_.probe.push_back(row);
        pairs_.build.push_back(build_row);
        if (pairs_.size() < limit) continue;
        RETURN_IF_ERROR(ChunkFull(batch, visit, &go_on));
        if (!go_on) break;
      }
    }
    if (pairs_.size() >= limit) RETURN_IF_ERROR(ChunkFull(batch, visit, &go_on));
  }
  return go_on ? ChunkFull(batch, visit, &go_on) : Status::Ok();
}

Status JoinProbe::ChunkFull(const BatchPtr& batch, Visit visit, bool* go_on) {
  if (pairs_.size() == 0) return Status::Ok();
  RETURN_IF_ERROR((this->*visit)(batch));
  pairs_.Clear();
  if (context_.check) RETURN_IF_ERROR(context_.check());
  *go_on = !out_.Done();
  return Status::Ok();
}

Status JoinProbe::HandOutPairs(const BatchPtr& batch) {
  if (pairs_.size() == 0) return Status::Ok();
  if (!build_matched_.empty()) {
    for (const uint32_t row : pairs_.build) {
      if (row != kNoRow) build_matched_[row] = 1;
    }
  }
  ASSIGN_OR_RETURN(Columns build, TakeColumnsOrNull(table_.rows()->columns(), pairs_.build));
  // Where every probe row has just one partner its columns stay as they are.
  bool identity = pairs_.size() == static_cast<size_t>(batch->num_rows());
  for (size_t i = 0; i < pairs_.size() && identity; ++i) identity = pairs_.probe[i] == i;
  Columns probe = batch->columns();
  if (!identity) {
    for (ArrayPtr& column : probe) {
      ASSIGN_OR_RETURN(column, TakeValues(column, pairs_.probe));
    }
  }
  return Emit(std::move(probe), std::move(build), static_cast<int64_t>(pairs_.size()));
}

Status JoinProbe::Emit(Columns probe, Columns build, int64_t rows) {
  Columns& left = join_.build_left ? build : probe;
  Columns& right = join_.build_left ? probe : build;
  left.insert(left.end(), right.begin(), right.end());
  return out_.Push(arrow::RecordBatch::Make(join_.schema, rows, std::move(left)));
}

Status JoinProbe::HandOutTested(const BatchPtr& batch) {
  RETURN_IF_ERROR(MarkTested(batch));
  if (join_.type == JoinType::kSingle) RETURN_IF_ERROR(CheckSingle());
  return HandOutPairs(batch);
}

Status JoinProbe::MarkTested(const BatchPtr& batch) {
  RETURN_IF_ERROR(KeepWhere(join_.residual, batch));
  for (const uint32_t row : pairs_.probe) {
    uint8_t& matches = probe_matched_[row];
    matches = static_cast<uint8_t>(std::min(matches + 1, 2));
  }
  return Status::Ok();
}

Status JoinProbe::KeepWhere(const PairCondition& condition, const BatchPtr& batch) {
  const arrow::RecordBatch& left = join_.build_left ? *table_.rows() : *batch;
  const arrow::RecordBatch& right = join_.build_left ? *batch : *table_.rows();
  const std::vector<uint32_t>& left_rows = join_.build_left ? pairs_.build : pairs_.probe;
  const std::vector<uint32_t>& right_rows = join_.build_left ? pairs_.probe : pairs_.build;
  Columns columns;
  for (const int c : condition.left_columns) {
    ASSIGN_OR_RETURN(columns.emplace_back(), TakeValues(left.column(c), left_rows));
  }
  for (const int c : condition.right_columns) {
    ASSIGN_OR_RETURN(columns.emplace_back(), TakeValues(right.column(c), right_rows));
  }
  const BatchPtr candidates = arrow::RecordBatch::Make(
      condition.schema, static_cast<int64_t>(pairs_.size()), std::move(columns));
  ASSIGN_OR_RETURN(const auto rows, RowsWhere(*condition.condition, *candidates));
  if (!rows.has_value()) return Status::Ok();
  for (size_t i = 0; i < rows->size(); ++i) {
    pairs_.probe[i] = pairs_.probe[(*rows)[i]];
    pairs_.build[i] = pairs_.build[(*rows)[i]];
  }
  pairs_.probe.resize(rows->size());
  pairs_.build.resize(rows->size());
  return Status::Ok();
}

Status JoinProbe::CheckSingle() {
  if (std::find(probe_matched_.begin(), probe_matched_.end(), 2) == probe_matched_.end()) {
    return Status::Ok();
  }
  return Status(StatusCode::kFailedPrecondition,
                "more than one row returned by a subquery used as an expression");
}

Status JoinProbe::HandOutUnmatchedProbeRows(const BatchPtr& batch) {
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < probe_matched_.size(); ++i) {
    if (probe_matched_[i] == 0) rows.push_back(static_cast<uint32_t>(i));
  }
  if (rows.empty() || out_.Done()) return Status::Ok();
  ASSIGN_OR_RETURN(const BatchPtr unmatched, TakeRows(batch, rows));
  ASSIGN_OR_RETURN(Columns none, TakeColumnsOrNull(table_.rows()->columns(),
                                                   std::vector<uint32_t>(rows.size(), kNoRow)));
  return Emit(unmatched->columns(), std::move(none), unmatched->num_rows());
}

Status JoinProbe::HandOutUnmatched() {
  if (build_matched_.empty()) return Status::Ok();
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < build_matched_.size(); ++i) {
    if (build_matched_[i] == 0) rows.push_back(static_cast<uint32_t>(i));
  }
  const auto piece = static_cast<size_t>(context_.batch_rows);
  for (size_t at = 0; at < rows.size() && !out_.Done(); at += piece) {
    const auto some = std::span(rows).subspan(at, std::min(piece, rows.size() - at));
    ASSIGN_OR_RETURN(const BatchPtr build, TakeRows(table_.rows(), some));
    Columns none;
    for (const auto& field : join_.probe_schema()->fields()) {
      ASSIGN_OR_RETURN(none.emplace_back(),
                       FromArrow(arrow::MakeArrayOfNull(field->type(), build->num_rows())));
    }
    RETURN_IF_ERROR(Emit(std::move(none), build->columns(), build->num_rows()));
  }
  return Status::Ok();
}

Status JoinProbe::FindUnknown(const BatchPtr& batch, const Columns& keys) {
  unknown_.assign(ids_.size(), 0);
  if (!facts_.any_rows || keys.empty()) return Status::Ok();
  std::vector<uint8_t> null_key(ids_.size(), 0);
  for (const ArrayPtr& key : keys) {
    if (key->null_count() == 0) continue;
    for (size_t i = 0; i < ids_.size(); ++i) {
      if (key->IsNull(static_cast<int64_t>(i))) null_key[i] = 1;
    }
  }
  if (join_.maybe.condition != nullptr) return FindUnknownPairs(batch, null_key);
  for (size_t i = 0; i < ids_.size(); ++i) {
    const bool unknown = null_key[i] != 0 || facts_.any_null_keys;
    unknown_[i] = probe_matched_[i] == 0 && unknown ? 1 : 0;
  }
  return Status::Ok();
}

// A row without a match may match build rows with a null key, one that has a null key any row.
Status JoinProbe::FindUnknownPairs(const BatchPtr& batch, const std::vector<uint8_t>& null_key) {
  const auto limit = static_cast<size_t>(context_.batch_rows);
  const auto all = static_cast<uint32_t>(table_.rows()->num_rows());
  pairs_.Clear();
  const auto test = [&]() -> Status {
    if (pairs_.size() == 0) return Status::Ok();
    RETURN_IF_ERROR(KeepWhere(join_.maybe, batch));
    for (const uint32_t row : pairs_.probe) unknown_[row] = 1;
    pairs_.Clear();
    return context_.check ? context_.check() : Status::Ok();
  };
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (probe_matched_[i] != 0) continue;
    const size_t candidates = null_key[i] != 0 ? all : table_.null_rows().size();
    for (size_t c = 0; c < candidates && unknown_[i] == 0; ++c) {
      pairs_.probe.push_back(static_cast<uint32_t>(i));
      pairs_.build.push_back(null_key[i] != 0 ? static_cast<uint32_t>(c) : table_.null_rows()[c]);
      if (pairs_.size() >= limit) RETURN_IF_ERROR(test());
    }
  }
  return test();
}

Status JoinProbe::PushRows(const BatchPtr& batch) {
  if (join_.type == JoinType::kMark) return HandOutMarked(batch);
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < probe_matched_.size(); ++i) {
    const bool matched = probe_matched_[i] != 0;
    const bool wanted = join_.type == JoinType::kSemi
                            ? matched
                            : !matched && (!join_.NullAware() || unknown_[i] == 0);
    if (wanted) rows.push_back(static_cast<uint32_t>(i));
  }
  if (rows.empty()) return Status::Ok();
  if (rows.size() == probe_matched_.size()) return out_.Push(WithSchema(batch, join_.schema));
  ASSIGN_OR_RETURN(const BatchPtr selected, TakeRows(batch, rows));
  return out_.Push(WithSchema(selected, join_.schema));
}

Status JoinProbe::HandOutMarked(const BatchPtr& batch) {
  arrow::BooleanBuilder builder;
  RETURN_IF_ERROR(FromArrow(builder.Reserve(batch->num_rows())));
  for (size_t i = 0; i < probe_matched_.size(); ++i) {
    if (join_.NullAware() && unknown_[i] != 0) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(probe_matched_[i] != 0);
    }
  }
  ASSIGN_OR_RETURN(ArrayPtr mark, FromArrow(builder.Finish()));
  Columns columns = batch->columns();
  columns.push_back(std::move(mark));
  return out_.Push(arrow::RecordBatch::Make(join_.schema, batch->num_rows(), std::move(columns)));
}

}  // namespace tusk::df
