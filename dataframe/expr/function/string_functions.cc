#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/characters.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/row_kernel.h"

namespace tusk::df {

namespace {

using Text = std::string_view;
using TextWriter = RowWriter<std::string>;

// What a single text of a function may become; more is a mistake of the user's.
constexpr int64_t kMaxTextBytes = int64_t{1} << 30;

Status TooLong(std::string_view function, int64_t bytes) {
  return Status::Error(StatusCode::kTooLarge, "{} would make a text of {} bytes, at most {}",
                       function, bytes, kMaxTextBytes);
}

// The characters [from, to) of `text`, where those outside do not matter.
Text Characters(Text text, int64_t from, int64_t to) {
  if (to <= from || to <= 0) return {};
  const size_t begin = from <= 0 ? 0 : CharacterOffset(text, from);
  text.remove_prefix(begin);
  return text.substr(0, CharacterOffset(text, to - std::max<int64_t>(from, 0)));
}

// a + b, or the bound that it would pass.
int64_t SaturatingAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

// Positions count from 1 and may lie before the text, as SQL has it.
Status Substring(Text text, int64_t start, int64_t length, TextWriter& out) {
  if (length < 0) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "the length of substring must not be negative, but is {}", length);
  }
  const int64_t from = SaturatingAdd(start, -1);
  out.Set(Characters(text, from, SaturatingAdd(from, length)));
  return {};
}

Text Left(Text text, int64_t count) {
  if (count < 0) count = std::max<int64_t>(0, SaturatingAdd(CharacterCount(text), count));
  return Characters(text, 0, count);
}

Text Right(Text text, int64_t count) {
  const int64_t length = CharacterCount(text);
  if (count < 0) return Characters(text, count == INT64_MIN ? length : -count, length);
  return Characters(text, std::max<int64_t>(0, length - std::min(count, length)), length);
}

enum Side { kLeft = 1, kRight = 2, kBoth = 3 };

// Takes characters that are among `set` off the ends.
Text Trim(Text text, Text set, int sides) {
  if (set.empty()) return text;
  if (sides & kLeft) {
    while (!text.empty()) {
      const Text first = CharacterAt(text, 0);
      if (set.find(first) == Text::npos) break;
      text.remove_prefix(first.size());
    }
  }
  if (sides & kRight) {
    while (!text.empty()) {
      size_t at = text.size() - 1;
      while (at > 0 && IsContinuation(text[at])) --at;
      if (set.find(text.substr(at)) == Text::npos) break;
      text = text.substr(0, at);
    }
  }
  return text;
}

// Fills up to `length` characters with repetitions of `fill`, or cuts the end off.
Status Pad(Text text, int64_t length, Text fill, bool on_left, TextWriter& out) {
  const int64_t missing = SaturatingAdd(length, -CharacterCount(text));
  if (missing <= 0 || fill.empty()) {
    out.Set(Characters(text, 0, length));
    return {};
  }
  const int64_t fill_count = std::max<int64_t>(1, CharacterCount(fill));
  if (missing > kMaxTextBytes / 4) return TooLong(on_left ? "lpad" : "rpad", missing);
  if (!on_left) out.Write(text);
  for (int64_t i = 0; i < missing / fill_count; ++i) out.Write(fill);
  out.Write(Characters(fill, 0, missing % fill_count));
  if (on_left) out.Write(text);
  return {};
}

Status Repeat(Text text, int64_t count, TextWriter& out) {
  if (count <= 0 || text.empty()) return {};
  if (count > kMaxTextBytes / static_cast<int64_t>(text.size())) return TooLong("repeat", count);
  for (int64_t i = 0; i < count; ++i) out.Write(text);
  return {};
}

void Replace(Text text, Text from, Text to, TextWriter& out) {
  if (from.empty()) return out.Set(text);
  for (;;) {
    const size_t at = text.find(from);
    out.Write(text.substr(0, at));
    if (at == Text::npos) return;
    out.Write(to);
    text.remove_prefix(at + from.size());
  }
}

void Reverse(Text text, TextWriter& out) {
  size_t end = text.size();
  for (size_t at = end; at-- > 0;) {
    if (at > 0 && IsContinuation(text[at])) continue;
    out.Write(text.substr(at, end - at));
    end = at;
  }
}

// Calls part(text) for each part between separators; an empty separator parts all characters.
template <typename Part>
Status ForEachPart(Text text, Text separator, Part part) {
  if (separator.empty()) {
    for (size_t at = 0; at < text.size();) {
      const Text character = CharacterAt(text, at);
      RETURN_IF_ERROR(part(character));
      at += character.size();
    }
    return {};
  }
  for (;;) {
    const size_t at = text.find(separator);
    RETURN_IF_ERROR(part(text.substr(0, at)));
    if (at == Text::npos) return {};
    text.remove_prefix(at + separator.size());
  }
}

