#include "mapreduce/sort/run_merger.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {

RunMerger::RunMerger(std::vector<std::unique_ptr<RunReader>> runs, ShuffleMode mode)
    : runs_(std::move(runs)), mode_(mode), heads_(runs_.size()), losers_(runs_.size()) {}

bool RunMerger::Advance(size_t run) {
  RunReader& reader = *runs_[run];
  if (reader.Next()) [[likely]] {
    heads_[run].prefix = KeyPrefix(reader.key());
    return true;
  }
  if (!reader.status().ok() && status_.ok()) status_ = reader.status();
  heads_[run].done = true;
  return false;
}

bool RunMerger::Less(size_t a, size_t b) const {
  if (heads_[a].done || heads_[b].done)
    return heads_[a].done == heads_[b].done ? a < b : heads_[b].done;
  if (heads_[a].prefix != heads_[b].prefix) return heads_[a].prefix < heads_[b].prefix;
  const int order = CompareBehindPrefix(runs_[a]->key(), runs_[b]->key());
  return order != 0 ? order < 0 : a < b;
}

size_t RunMerger::Build(size_t node) {
  const size_t count = runs_.size();
  if (node >= count) return node - count;
  const size_t left = Build(2 * node), right = Build(2 * node + 1);
  const bool left_wins = Less(left, right);
  losers_[node] = left_wins ? right : left;
  return left_wins ? left : right;
}

bool RunMerger::Next() {
  const size_t count = runs_.size();
  if (count == 0 || !status_.ok()) return false;
  if (mode_ == ShuffleMode::kUnsorted) {
    while (winner_ < count) {
      if (Advance(winner_)) return true;
      if (!status_.ok() || winner_ + 1 == count) return false;
      ++winner_;
    }
    return false;
  }
  if (!started_) {
    started_ = true;
    for (size_t i = 0; i < count; ++i) Advance(i);
    winner_ = count == 1 ? 0 : Build(1);
  } else {
    if (heads_[winner_].done) return false;
    Advance(winner_);
    for (size_t node = (winner_ + count) / 2; node > 0; node /= 2) {
      if (Less(losers_[node], winner_)) std::swap(losers_[node], winner_);
    }
  }
  return status_.ok() && !heads_[winner_].done;
}

bool MergedGroups::NextGroup() {
  while (state_ == State::kFirstValue || state_ == State::kInGroup) {
    if (!NextValue()) break;
  }
  if (state_ == State::kStart) state_ = merger_.Next() ? State::kNextGroupReady : State::kEnd;
  if (state_ != State::kNextGroupReady) return false;
  const ByteView key = merger_.key();
  key_.assign(key.begin(), key.end());
  prefix_ = merger_.key_prefix();
  state_ = State::kFirstValue;
  ++groups_;
  return true;
}

bool MergedGroups::NextValue() {
  if (state_ == State::kFirstValue) {
    state_ = State::kInGroup;
    ++records_;
    return true;
  }
  if (state_ != State::kInGroup) return false;
  if (!merger_.Next()) {
    state_ = State::kEnd;
    return false;
  }
  const ByteView key = merger_.key();
  if (merger_.key_prefix() != prefix_ || CompareBehindPrefix(key, key_) != 0) {
    state_ = State::kNextGroupReady;
    return false;
  }
  ++records_;
  return true;
}

Status MergeRuns(std::vector<std::unique_ptr<RunReader>> runs, ShuffleMode mode, Combiner* combiner,
                 Counters* counters, SpillWriter& out) {
  RunMerger merger(std::move(runs), mode);
  if (combiner == nullptr) {
    while (merger.Next()) RETURN_IF_ERROR(out.Append(merger.key(), merger.value()));
    return merger.status();
  }
  MergedGroups groups(merger);
  while (groups.NextGroup()) RETURN_IF_ERROR(combiner->Combine(groups, out));
  counters->Add(BuiltinCounter::kCombineInputRecords, static_cast<int64_t>(groups.records()));
  return groups.status();
}

}  // namespace tusk::mapreduce
