#include "dataframe/exec/key_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"
#include "dataframe/exec/packed_keys.h"

namespace tusk::df {
namespace {

/// How many rows ahead memory is asked for.
constexpr int64_t kPrefetch = 12;
constexpr size_t kFewestSlots = 256;
/// Slots are at most half full.
constexpr size_t kSlotsOfKey = 2;

Status TooManyKeys() {
  return Status::Error(StatusCode::kTooLarge, "a task cannot tell more than {} keys apart",
                       kNoRow - 1);
}

/// No keys: one group, present from the first row on.
class OneKeyTable final : public KeyTable {
 public:
  Status Insert(std::span<const ArrayPtr>, int64_t rows, std::vector<uint32_t>* ids,
                std::vector<uint32_t>* new_rows) override {
    ids->assign(static_cast<size_t>(rows), 0);
    if (rows > 0 && size_ == 0) {
      size_ = 1;
      if (new_rows != nullptr) new_rows->push_back(0);
    }
    return Status::Ok();
  }
  Status Find(std::span<const ArrayPtr>, int64_t rows, std::vector<uint32_t>* ids) override {
    ids->assign(static_cast<size_t>(rows), size_ == 0 ? kNoRow : 0);
    return Status::Ok();
  }
  uint32_t size() const override { return size_; }
  int64_t bytes() const override { return 0; }

 private:
  uint32_t size_ = 0;
};

/// A map from words to ids with open addressing.
class WordSlots {
 public:
  struct Slot {
    uint64_t word = 0;
    uint32_t id = kNoRow;
  };

  WordSlots() : slots_(kFewestSlots) {}

  void Prefetch(uint64_t word) const { __builtin_prefetch(&slots_[Position(word)]); }
  uint32_t Find(uint64_t word) const { return slots_[Search(word)].id; }
  /// The id of the word: `id` itself when it was not there.
  uint32_t FindOrPut(uint64_t word, uint32_t id) {
    size_t at = Search(word);
    if (slots_[at].id != kNoRow) return slots_[at].id;
    if ((used_ + 1) * kSlotsOfKey > slots_.size()) {
      Grow();
      at = Search(word);
    }
    ++used_;
    slots_[at] = {word, id};
    return id;
  }
  /// All, also empty ones.
  std::span<const Slot> slots() const { return slots_; }
  void Release() { std::vector<Slot>().swap(slots_); }
  int64_t bytes() const { return static_cast<int64_t>(slots_.capacity() * sizeof(Slot)); }

 private:
  size_t Position(uint64_t word) const { return MixWord(word) & (slots_.size() - 1); }
  size_t Search(uint64_t word) const {
    size_t at = Position(word);
    while (slots_[at].id != kNoRow && slots_[at].word != word) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id != kNoRow) slots_[Search(slot.word)] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

/// One key of at most 64 bits.
class WordTable final : public KeyTable {
 public:
  explicit WordTable(NullKeys nulls) : nulls_(nulls) {}

  Status Insert(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids,
                std::vector<uint32_t>* new_rows) override {
    CHECK(direct_.empty());
    const arrow::Array& column = *keys[0];
    Load(column, rows, ids);
    const bool nulls = column.null_count() != 0;
    for (int64_t i = 0; i < rows; ++i) {
      if (i + kPrefetch < rows) slots_.Prefetch(words_[static_cast<size_t>(i + kPrefetch)]);
      uint32_t& id = (*ids)[static_cast<size_t>(i)];
      if (nulls && column.IsNull(i)) {
        id = IdOfNull();
      } else {
        id = IdOf(words_[static_cast<size_t>(i)]);
      }
      if (id == kNoRow) {
        if (nulls && column.IsNull(i)) continue;
        return TooManyKeys();
      }
      if (id >= reported_) {
        reported_ = id + 1;
        if (new_rows != nullptr) new_rows->push_back(static_cast<uint32_t>(i));
      }
    }
    return Status::Ok();
  }

  Status Find(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) override {
    const arrow::Array& column = *keys[0];
    Load(column, rows, ids);
    if (!direct_.empty()) {
      FindDirect(rows, ids->data());
    } else {
      for (int64_t i = 0; i < rows; ++i) {
        if (i + kPrefetch < rows) slots_.Prefetch(words_[static_cast<size_t>(i + kPrefetch)]);
        (*ids)[static_cast<size_t>(i)] = slots_.Find(words_[static_cast<size_t>(i)]);
      }
    }
    if (column.null_count() != 0) {
      for (int64_t i = 0; i < rows; ++i) {
        if (column.IsNull(i)) (*ids)[static_cast<size_t>(i)] = null_id_;
      }
    }
    return Status::Ok();
  }

