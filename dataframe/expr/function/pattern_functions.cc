#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/type.h>
#include <re2/re2.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/like_pattern.h"
#include "dataframe/expr/function/row_kernel.h"

namespace tusk::df {

namespace {

using Text = std::string_view;

// Marks the texts that match a pattern that starts with % and a plain text: that text is searched
// in all rows at once, because most rows usually do not have it.
void MatchAll(const LikePattern& pattern, const ColumnReader<std::string>& texts, int64_t rows,
              ByteFlags& matches) {
  if (rows == 0) return;
  const std::string_view literal = pattern.leading_literal();
  const char* const begin = texts[0].data();
  const char* const end = texts[rows - 1].data() + texts[rows - 1].size();
  const char* from = begin;
  int64_t row = 0;
  while (from < end) {
    const auto* found = static_cast<const char*>(
        memmem(from, static_cast<size_t>(end - from), literal.data(), literal.size()));
    if (found == nullptr) return;
    while (texts[row].data() + texts[row].size() <= found) ++row;
    const Text text = texts[row];
    if (found + literal.size() > text.data() + text.size()) {
      from = found + 1;  // it only seems to be there, across two rows
      continue;
    }
    matches[row] = pattern.MatchesFrom(text, static_cast<size_t>(found - text.data())) ? 1 : 0;
    from = text.data() + text.size();
    ++row;
  }
}

// LIKE with a pattern that is known.
ScalarKernel LikeKernel(std::shared_ptr<const LikePattern> pattern) {
  ScalarKernel by_row = RowKernel<bool, std::string, std::string>(
      arrow::boolean(), [pattern](Text text, Text, auto& out) { out.Set(pattern->Matches(text)); });
  if (pattern->leading_literal().empty()) return by_row;
  return
      [pattern, by_row](std::span<const arrow::Datum> args, int64_t rows) -> Result<arrow::Datum> {
        if (!args[0].is_array() || args[1].is_array() || !args[1].scalar()->is_valid) {
          return by_row(args, rows);
        }
        const ArrayPtr texts = args[0].make_array();
        ByteFlags matches(rows);
        MatchAll(*pattern, ColumnReader<std::string>(*texts), rows, matches);
        if (texts->null_count() == 0) {
          ASSIGN_OR_RETURN(ArrayPtr array, BooleanArray(matches, nullptr));
          return arrow::Datum(std::move(array));
        }
        ByteFlags valid(rows);
        VisitValid(*texts, [&](int64_t i) { valid[i] = 1; });
        ASSIGN_OR_RETURN(ArrayPtr array, BooleanArray(matches, &valid));
        return arrow::Datum(std::move(array));
      };
}

// LIKE with patterns that come with the rows: the last one is kept.
ScalarKernel LikeColumnsKernel(std::string escape) {
  return [escape](std::span<const arrow::Datum> args, int64_t rows) {
    std::optional<LikePattern> compiled;
    std::string compiled_text;
    const ScalarKernel kernel = RowKernel<bool, std::string, std::string>(
        arrow::boolean(), [&](Text text, Text pattern, auto& out) -> Status {
          if (!compiled || pattern != compiled_text) {
            ASSIGN_OR_RETURN(compiled, LikePattern::Compile(pattern, escape));
            compiled_text = pattern;
          }
          out.Set(compiled->Matches(text));
          return {};
        });
    return kernel(args, rows);
  };
}

// The same on small letters of both sides.
ScalarKernel OfLowerCase(ScalarKernel kernel) {
  return [kernel = std::move(kernel)](std::span<const arrow::Datum> args,
                                      int64_t rows) -> Result<arrow::Datum> {
    std::vector<arrow::Datum> lower;
    for (const arrow::Datum& arg : args) {
      ASSIGN_OR_RETURN(arrow::Datum changed, CallArrow("utf8_lower", std::span(&arg, 1)));
      lower.push_back(std::move(changed));
    }
    return kernel(lower, rows);
  };
}

Result<std::string> LowerCase(const std::string& text) {
  const arrow::Datum datum(std::make_shared<arrow::StringScalar>(text));
  ASSIGN_OR_RETURN(const arrow::Datum lower, CallArrow("utf8_lower", std::span(&datum, 1)));
  return lower.scalar_as<arrow::StringScalar>().value->ToString();
}

Result<ScalarKernel> MakeLike(LiteralArgs literals, bool ignore_case) {
  std::string escape = "\\";
  if (literals.size() == 3) {
    const std::optional<std::string> given = LiteralText(literals, 2);
    if (!given) {
      return Status(StatusCode::kInvalidArgument,
                    "the escape character of LIKE must be a literal text");
    }
    escape = *given;
  }
  ScalarKernel kernel;
  if (std::optional<std::string> pattern = LiteralText(literals, 1)) {
    if (ignore_case) {
      ASSIGN_OR_RETURN(pattern, LowerCase(*pattern));
    }
    ASSIGN_OR_RETURN(LikePattern compiled, LikePattern::Compile(*pattern, escape));
    kernel = LikeKernel(std::make_shared<const LikePattern>(std::move(compiled)));
  } else {
    kernel = LikeColumnsKernel(escape);
  }
  // The escape is known by now: only text and pattern go on.
  const auto first_two = [kernel](std::span<const arrow::Datum> args, int64_t rows) {
    return kernel(args.first(2), rows);
  };
  return ignore_case ? OfLowerCase(first_two) : ScalarKernel(first_two);
}

// A compiled regular expression and whether all matches are meant.
struct Regex {
  std::shared_ptr<const RE2> re2;
  bool global = false;
};

Result<Regex> CompileRegex(std::string_view pattern, std::string_view flags) {
  RE2::Options options;
  options.set_log_errors(false);
  Regex regex;
  for (const char flag : flags) {
    switch (flag) {
      case 'g':
        regex.global = true;
        break;
      case 'i':
        options.set_case_sensitive(false);
        break;
      case 'c':
        options.set_case_sensitive(true);
        break;
      case 's':
        options.set_dot_nl(true);
        break;
      default:
        return Status::Error(StatusCode::kInvalidArgument,
                             "there is no flag {} of regular expressions: g (all matches), i "
                             "(ignore case), c (do not), s (. matches line ends)",
                             std::string_view(&flag, 1));
    }
  }
  regex.re2 = std::make_shared<const RE2>(pattern, options);
  if (!regex.re2->ok()) {
    return Status::Error(StatusCode::kInvalidArgument, "not a regular expression: {}: {}",
                         regex.re2->error(), pattern);
  }
  return regex;
}

// Gives the expression of each row: the one that was compiled when the literals were seen, or the
// last one. Not for several threads at once.
class RegexCache {
 public:
  RegexCache(std::optional<Regex> fixed, std::string flags)
      : fixed_(fixed.has_value()), flags_(std::move(flags)), current_(std::move(fixed)) {}

