#include <gtest/gtest.h>

#include <array>

#include "common/base/random.h"
#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

// Random expressions over random batches, bound and run over whole columns, against an evaluator
// that does one row after the other and knows no Arrow.

namespace tusk::df {
namespace {

using Int128 = __int128;

enum class Kind { kInt, kDecimal, kBool, kText };

/// A value of a row.
struct Value {
  Kind kind = Kind::kInt;
  bool null = false;
  Int128 number = 0;  // of an integer, a bool, or a decimal times 10^scale
  int scale = 0;
  std::string text = {};
};

/// Thrown by the row evaluator where SQL raises an error.
struct RowError {};

Int128 Scaled(const Value& value, int scale) {
  Int128 out = value.number;
  for (int i = value.scale; i < scale; ++i) {
    if (__builtin_mul_overflow(out, Int128{10}, &out)) throw RowError();
  }
  return out;
}

int Order(const Value& a, const Value& b) {
  if (a.kind == Kind::kText) return a.text < b.text ? -1 : a.text > b.text;
  // From the whole part to the last digit, so that nothing has to fit a common scale.
  Value x = a, y = b;
  for (;;) {
    const Int128 x_power = Scaled({.number = 1}, x.scale), y_power = Scaled({.number = 1}, y.scale);
    const Int128 x_whole = x.number / x_power, y_whole = y.number / y_power;
    if (x_whole != y_whole) return x_whole < y_whole ? -1 : 1;
    if (x.scale == 0 && y.scale == 0) return 0;
    x.number %= x_power;
    y.number %= y_power;
    for (Value* rest : {&x, &y}) {
      // The next digit becomes the whole part.
      if (rest->scale > 0) --rest->scale;
    }
  }
}

Value Bool(bool value) { return {.kind = Kind::kBool, .number = value ? 1 : 0}; }
Value NullOf(Kind kind) { return {.kind = kind, .null = true}; }

Value FromScalar(const arrow::Scalar& scalar) {
  Value value;
  value.null = !scalar.is_valid;
  switch (scalar.type->id()) {
    case arrow::Type::INT64:
      value.number = static_cast<const arrow::Int64Scalar&>(scalar).value;
      break;
    case arrow::Type::BOOL:
      value = Bool(static_cast<const arrow::BooleanScalar&>(scalar).value);
      value.null = !scalar.is_valid;
      break;
    case arrow::Type::STRING:
      value.kind = Kind::kText;
      if (!value.null) value.text = static_cast<const arrow::StringScalar&>(scalar).view();
      break;
    case arrow::Type::DECIMAL128: {
      value.kind = Kind::kDecimal;
      const auto& decimal = static_cast<const arrow::Decimal128Scalar&>(scalar).value;
      value.number = (Int128{decimal.high_bits()} << 64) | decimal.low_bits();
      value.scale = static_cast<const arrow::Decimal128Type&>(*scalar.type).scale();
      break;
    }
    default:
      break;
  }
  return value;
}

class RowEvaluator {
 public:
  RowEvaluator(const arrow::RecordBatch& batch, int64_t row) : batch_(batch), row_(row) {}

  Value Run(const Expr& expr) const {
    if (expr.kind() == ExprKind::kLiteral) return FromScalar(*expr.value());
    if (expr.kind() == ExprKind::kColumn) {
      const auto column = batch_.GetColumnByName(expr.name());
      return FromScalar(*column->GetScalar(row_).ValueOrDie());
    }
    return Call(expr);
  }

 private:
  Value Call(const Expr& expr) const {
    const std::string& name = expr.name();
    if (name == "case") return Case(expr);
    if (name == "coalesce") {
      Value value;
      for (const ExprPtr& arg : expr.args()) {
        value = Run(*arg);
        if (!value.null) break;
      }
      return value;
    }
    std::vector<Value> args;
    for (const ExprPtr& arg : expr.args()) args.push_back(Run(*arg));
    if (name == "and" || name == "or") return Junction(name == "or", args);
    if (name == "is_null") return Bool(args[0].null);
    if (name == "in") return In(args);
    if (name == "is_distinct_from") {
      if (args[0].null || args[1].null) return Bool(args[0].null != args[1].null);
      return Bool(Order(args[0], args[1]) != 0);
    }
    if (name == "nullif") {
      if (!args[0].null && !args[1].null && Order(args[0], args[1]) == 0) args[0].null = true;
      return args[0];
    }
    if (name == "greatest" || name == "least") return Extreme(name == "greatest", args);
    return Strict(name, args);
  }