  // Keys that lie close together become positions: no hashing, and rows that are probed in the
  // order of their keys find them in the order of memory.
  void Freeze() override {
    if (size_ == 0) return;
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t most = std::numeric_limits<int64_t>::min();
    for (const WordSlots::Slot& slot : slots_.slots()) {
      if (slot.id == kNoRow) continue;
      least = std::min(least, static_cast<int64_t>(slot.word));
      most = std::max(most, static_cast<int64_t>(slot.word));
    }
    const uint64_t range = static_cast<uint64_t>(most) - static_cast<uint64_t>(least);
    if (least > most || range / kDirectSpread > size_) return;
    direct_.assign(range + 1, kNoRow);
    least_ = static_cast<uint64_t>(least);
    for (const WordSlots::Slot& slot : slots_.slots()) {
      if (slot.id != kNoRow) direct_[slot.word - least_] = slot.id;
    }
    slots_.Release();
  }

  uint32_t size() const override { return size_; }
  int64_t bytes() const override {
    return static_cast<int64_t>(direct_.capacity() * 4 + words_.capacity() * 8) + slots_.bytes();
  }

 private:
  /// Positions for each key that are worth it: four bytes each against 32 of a half-full table.
  static constexpr uint64_t kDirectSpread = 8;

  void Load(const arrow::Array& column, int64_t rows, std::vector<uint32_t>* ids) {
    const auto count = static_cast<size_t>(rows);
    if (words_.size() < count) words_.resize(count);
    ids->resize(count);
    LoadWords(column, words_.data());
  }

  uint32_t IdOf(uint64_t word) {
    // A table that is full still knows its keys.
    if (size_ == kNoRow - 1) return slots_.Find(word);
    const uint32_t id = slots_.FindOrPut(word, size_);
    if (id == size_) ++size_;
    return id;
  }

  uint32_t IdOfNull() {
    if (nulls_ == NullKeys::kAreKeys && null_id_ == kNoRow && size_ < kNoRow - 1) {
      null_id_ = size_++;
    }
    return null_id_;
  }

  void FindDirect(int64_t rows, uint32_t* ids) const {
    const uint64_t range = direct_.size();
    for (int64_t i = 0; i < rows; ++i) {
      if (i + kPrefetch < rows) {
        const uint64_t ahead = words_[static_cast<size_t>(i + kPrefetch)] - least_;
        if (ahead < range) __builtin_prefetch(&direct_[ahead]);
      }
      const uint64_t at = words_[static_cast<size_t>(i)] - least_;
      ids[i] = at < range ? direct_[at] : kNoRow;
    }
  }

