#include "dataframe/source/csv_record_start.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"

namespace tusk::df {
namespace {

using State = CsvLexer::State;

/// The first look is small: usually it is enough.
constexpr uint64_t kFirstLook = 16 << 10;
/// How far before the offset a place is looked for that is not next to a quote.
constexpr uint64_t kLookBack = 64 << 10;

/// One assumption about the byte where reading has begun, and what has come of it.
class Assumption {
 public:
  Assumption(const CsvFormat& format, State state, uint64_t offset, uint64_t columns)
      : lexer_(format, state), offset_(offset), columns_(columns) {}

  /// Takes bytes that begin at `position` of the file.
  void Read(std::string_view bytes, uint64_t position) {
    for (size_t i = 0; i < bytes.size() && !refuted_; ++i) {
      if (!lexer_.Take(bytes[i])) continue;
      CheckEnded(lexer_.ended_fields(), lexer_.ended_empty());
      whole_ = true;
      if (!start_ && position + i >= offset_) start_ = position + i;
    }
  }

  /// The same for bytes without a quote: when all are inside of quotes they say nothing, and once
  /// the start is known only the last one matters.
  void ReadPlain(std::string_view bytes, uint64_t position) {
    if (bytes.empty() || lexer_.state() == State::kQuoted) return;
    if (!start_) return Read(bytes, position);
    lexer_.set_state(State::kField);
    whole_ = false;
    Read(bytes.substr(bytes.size() - 1), position + bytes.size() - 1);
  }

  /// The end of the file.
  void End(uint64_t length) {
    if (lexer_.state() == State::kQuoted) refuted_ = true;
    CheckEnded(lexer_.fields(), lexer_.empty());
    if (!start_) start_ = length;
  }

  /// No record goes on for so long.
  void EndOfPatience() { refuted_ = refuted_ || !start_; }

  bool refuted() const { return refuted_; }
  const std::optional<uint64_t>& start() const { return start_; }

 private:
  void CheckEnded(uint64_t fields, bool empty) {
    if (whole_ && columns_ > 0 && !empty && fields != columns_) refuted_ = true;
  }

  CsvLexer lexer_;
  const uint64_t offset_;
  const uint64_t columns_;
  bool whole_ = false;  // the record that goes on was seen from its first byte
  bool refuted_ = false;
  std::optional<uint64_t> start_;
};

/// Reads on in growing pieces.
class Pieces {
 public:
  Pieces(std::unique_ptr<ByteInput> input, uint64_t first)
      : input_(std::move(input)), size_(first) {}

  Status Next() {
    position_ = input_->position();
    piece_.clear();
    RETURN_IF_ERROR(input_->Append(size_, piece_));
    size_ = kTextBlockBytes;
    return Status::Ok();
  }
  std::string_view piece() const { return piece_; }
  uint64_t position() const { return position_; }
  uint64_t end() const { return position_ + piece_.size(); }
  bool at_end() const { return input_->at_end(); }

 private:
  const std::unique_ptr<ByteInput> input_;
  uint64_t size_;
  uint64_t position_ = 0;
  std::string piece_;
};

bool HasQuote(std::string_view bytes, const CsvFormat& format) {
  return format.quote != 0 && bytes.find(format.quote) != std::string_view::npos;
}

/// By all bytes before it.
Result<std::optional<uint64_t>> FromTheStart(dfs::FileSystem& files, const std::string& path,
                                             const CsvFormat& format, uint64_t offset) {
  ASSIGN_OR_RETURN(auto input, ByteInput::Open(files, path));
  Pieces pieces(std::move(input), kTextBlockBytes);
  Assumption truth(format, State::kRecordStart, offset, 0);
  while (!truth.start()) {
    RETURN_IF_ERROR(pieces.Next());
    if (pieces.position() == 0) {
      // A mark of the byte order is before the first field.
      const size_t mark = pieces.piece().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
      truth.Read(pieces.piece().substr(mark), mark);
    } else {
      truth.Read(pieces.piece(), pieces.position());
    }
    if (pieces.at_end() && !truth.start()) return std::optional<uint64_t>(pieces.end());
  }
  return truth.start();
}

/// Where both assumptions begin: the last byte before the offset, or one before it, that does not
/// follow a quote.
struct Beginning {
  uint64_t position = 0;
  State outside = State::kField;
};
Result<std::optional<Beginning>> ChooseBeginning(dfs::FileSystem& files, const std::string& path,
                                                 const CsvFormat& format, uint64_t offset) {
  uint64_t from = offset < 2 ? 0 : offset - 2;
  from -= std::min(from, kLookBack);
  ASSIGN_OR_RETURN(const auto input, ByteInput::Open(files, path, from));
  std::string before;
  RETURN_IF_ERROR(input->Append(offset - from, before));
  // `before[i]` is the byte that the chosen one follows.
  for (size_t i = before.size() < 2 ? 0 : before.size() - 2; i > 0; --i) {
    const char c = before[i];
    if (c == format.quote || c == '\r') continue;
    Beginning out;
    out.position = from + i + 1;
    if (c == '\n') out.outside = State::kRecordStart;
    if (c == format.delimiter) out.outside = State::kFieldStart;
    return std::optional<Beginning>(out);
  }
  return std::optional<Beginning>();
}

}  // namespace

Result<std::optional<uint64_t>> FindRecordStart(dfs::FileSystem& files, const std::string& path,
                                                const CsvFormat& format, uint64_t offset,
                                                uint64_t columns, bool exact) {
  ASSIGN_OR_RETURN(const auto beginning, ChooseBeginning(files, path, format, offset));
  if (beginning) {
    ASSIGN_OR_RETURN(auto input, ByteInput::Open(files, path, beginning->position));
    Pieces pieces(std::move(input), kFirstLook);
    Assumption outside(format, beginning->outside, offset, columns);
    Assumption inside(format, State::kQuoted, offset, columns);
    while (true) {
      RETURN_IF_ERROR(pieces.Next());
      for (Assumption* assumption : {&outside, &inside}) {
        if (HasQuote(pieces.piece(), format)) {
          assumption->Read(pieces.piece(), pieces.position());
        } else {
          assumption->ReadPlain(pieces.piece(), pieces.position());
        }
        if (pieces.at_end()) assumption->End(pieces.end());
      }
      const bool patient = pieces.end() < offset + kMaxRecordBytes && !pieces.at_end();
      if (!patient) inside.EndOfPatience();
      if (!patient) outside.EndOfPatience();
      if (outside.refuted() && inside.refuted()) break;
      if (outside.refuted() && inside.start()) return inside.start();
      if (inside.refuted() && outside.start()) return outside.start();
      if (!outside.refuted() && !inside.refuted() && outside.start() &&
          outside.start() == inside.start()) {
        return outside.start();
      }
      if (!patient) break;
    }
  }
  if (!exact) return std::optional<uint64_t>();
  return FromTheStart(files, path, format, offset);
}

}  // namespace tusk::df