Status SplitPart(Text text, Text separator, int64_t index, TextWriter& out) {
  if (index == 0) {
    return Status(
        StatusCode::kInvalidArgument,
        "the parts of split_part count from 1, or from -1 at the end, but 0 is asked for");
  }
  if (separator.empty()) {
    if (index == 1 || index == -1) out.Set(text);
    return {};
  }
  if (index < 0) {
    int64_t parts = 0;
    RETURN_IF_ERROR(ForEachPart(text, separator, [&](Text) {
      ++parts;
      return Status();
    }));
    if (index < -parts) return {};
    index += parts + 1;
  }
  return ForEachPart(text, separator, [&](Text part) {
    if (--index == 0) out.Set(part);
    return Status();
  });
}

int64_t Position(Text text, Text what) {
  const size_t at = text.find(what);
  return at == Text::npos ? 0 : CharacterCount(text.substr(0, at)) + 1;
}

Status Character(int64_t code, TextWriter& out) {
  const bool exists = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!exists) {
    return Status::Error(StatusCode::kInvalidArgument, "there is no character with the code {}",
                         code);
  }
  out.Set(EncodeCodePoint(static_cast<uint32_t>(code)));
  return {};
}

using Make = std::function<Result<ScalarKernel>(LiteralArgs)>;

// A kernel that needs to know nothing of literals.
Make Always(ScalarKernel kernel) {
  return [kernel = std::move(kernel)](LiteralArgs) -> Result<ScalarKernel> { return kernel; };
}

void AddCases(FunctionRegistry& registry) {
  const auto add = [&](std::string name, std::string summary, std::string kernel) {
    AddSimple(registry, {name,
                         name + "(text)",
                         std::move(summary),
                         {Takes::kText},
                         1,
                         arrow::utf8(),
                         Always(ArrowKernel(std::move(kernel)))});
  };
  add("upper", "The text in capitals.", "utf8_upper");
  add("lower", "The text in small letters.", "utf8_lower");
  add("initcap", "The text with the first letter of each word in capitals, the rest in small ones.",
      "utf8_title");
}

void AddParts(FunctionRegistry& registry) {
  for (const char* name : {"substring", "substr"}) {
    AddSimple(registry,
              {name,
               std::string(name) + "(text, start [, length])",
               "The characters from position start (the first is 1), as many as length or all.",
               {Takes::kText, Takes::kInteger, Takes::kInteger},
               2,
               arrow::utf8(),
               [](LiteralArgs literals) -> Result<ScalarKernel> {
                 if (literals.size() == 3) {
                   return RowKernel<std::string, std::string, int64_t, int64_t>(arrow::utf8(),
                                                                                &Substring);
                 }
                 return RowKernel<std::string, std::string, int64_t>(
                     arrow::utf8(), [](Text text, int64_t start, TextWriter& out) {
                       out.Set(Characters(text, SaturatingAdd(start, -1), INT64_MAX));
                     });
               }});
  }
  AddSimple(registry, {"left",
                       "left(text, count)",
                       "The first characters; with a negative count all but so many at the end.",
                       {Takes::kText, Takes::kInteger},
                       2,
                       arrow::utf8(),
                       Always(RowKernel<std::string, std::string, int64_t>(
                           arrow::utf8(), [](Text text, int64_t count, TextWriter& out) {
                             out.Set(Left(text, count));
                           }))});
  AddSimple(registry, {"right",
                       "right(text, count)",
                       "The last characters; with a negative count all but so many at the start.",
                       {Takes::kText, Takes::kInteger},
                       2,
                       arrow::utf8(),
                       Always(RowKernel<std::string, std::string, int64_t>(
                           arrow::utf8(), [](Text text, int64_t count, TextWriter& out) {
                             out.Set(Right(text, count));
                           }))});
  AddSimple(registry,
            {"split_part",
             "split_part(text, separator, index)",
             "The part between separators with that number (the first is 1, the last -1); "
             "empty when there is none.",
             {Takes::kText, Takes::kText, Takes::kInteger},
             3,
             arrow::utf8(),
             Always(RowKernel<std::string, std::string, std::string, int64_t>(arrow::utf8(),
                                                                              &SplitPart))});
  AddSimple(registry,
            {"split",
             "split(text, separator)",
             "The parts between separators as a list; an empty separator parts all characters.",
             {Takes::kText, Takes::kText},
             2,
             arrow::list(arrow::utf8()),
             Always(RowKernel<TextList, std::string, std::string>(
                 arrow::list(arrow::utf8()), [](Text text, Text separator, auto& out) {
                   return ForEachPart(text, separator, [&](Text part) { return out.Add(part); });
                 }))});
}