  const NullKeys nulls_;
  WordSlots slots_;
  std::vector<uint32_t> direct_;  // ids by key - least_, once frozen and worth it
  uint64_t least_ = 0;
  uint32_t null_id_ = kNoRow;
  uint32_t size_ = 0;
  uint32_t reported_ = 0;  // ids whose rows `new_rows` has had
  std::vector<uint64_t> words_;
};

uint64_t Load8(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, 8);
  return value;
}
uint64_t Load4(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, 4);
  return value;
}

uint64_t Fold(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// A hash for this process alone: short keys cost two multiplications.
uint32_t HashBytes(std::string_view key) {
  constexpr uint64_t kA = 0xa0761d6478bd642f;
  constexpr uint64_t kB = 0xe7037ed1a0b428db;
  const auto* at = reinterpret_cast<const uint8_t*>(key.data());
  size_t left = key.size();
  uint64_t hash = kA ^ left;
  while (left > 16) {
    hash = Fold(Load8(at) ^ kB, Load8(at + 8) ^ hash);
    at += 16;
    left -= 16;
  }
  uint64_t a = 0;
  uint64_t b = 0;
  if (left >= 8) {
    a = Load8(at);
    b = Load8(at + left - 8);
  } else if (left >= 4) {
    a = Load4(at);
    b = Load4(at + left - 4);
  } else if (left > 0) {
    a = uint64_t{at[0]} | uint64_t{at[left / 2]} << 8 | uint64_t{at[left - 1]} << 16;
  }
  hash = Fold(Fold(a ^ kB, b ^ hash), kA);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

/// Keys as bytes.
class BytesTable final : public KeyTable {
 public:
  BytesTable(RowKeyEncoder encoder, NullKeys nulls)
      : encoder_(std::move(encoder)), nulls_(nulls), slots_(kFewestSlots) {}

  Status Insert(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids,
                std::vector<uint32_t>* new_rows) override {
    RETURN_IF_ERROR(Prepare(keys, rows, ids));
    for (int64_t i = 0; i < rows; ++i) {
      uint32_t& id = (*ids)[static_cast<size_t>(i)];
      if (i + kPrefetch < rows) Prefetch(i + kPrefetch);
      if (id == kNoRow) continue;
      const uint32_t hash = hashes_[static_cast<size_t>(i)];
      Slot* slot = Search(hash, batch_[i]);
      if (slot->id == kNoRow) {
        if (size() == kNoRow - 1) return TooManyKeys();
        if ((ends_.size() + 1) * kSlotsOfKey > slots_.size()) {
          Grow();
          slot = Search(hash, batch_[i]);
        }
        slot->hash = hash;
        slot->id = size();
        Store(batch_[i]);
        if (new_rows != nullptr) new_rows->push_back(static_cast<uint32_t>(i));
      }
      id = slot->id;
    }
    return Status::Ok();
  }

  Status Find(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) override {
    RETURN_IF_ERROR(Prepare(keys, rows, ids));
    for (int64_t i = 0; i < rows; ++i) {
      uint32_t& id = (*ids)[static_cast<size_t>(i)];
      if (i + kPrefetch < rows) Prefetch(i + kPrefetch);
      if (id != kNoRow) id = Search(hashes_[static_cast<size_t>(i)], batch_[i])->id;
    }
    return Status::Ok();
  }

  uint32_t size() const override { return static_cast<uint32_t>(ends_.size() - 1); }
  int64_t bytes() const override {
    return static_cast<int64_t>(slots_.capacity() * sizeof(Slot) + ends_.capacity() * 8 +
                                keys_.capacity() + hashes_.capacity() * 4) +
           batch_.bytes();
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t id = kNoRow;
  };

  // Keys and hashes of the batch; `ids` is kNoRow where the row has no key.
  Status Prepare(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) {
    RETURN_IF_ERROR(encoder_.Encode(keys, rows, &batch_));
    const auto count = static_cast<size_t>(rows);
    ids->assign(count, 0);
    if (hashes_.size() < count) hashes_.resize(count);
    for (int64_t i = 0; i < rows; ++i) hashes_[static_cast<size_t>(i)] = HashBytes(batch_[i]);
    if (nulls_ == NullKeys::kAreKeys) return Status::Ok();
    for (const ArrayPtr& key : keys) {
      if (key->null_count() == 0) continue;
      for (int64_t i = 0; i < rows; ++i) {
        if (key->IsNull(i)) (*ids)[static_cast<size_t>(i)] = kNoRow;
      }
    }
    return Status::Ok();
  }

  void Prefetch(int64_t row) const {
    __builtin_prefetch(&slots_[hashes_[static_cast<size_t>(row)] & (slots_.size() - 1)]);
  }
  std::string_view Key(uint32_t id) const {
    return {reinterpret_cast<const char*>(keys_.data()) + ends_[id], ends_[id + 1] - ends_[id]};
  }
  void Store(std::string_view key) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(key.data());
    keys_.insert(keys_.end(), bytes, bytes + key.size());
    ends_.push_back(keys_.size());
  }

  Slot* Search(uint32_t hash, std::string_view key) {
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].id != kNoRow && (slots_[at].hash != hash || Key(slots_[at].id) != key)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return &slots_[at];
  }

  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id == kNoRow) continue;
      size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].id != kNoRow) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  const RowKeyEncoder encoder_;
  const NullKeys nulls_;
  std::vector<Slot> slots_;
  std::vector<uint8_t> keys_;
  std::vector<uint64_t> ends_ = {0};  // key i is [ends_[i], ends_[i + 1]) of keys_
  RowKeys batch_;
  std::vector<uint32_t> hashes_;
};

/// Keys that are often short, in front of a table of bytes: rows whose packed word is known need
/// nothing else. Given up when many rows are not.
class PackedTable final : public KeyTable {
 public:
  PackedTable(size_t columns, std::unique_ptr<KeyTable> all)
      : packer_(columns), all_(std::move(all)) {}