  Value Case(const Expr& expr) const {
    const std::vector<ExprPtr>& args = expr.args();
    for (size_t i = 0; i + 1 < args.size(); i += 2) {
      const Value condition = Run(*args[i]);
      if (!condition.null && condition.number != 0) return Run(*args[i + 1]);
    }
    return Run(*args.back());
  }

  static Value Junction(bool decides, const std::vector<Value>& args) {
    bool null = false;
    for (const Value& arg : args) {
      if (arg.null) {
        null = true;
      } else if ((arg.number != 0) == decides) {
        return Bool(decides);
      }
    }
    return null ? NullOf(Kind::kBool) : Bool(!decides);
  }

  static Value In(const std::vector<Value>& args) {
    bool null = args[0].null;
    for (size_t i = 1; i < args.size(); ++i) {
      if (args[0].null || args[i].null) {
        null = true;
      } else if (Order(args[0], args[i]) == 0) {
        return Bool(true);
      }
    }
    return null ? NullOf(Kind::kBool) : Bool(false);
  }

  static Value Extreme(bool greatest, const std::vector<Value>& args) {
    Value best = NullOf(args[0].kind);
    for (const Value& arg : args) {
      if (arg.null) continue;
      if (best.null || (greatest ? Order(arg, best) > 0 : Order(arg, best) < 0)) best = arg;
    }
    return best;
  }

  /// Functions of which a null makes null.
  static Value Strict(const std::string& name, const std::vector<Value>& args) {
    const bool compares = name == "=" || name == "<>" || name[0] == '<' || name[0] == '>';
    const bool logical = compares || name == "not";
    for (const Value& arg : args) {
      if (arg.null) {
        return NullOf(logical ? Kind::kBool : args[0].kind);
      }
    }
    if (name == "not") return Bool(args[0].number == 0);
    if (compares) {
      const int order = Order(args[0], args[1]);
      return Bool(name == "="    ? order == 0
                  : name == "<>" ? order != 0
                  : name == "<"  ? order < 0
                  : name == "<=" ? order <= 0
                  : name == ">"  ? order > 0
                                 : order >= 0);
    }
    if (name == "neg") {
      Value value = args[0];
      value.number = -value.number;
      return Fit(value);
    }
    return Arithmetic(name, args[0], args[1]);
  }

  static Value Arithmetic(const std::string& name, const Value& a, const Value& b) {
    const bool decimal = a.kind == Kind::kDecimal || b.kind == Kind::kDecimal;
    Value out{.kind = decimal ? Kind::kDecimal : Kind::kInt, .scale = std::max(a.scale, b.scale)};
    const Int128 x = Scaled(a, out.scale), y = Scaled(b, out.scale);
    if (name == "+") out.number = x + y;
    if (name == "-") out.number = x - y;
    if (name == "*") {
      out.scale = a.scale + b.scale;
      if (__builtin_mul_overflow(a.number, b.number, &out.number)) throw RowError();
    }
    if (name == "%" || name == "div") {
      if (y == 0) throw RowError();
      out.number = name == "%" ? x % y : x / y;
      if (name == "div") out.scale = 0;
    }
    return Fit(out);
  }

  static Value Fit(const Value& value) {
    Int128 limit = 1;
    for (int i = 0; i < 38; ++i) limit *= 10;
    const bool fits = value.kind == Kind::kInt ? value.number == static_cast<int64_t>(value.number)
                                               : value.number < limit && value.number > -limit;
    if (!fits) throw RowError();
    return value;
  }

  const arrow::RecordBatch& batch_;
  const int64_t row_;
};

/// Makes expressions and batches.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  uint64_t Pick(uint64_t count) { return random_.Below(count); }