void AddTrims(FunctionRegistry& registry) {
  const auto add = [&](const char* name, int sides, const char* where) {
    AddSimple(registry,
              {name,
               std::string(name) + "(text [, characters])",
               std::string("The text without spaces, or those characters, at ") + where + ".",
               {Takes::kText, Takes::kText},
               1,
               arrow::utf8(),
               [sides](LiteralArgs literals) -> Result<ScalarKernel> {
                 if (literals.size() == 2) {
                   return RowKernel<std::string, std::string, std::string>(
                       arrow::utf8(), [sides](Text text, Text set, TextWriter& out) {
                         out.Set(Trim(text, set, sides));
                       });
                 }
                 return RowKernel<std::string, std::string>(
                     arrow::utf8(),
                     [sides](Text text, TextWriter& out) { out.Set(Trim(text, " ", sides)); });
               }});
  };
  add("trim", kBoth, "both ends");
  add("ltrim", kLeft, "the start");
  add("rtrim", kRight, "the end");
}

void AddPads(FunctionRegistry& registry) {
  const auto add = [&](const char* name, bool on_left, const char* where) {
    AddSimple(registry,
              {name,
               std::string(name) + "(text, length [, fill])",
               std::string("The text made that many characters long: filled with spaces, or fill, "
                           "at ") +
                   where + ", or cut at the end.",
               {Takes::kText, Takes::kInteger, Takes::kText},
               2,
               arrow::utf8(),
               [on_left](LiteralArgs literals) -> Result<ScalarKernel> {
                 if (literals.size() == 3) {
                   return RowKernel<std::string, std::string, int64_t, std::string>(
                       arrow::utf8(),
                       [on_left](Text text, int64_t length, Text fill, TextWriter& out) {
                         return Pad(text, length, fill, on_left, out);
                       });
                 }
                 return RowKernel<std::string, std::string, int64_t>(
                     arrow::utf8(), [on_left](Text text, int64_t length, TextWriter& out) {
                       return Pad(text, length, " ", on_left, out);
                     });
               }});
  };
  add("lpad", true, "the start");
  add("rpad", false, "the end");
}

void AddChanges(FunctionRegistry& registry) {
  AddSimple(registry, {"replace",
                       "replace(text, from, to)",
                       "The text with every occurrence of from replaced by to.",
                       {Takes::kText, Takes::kText, Takes::kText},
                       3,
                       arrow::utf8(),
                       Always(RowKernel<std::string, std::string, std::string, std::string>(
                           arrow::utf8(), &Replace))});
  AddSimple(registry, {"reverse",
                       "reverse(text)",
                       "The characters in reverse order.",
                       {Takes::kText},
                       1,
                       arrow::utf8(),
                       Always(RowKernel<std::string, std::string>(arrow::utf8(), &Reverse))});
  AddSimple(registry,
            {"repeat",
             "repeat(text, count)",
             "The text count times in a row.",
             {Takes::kText, Takes::kInteger},
             2,
             arrow::utf8(),
             Always(RowKernel<std::string, std::string, int64_t>(arrow::utf8(), &Repeat))});
  AddSimple(registry, {"chr",
                       "chr(code)",
                       "The character with that code point.",
                       {Takes::kInteger},
                       1,
                       arrow::utf8(),
                       Always(RowKernel<std::string, int64_t>(arrow::utf8(), &Character))});
}