  Result<const Regex*> Get(Text pattern) {
    if (!fixed_ && (!current_ || pattern != text_)) {
      ASSIGN_OR_RETURN(current_, CompileRegex(pattern, flags_));
      text_ = pattern;
    }
    return &*current_;
  }

 private:
  const bool fixed_;
  const std::string flags_;
  std::optional<Regex> current_;
  std::string text_;
};

// Where the flags are among the arguments must be a literal.
Result<RegexCache> MakeCache(LiteralArgs literals, size_t flags_at) {
  std::string flags;
  if (literals.size() > flags_at) {
    const std::optional<std::string> given = LiteralText(literals, flags_at);
    if (!given) {
      return Status(StatusCode::kInvalidArgument,
                    "the flags of a regular expression must be a literal text");
    }
    flags = *given;
  }
  std::optional<Regex> fixed;
  if (const std::optional<std::string> pattern = LiteralText(literals, 1)) {
    ASSIGN_OR_RETURN(fixed, CompileRegex(*pattern, flags));
  } else {
    RETURN_IF_ERROR(CompileRegex("", flags).status());
  }
  return RegexCache(std::move(fixed), std::move(flags));
}

Result<ScalarKernel> MakeMatches(LiteralArgs literals) {
  ASSIGN_OR_RETURN(const RegexCache made, MakeCache(literals, 2));
  return ScalarKernel([made](std::span<const arrow::Datum> args, int64_t rows) {
    RegexCache cache = made;
    const ScalarKernel kernel = RowKernel<bool, std::string, std::string>(
        arrow::boolean(), [&](Text text, Text pattern, auto& out) -> Status {
          ASSIGN_OR_RETURN(const Regex* regex, cache.Get(pattern));
          out.Set(RE2::PartialMatch(text, *regex->re2));
          return {};
        });
    return kernel(args.first(2), rows);
  });
}

Result<ScalarKernel> MakeExtract(LiteralArgs literals) {
  ASSIGN_OR_RETURN(const RegexCache made, MakeCache(literals, 3));
  const bool with_group = literals.size() > 2;
  return ScalarKernel([made, with_group](std::span<const arrow::Datum> args, int64_t rows) {
    RegexCache cache = made;
    const auto extract = [&](Text text, Text pattern, int64_t group, auto& out) -> Status {
      ASSIGN_OR_RETURN(const Regex* regex, cache.Get(pattern));
      const int groups = regex->re2->NumberOfCapturingGroups();
      if (group < 0 || group > groups) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "the regular expression {} has {} groups, but group {} is asked for",
                             pattern, groups, group);
      }
      std::vector<re2::StringPiece> found(static_cast<size_t>(group) + 1);
      if (regex->re2->Match(text, 0, text.size(), RE2::UNANCHORED, found.data(),
                            static_cast<int>(found.size()))) {
        out.Set(Text(found.back().data(), found.back().size()));
      }
      return {};
    };
    if (with_group) {
      return RowKernel<std::string, std::string, std::string, int64_t>(arrow::utf8(), extract)(
          args.first(3), rows);
    }
    return RowKernel<std::string, std::string, std::string>(
        arrow::utf8(), [&](Text text, Text pattern, auto& out) {
          return extract(text, pattern, 0, out);
        })(args, rows);
  });
}