  Status Insert(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids,
                std::vector<uint32_t>* new_rows) override {
    if (given_up_) return all_->Insert(keys, rows, ids, new_rows);
    FindWords(keys, rows, ids);
    if (unknown_.empty()) return Status::Ok();
    ASSIGN_OR_RETURN(const Columns rest, UnknownKeys(keys, rows));
    new_of_rest_.clear();
    RETURN_IF_ERROR(
        all_->Insert(rest, static_cast<int64_t>(unknown_.size()), &rest_ids_, &new_of_rest_));
    for (size_t i = 0; i < unknown_.size(); ++i) {
      const uint32_t row = unknown_[i];
      (*ids)[row] = rest_ids_[i];
      if (fits_[row] != 0 && rest_ids_[i] != kNoRow) slots_.FindOrPut(words_[row], rest_ids_[i]);
    }
    if (new_rows != nullptr) {
      for (const uint32_t i : new_of_rest_) new_rows->push_back(unknown_[i]);
    }
    Judge(rows);
    return Status::Ok();
  }

  Status Find(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) override {
    if (given_up_) return all_->Find(keys, rows, ids);
    FindWords(keys, rows, ids);
    if (unknown_.empty()) return Status::Ok();
    ASSIGN_OR_RETURN(const Columns rest, UnknownKeys(keys, rows));
    RETURN_IF_ERROR(all_->Find(rest, static_cast<int64_t>(unknown_.size()), &rest_ids_));
    for (size_t i = 0; i < unknown_.size(); ++i) (*ids)[unknown_[i]] = rest_ids_[i];
    Judge(rows);
    return Status::Ok();
  }

  uint32_t size() const override { return all_->size(); }
  int64_t bytes() const override {
    return all_->bytes() + slots_.bytes() +
           static_cast<int64_t>(words_.capacity() * 9 + unknown_.capacity() * 8);
  }

 private:
  /// Batches of which more than a quarter was unknown, until it is given up; the first ones always
  /// are.
  static constexpr int kBadBatches = 4;

  // Ids by words; what has none is listed in unknown_.
  void FindWords(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) {
    packer_.Pack(keys, rows, &words_, &fits_);
    ids->resize(static_cast<size_t>(rows));
    unknown_.clear();
    for (size_t i = 0; i < ids->size(); ++i) {
      const uint32_t id = fits_[i] != 0 ? slots_.Find(words_[i]) : kNoRow;
      (*ids)[i] = id;
      if (id == kNoRow) unknown_.push_back(static_cast<uint32_t>(i));
    }
  }

  Result<Columns> UnknownKeys(std::span<const ArrayPtr> keys, int64_t rows) const {
    if (static_cast<int64_t>(unknown_.size()) == rows) return Columns(keys.begin(), keys.end());
    Columns rest;
    for (const ArrayPtr& key : keys) {
      ASSIGN_OR_RETURN(rest.emplace_back(), TakeValues(key, unknown_));
    }
    return rest;
  }

  void Judge(int64_t rows) {
    if (static_cast<int64_t>(unknown_.size()) * 4 <= rows) return;
    given_up_ = ++bad_batches_ >= kBadBatches;
    if (given_up_) slots_.Release();
  }

  const KeyPacker packer_;
  const std::unique_ptr<KeyTable> all_;
  WordSlots slots_;
  std::vector<uint64_t> words_;
  std::vector<uint8_t> fits_;
  std::vector<uint32_t> unknown_;
  std::vector<uint32_t> rest_ids_;
  std::vector<uint32_t> new_of_rest_;
  int bad_batches_ = 0;
  bool given_up_ = false;
};

}  // namespace

Result<std::unique_ptr<KeyTable>> KeyTable::Make(std::span<const TypePtr> types, NullKeys nulls) {
  if (types.empty()) return std::unique_ptr<KeyTable>(std::make_unique<OneKeyTable>());
  if (types.size() == 1 && IsWordType(*types[0])) {
    return std::unique_ptr<KeyTable>(std::make_unique<WordTable>(nulls));
  }
  ASSIGN_OR_RETURN(RowKeyEncoder encoder, RowKeyEncoder::ForEquality(types));
  std::unique_ptr<KeyTable> table = std::make_unique<BytesTable>(std::move(encoder), nulls);
  if (KeyPacker::CanPack(types)) {
    table = std::make_unique<PackedTable>(types.size(), std::move(table));
  }
  return table;
}

}  // namespace tusk::df