  std::shared_ptr<arrow::RecordBatch> Batch() {
    const auto rows = static_cast<int64_t>(Pick(40));
    arrow::Int64Builder i, j;
    arrow::Decimal128Builder d(arrow::decimal128(9, 2)), e(arrow::decimal128(12, 4));
    arrow::BooleanBuilder b;
    arrow::StringBuilder s;
    for (int64_t row = 0; row < rows; ++row) {
      Append(i, Integer());
      Append(j, static_cast<int64_t>(Pick(7)) - 3);
      Append(d, arrow::Decimal128(static_cast<int64_t>(Pick(2000)) - 1000));
      Append(e, arrow::Decimal128(static_cast<int64_t>(Pick(90000)) - 30000));
      Append(b, Pick(2) == 0);
      Append(s, Word());
    }
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field("i", arrow::int64()), arrow::field("j", arrow::int64()),
                       arrow::field("d", d.type()), arrow::field("e", e.type()),
                       arrow::field("b", arrow::boolean()), arrow::field("s", arrow::utf8())}),
        rows, arrow::ArrayVector{Done(i), Done(j), Done(d), Done(e), Done(b), Done(s)});
  }

  ExprPtr Any(Kind kind, int depth) {
    // What all kinds have.
    if (depth > 0 && Pick(5) == 0) {
      switch (Pick(3)) {
        case 0:
          return Op("coalesce", {Any(kind, depth - 1), Any(kind, depth - 1)});
        case 1:
          return Op("case", {Condition(depth - 1), Any(kind, depth - 1), Condition(depth - 1),
                             Any(kind, depth - 1), Any(kind, depth - 1)});
        default:
          return Op("case", {Condition(depth - 1), Any(kind, depth - 1), Any(kind, depth - 1)});
      }
    }
    if (kind == Kind::kBool) return Condition(depth);
    if (kind == Kind::kText) return Pick(2) == 0 ? Col("s") : Text(Word());
    if (depth == 0 || Pick(4) == 0) return Leaf(kind);
    const Kind other = kind == Kind::kDecimal && Pick(3) == 0 ? Kind::kInt : kind;
    switch (Pick(8)) {
      case 0:
        return Op("neg", {Any(kind, depth - 1)});
      case 1:
        return Op("nullif", {Any(kind, depth - 1), Any(kind, depth - 1)});
      case 2:
        return Op(Pick(2) == 0 ? "greatest" : "least",
                  {Any(kind, depth - 1), Any(kind, depth - 1)});
      case 3:
        return Op(Pick(2) == 0 ? "%" : "div", {Any(kind, depth - 1), Any(kind, depth - 1)});
      default:
        constexpr std::array<const char*, 3> kOps = {"+", "-", "*"};
        return Op(kOps[Pick(3)], {Any(kind, depth - 1), Any(other, depth - 1)});
    }
  }

  Kind AnyKind() {
    constexpr std::array<Kind, 4> kKinds = {Kind::kInt, Kind::kDecimal, Kind::kBool, Kind::kText};
    return kKinds[Pick(4)];
  }

 private:
  template <typename Builder, typename T>
  void Append(Builder& builder, const T& value) {
    ASSERT_TRUE((Pick(6) == 0 ? builder.AppendNull() : builder.Append(value)).ok());
  }
  template <typename Builder>
  std::shared_ptr<arrow::Array> Done(Builder& builder) {
    return builder.Finish().ValueOrDie();
  }

  int64_t Integer() {
    if (Pick(12) == 0) return Pick(2) == 0 ? INT64_MAX : INT64_MIN + 1;
    return static_cast<int64_t>(Pick(40)) - 20;
  }
  std::string_view Word() {
    constexpr std::array<std::string_view, 6> kWords = {"", "a", "ab", "b", "a longer text", "ß"};
    return kWords[Pick(6)];
  }

  ExprPtr Leaf(Kind kind) {
    if (kind == Kind::kInt) {
      const uint64_t pick = Pick(5);
      return pick == 0 ? Int(Integer()) : pick == 1 ? Expr::Null() : Col(pick == 2 ? "i" : "j");
    }
    const uint64_t pick = Pick(4);
    if (pick == 0) return Lit("decimal(4,2)", fmt::format("{}.{:02}", Pick(99), Pick(100)));
    return Col(pick == 1 ? "e" : "d");
  }

  ExprPtr Condition(int depth) {
    if (depth == 0) return Pick(4) == 0 ? Expr::Of(Pick(2) == 0) : Col("b");
    switch (Pick(7)) {
      case 0:
        return Op(Pick(2) == 0 ? "and" : "or", {Condition(depth - 1), Condition(depth - 1)});
      case 1:
        return Op("not", {Condition(depth - 1)});
      case 2:
        return Op("is_null", {Any(AnyKind(), depth - 1)});
      case 3: {
        const Kind kind = AnyKind();
        std::vector<ExprPtr> args = {Any(kind, depth - 1)};
        for (uint64_t i = Pick(12) + 1; i > 0; --i) {
          args.push_back(Pick(20) == 0 ? Expr::Null() : Any(kind, Pick(6) == 0 ? depth - 1 : 0));
        }
        return Op("in", std::move(args));
      }
      default:
        constexpr std::array<const char*, 7> kOps = {
            "=", "<>", "<", "<=", ">", ">=", "is_distinct_from"};
        const Kind kind = AnyKind();
        const Kind other = kind == Kind::kDecimal && Pick(3) == 0 ? Kind::kInt : kind;
        return Op(kOps[Pick(7)], {Any(kind, depth - 1), Any(other, depth - 1)});
    }
  }

  Random random_;
};