Result<ScalarKernel> MakeReplace(LiteralArgs literals) {
  ASSIGN_OR_RETURN(const RegexCache made, MakeCache(literals, 3));
  return ScalarKernel([made](std::span<const arrow::Datum> args, int64_t rows) {
    RegexCache cache = made;
    std::string text, message;
    const ScalarKernel kernel = RowKernel<std::string, std::string, std::string, std::string>(
        arrow::utf8(), [&](Text original, Text pattern, Text to, auto& out) -> Status {
          ASSIGN_OR_RETURN(const Regex* regex, cache.Get(pattern));
          if (!regex->re2->CheckRewriteString(to, &message)) {
            return Status::Error(StatusCode::kInvalidArgument,
                                 "regexp_replace cannot put in {}: {}", to, message);
          }
          text = original;
          if (regex->global) {
            RE2::GlobalReplace(&text, *regex->re2, to);
          } else {
            RE2::Replace(&text, *regex->re2, to);
          }
          out.Set(text);
          return {};
        });
    return kernel(args.first(3), rows);
  });
}

}  // namespace

void AddPatternFunctions(FunctionRegistry& registry) {
  AddSimple(registry,
            {"like",
             "text like pattern",
             "Whether the whole text is as the pattern: % is any text, _ one character, a "
             "backslash takes the meaning of the one behind it.",
             {Takes::kText, Takes::kText, Takes::kText},
             2,
             arrow::boolean(),
             [](LiteralArgs literals) { return MakeLike(literals, false); }});
  AddSimple(registry, {"ilike",
                       "text ilike pattern",
                       "As like, but case does not matter.",
                       {Takes::kText, Takes::kText, Takes::kText},
                       2,
                       arrow::boolean(),
                       [](LiteralArgs literals) { return MakeLike(literals, true); }});
  AddSimple(registry, {"regexp_matches",
                       "regexp_matches(text, pattern [, flags])",
                       "Whether the regular expression (RE2's) fits somewhere in the text; flag i: "
                       "case does not matter.",
                       {Takes::kText, Takes::kText, Takes::kText},
                       2,
                       arrow::boolean(),
                       &MakeMatches});
  AddSimple(registry, {"regexp_extract",
                       "regexp_extract(text, pattern [, group [, flags]])",
                       "What the regular expression, or its group with that number, takes at its "
                       "first fit; empty when it does not fit.",
                       {Takes::kText, Takes::kText, Takes::kInteger, Takes::kText},
                       2,
                       arrow::utf8(),
                       &MakeExtract});
  AddSimple(registry,
            {"regexp_replace",
             "regexp_replace(text, pattern, replacement [, flags])",
             "The text with the first fit of the regular expression (flag g: all) replaced; \\1 in "
             "the replacement is what the first group takes.",
             {Takes::kText, Takes::kText, Takes::kText, Takes::kText},
             3,
             arrow::utf8(),
             &MakeReplace});
}

}  // namespace tusk::df