void AddMeasures(FunctionRegistry& registry) {
  for (const char* name : {"length", "char_length", "character_length"}) {
    AddSimple(registry,
              {name,
               std::string(name) + "(text)",
               "The number of characters.",
               {Takes::kText},
               1,
               arrow::int64(),
               Always(RowKernel<int64_t, std::string>(
                   arrow::int64(), [](Text text, auto& out) { out.Set(CharacterCount(text)); }))});
  }
  AddSimple(registry,
            {"octet_length",
             "octet_length(text)",
             "The number of bytes of UTF-8.",
             {Takes::kText},
             1,
             arrow::int64(),
             Always(RowKernel<int64_t, std::string>(arrow::int64(), [](Text text, auto& out) {
               out.Set(static_cast<int64_t>(text.size()));
             }))});
  AddSimple(registry,
            {"ascii",
             "ascii(text)",
             "The code point of the first character; 0 of an empty text.",
             {Takes::kText},
             1,
             arrow::int64(),
             Always(RowKernel<int64_t, std::string>(arrow::int64(), [](Text text, auto& out) {
               out.Set(text.empty() ? 0 : CodePoint(CharacterAt(text, 0)));
             }))});
  for (const char* name : {"strpos", "instr"}) {
    AddSimple(registry, {name,
                         std::string(name) + "(text, what)",
                         "The position of the first occurrence in the text (the first character is "
                         "1); 0 when there is none.",
                         {Takes::kText, Takes::kText},
                         2,
                         arrow::int64(),
                         Always(RowKernel<int64_t, std::string, std::string>(
                             arrow::int64(), [](Text text, Text what, auto& out) {
                               out.Set(Position(text, what));
                             }))});
  }
  const auto add = [&](const char* name, const char* usage, const char* summary,
                       bool (*test)(Text, Text)) {
    AddSimple(registry, {name,
                         usage,
                         summary,
                         {Takes::kText, Takes::kText},
                         2,
                         arrow::boolean(),
                         Always(RowKernel<bool, std::string, std::string>(
                             arrow::boolean(), [test](Text text, Text what, auto& out) {
                               out.Set(test(text, what));
                             }))});
  };
  add("starts_with", "starts_with(text, start)", "Whether the text starts so.",
      [](Text text, Text what) { return text.starts_with(what); });
  add("ends_with", "ends_with(text, end)", "Whether the text ends so.",
      [](Text text, Text what) { return text.ends_with(what); });
  add("contains", "contains(text, what)", "Whether this occurs in the text.",
      [](Text text, Text what) {
        return memmem(text.data(), text.size(), what.data(), what.size()) != nullptr;
      });
}

// How a joining function treats nulls and its first argument.
enum class Join { kOperator, kConcat, kWithSeparator };

Result<arrow::Datum> JoinTexts(Join join, std::span<const arrow::Datum> args, int64_t rows) {
  const bool scalar = AllScalars(args);
  if (scalar) rows = 1;
  std::vector<Argument<std::string>> texts;
  for (const arrow::Datum& arg : args) {
    ASSIGN_OR_RETURN(Argument<std::string> text, Argument<std::string>::Of(arg));
    texts.push_back(std::move(text));
  }
  RowWriter<std::string> out(rows);
  for (int64_t row = 0; row < rows; ++row) {
    bool null = false, first = true;
    Text separator;
    for (size_t i = 0; i < texts.size(); ++i) {
      const bool valid = texts[i].IsValid(row);
      const bool is_separator = join == Join::kWithSeparator && i == 0;
      null |= !valid && (join == Join::kOperator || is_separator);
      if (!valid || null) continue;
      if (is_separator) {
        separator = texts[i][row];
        continue;
      }
      if (!first) out.Write(separator);
      first = false;
      out.Write(texts[i][row]);
    }
    if (null) out.SetNull();
    RETURN_IF_ERROR(out.NextRow());
  }
  ASSIGN_OR_RETURN(ArrayPtr array, out.Finish(arrow::utf8()));
  return ArrayOrScalar(std::move(array), scalar);
}

void AddJoins(FunctionRegistry& registry) {
  const auto add = [&](std::string name, std::string usage, std::string summary, Join join,
                       size_t required) {
    ScalarFunction function{name, usage, std::move(summary), {}};
    function.resolve = [=](std::span<const TypePtr> types, LiteralArgs) -> Result<Overload> {
      if (types.size() < required) return WrongArgumentCount(name, usage);
      for (size_t i = 0; i < types.size(); ++i) {
        if (arrow::is_nested(types[i]->id()) || types[i]->id() == arrow::Type::BINARY) {
          return WrongArgumentType(name, usage, i, "plain values", *types[i]);
        }
      }
      Overload overload;
      overload.arg_types.assign(types.size(), arrow::utf8());
      overload.result = arrow::utf8();
      overload.kernel = [join](std::span<const arrow::Datum> args, int64_t rows) {
        return JoinTexts(join, args, rows);
      };
      overload.nulls = join == Join::kOperator ? Overload::Nulls::kAnyNull
                       : join == Join::kConcat ? Overload::Nulls::kNever
                                               : Overload::Nulls::kMaybe;
      return overload;
    };
    registry.Add(std::move(function));
  };
  add("||", "a || b", "The texts one behind the other; null when one of them is.", Join::kOperator,
      2);
  add("concat", "concat(a, b, ...)",
      "The values as texts one behind the other; nulls are left out.", Join::kConcat, 1);
  add("concat_ws", "concat_ws(separator, a, b, ...)",
      "The values as texts with the separator between them; nulls are left out.",
      Join::kWithSeparator, 2);
}

}  // namespace

void AddStringFunctions(FunctionRegistry& registry) {
  AddCases(registry);
  AddParts(registry);
  AddTrims(registry);
  AddPads(registry);
  AddChanges(registry);
  AddMeasures(registry);
  AddJoins(registry);
}

}  // namespace tusk::df