bool Same(const Value& a, const Value& b) {
  if (a.null || b.null) return a.null == b.null;
  return Order(a, b) == 0;
}

/// The values of all rows, or nothing where a row has an error.
std::optional<std::vector<Value>> RunRows(const Expr& expr, const arrow::RecordBatch& batch) {
  std::vector<Value> values;
  try {
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      values.push_back(RowEvaluator(batch, row).Run(expr));
    }
  } catch (const RowError&) {
    return std::nullopt;
  }
  return values;
}

/// What the trials came to, to see that they try something.
struct Tally {
  int values = 0;
  int errors = 0;
  int skipped = 0;
};

void RunTrial(uint64_t seed, Tally& tally) {
  Generator generator(seed);
  const auto batch = generator.Batch();
  const ExprPtr expr = generator.Any(generator.AnyKind(), static_cast<int>(generator.Pick(5)));
  const Result<BoundExprPtr> bound = Bind(expr, *batch->schema());
  Result<std::shared_ptr<arrow::Array>> column =
      bound.ok() ? (*bound)->EvaluateArray(*batch) : bound.status();
  // Decimals have 38 digits: some expressions have no type, and some values none in their column.
  const std::string_view message = column.status().message();
  if (message.find("digits behind the point") != std::string_view::npos ||
      message.find("cannot cast") != std::string_view::npos) {
    ++tally.skipped;
    return;
  }
  ASSERT_TRUE(bound.ok()) << bound.status().ToString();
  // What is constant is computed once for all rows, even where there are none.
  if (!column.ok() && batch->num_rows() == 0) {
    ++tally.skipped;
    return;
  }
  const std::optional<std::vector<Value>> expected = RunRows(*expr, *batch);
  ASSERT_EQ(column.ok(), expected.has_value()) << ExprText(*expr) << "\n"
                                               << column.status().ToString();
  if (!column.ok()) {
    ++tally.errors;
    return;
  }
  ++tally.values;
  ASSERT_TRUE((*column)->ValidateFull().ok());
  ASSERT_EQ((*column)->length(), batch->num_rows());
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    const auto scalar = (*column)->GetScalar(row).ValueOrDie();
    ASSERT_TRUE(Same(FromScalar(*scalar), (*expected)[static_cast<size_t>(row)]))
        << ExprText(*expr) << " is " << ScalarText(scalar) << " in row " << row << " of\n"
        << batch->ToString();
  }
}

TEST(ExprProperty, ColumnsHaveTheValuesThatRowsHave) {
  const uint64_t first = RandomSeed();
  Tally tally;
  for (uint64_t seed = first; seed < first + 3000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RunTrial(seed, tally);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(tally.values, 1500);
  EXPECT_GT(tally.errors, 50);
  EXPECT_LT(tally.skipped, 600);
}

}  // namespace
}  // namespace tusk::df
