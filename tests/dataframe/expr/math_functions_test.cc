#include <limits>
#include <string>

#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/expr/function_call.h"

namespace tusk::df {
namespace {

constexpr std::nullopt_t kNull = std::nullopt;

class MathFunctionsTest : public testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }
};

ArrayPtr Decimals(int precision, int scale, const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::decimal128(precision, scale), texts);
}

TEST_F(MathFunctionsTest, RoundsHalvesAwayFromZero) {
  const ArrayPtr x = Doubles({"2.5", "-2.5", kNull, "1234.5678", "nan", "inf"});
  ExpectFunction("round", {x}, Doubles({"3", "-3", kNull, "1235", "nan", "inf"}));
  ExpectFunction("round", {x, Literal(2)},
                 Doubles({"2.5", "-2.5", kNull, "1234.57", "nan", "inf"}));
  ExpectFunction("round", {x, Literal(-2)}, Doubles({"0", "-0", kNull, "1200", "nan", "inf"}));
  ExpectFunction("round", {x, Literal(400)},
                 Doubles({"2.5", "-2.5", kNull, "1234.5678", "nan", "inf"}));
  ExpectFunction("ceil", {x}, Doubles({"3", "-2", kNull, "1235", "nan", "inf"}));
  ExpectFunction("floor", {x}, Doubles({"2", "-3", kNull, "1234", "nan", "inf"}));
  ExpectFunction("trunc", {x}, Doubles({"2", "-2", kNull, "1234", "nan", "inf"}));
  ExpectFunction("trunc", {x, Literal(1)}, Doubles({"2.5", "-2.5", kNull, "1234.5", "nan", "inf"}));
}

TEST_F(MathFunctionsTest, RoundsDecimalsExactly) {
  const ArrayPtr x = Decimals(3, 2, {"9.99", "-2.35", kNull, "2.34", "0.05"});
  ExpectFunction("round", {x, Literal(1)}, Decimals(3, 1, {"10.0", "-2.4", kNull, "2.3", "0.1"}),
                 false);
  ExpectFunction("round", {x}, Decimals(2, 0, {"10", "-2", kNull, "2", "0"}));
  ExpectFunction("round", {x, Literal(-1)}, Decimals(2, 0, {"10", "0", kNull, "0", "0"}), false);
  ExpectFunction("round", {x, Literal(5)}, x, false);
  ExpectFunction("ceil", {x}, Decimals(2, 0, {"10", "-2", kNull, "3", "1"}));
  ExpectFunction("floor", {x}, Decimals(2, 0, {"9", "-3", kNull, "2", "0"}));
  ExpectFunction("trunc", {x, Literal(1)}, Decimals(3, 1, {"9.9", "-2.3", kNull, "2.3", "0.0"}),
                 false);
  EXPECT_NE(FunctionError("round", {x, Ints({"1", "1", "1", "1", "1"})}).find("literal number"),
            std::string::npos);
}

TEST_F(MathFunctionsTest, RoundsIntegers) {
  const ArrayPtr x = Ints({"15", "-15", kNull, "149"});
  ExpectFunction("round", {x}, x);
  ExpectFunction("round", {x, Literal(2)}, x);
  ExpectFunction("round", {x, Literal(-1)}, Ints({"20", "-20", kNull, "150"}));
  ExpectFunction("trunc", {x, Literal(-1)}, Ints({"10", "-10", kNull, "140"}));
  ExpectFunction("round", {x, Literal(-30)}, Ints({"0", "0", kNull, "0"}));
  EXPECT_NE(FunctionError("round", {Ints({"9223372036854775807"}), Literal(-1)}).find("overflow"),
            std::string::npos);
}

TEST_F(MathFunctionsTest, AbsAndSign) {
  ExpectFunction("abs", {Ints({"-3", "3", kNull})}, Ints({"3", "3", kNull}));
  ExpectFunction("abs", {Doubles({"-3.5", "-inf", kNull})}, Doubles({"3.5", "inf", kNull}));
  ExpectFunction("abs", {Decimals(4, 2, {"-3.25", kNull})}, Decimals(4, 2, {"3.25", kNull}));
  EXPECT_FALSE(FunctionError("abs", {Ints({"-9223372036854775808"})}).empty());
  ExpectFunction("sign", {Ints({"-3", "0", kNull, "7"})},
                 ColumnOfTexts(arrow::int32(), {"-1", "0", kNull, "1"}));
  ExpectFunction("sign", {Decimals(4, 2, {"-0.01", "0.01"})},
                 ColumnOfTexts(arrow::int32(), {"-1", "1"}));
  ExpectFunction("sign", {Doubles({"-0.5", "0", "nan"})}, Doubles({"-1", "0", "nan"}));
}

TEST_F(MathFunctionsTest, PowersAndLogarithmsFollowIeee) {
  ExpectFunction("sqrt", {Doubles({"4", "-1", kNull})}, Doubles({"2", "nan", kNull}));
  ExpectFunction("cbrt", {Doubles({"27"})}, Doubles({"3.0000000000000004"}));
  ExpectFunction("exp", {Doubles({"0", "1"})}, Doubles({"1", "2.718281828459045"}));
  ExpectFunction("ln", {Doubles({"1", "0", "-1"})}, Doubles({"0", "-inf", "nan"}));
  ExpectFunction("log10", {Ints({"100", kNull})}, Doubles({"2", kNull}));
  ExpectFunction("log", {Ints({"100"})}, Doubles({"2"}));
  ExpectFunction("log2", {Ints({"8"})}, Doubles({"3"}));
  ExpectFunction("power", {Ints({"2", kNull, "2"}), Doubles({"10", "1", "-1"})},
                 Doubles({"1024", kNull, "0.5"}));
}

TEST_F(MathFunctionsTest, Angles) {
  ExpectFunction("sin", {Doubles({"0", "1.5707963267948966"})}, Doubles({"0", "1"}));
  ExpectFunction("cos", {Doubles({"0", "3.141592653589793"})}, Doubles({"1", "-1"}));
  ExpectFunction("tan", {Doubles({"0"})}, Doubles({"0"}));
  ExpectFunction("asin", {Doubles({"1", "2"})}, Doubles({"1.5707963267948966", "nan"}));
  ExpectFunction("acos", {Doubles({"1", kNull})}, Doubles({"0", kNull}));
  ExpectFunction("atan", {Doubles({"1"})}, Doubles({"0.7853981633974483"}));
  ExpectFunction("atan2", {Doubles({"1", "-1"}), Doubles({"1", "0"})},
                 Doubles({"0.7853981633974483", "-1.5707963267948966"}));
  ExpectFunction("degrees", {Doubles({"3.141592653589793"})}, Doubles({"180"}));
  ExpectFunction("radians", {Doubles({"180"})}, Doubles({"3.141592653589793"}));
  ExpectFunction("pi", {}, Doubles({"3.141592653589793"}));
}

TEST_F(MathFunctionsTest, KindsOfNumbers) {
  const ArrayPtr x = Doubles({"1", "nan", "-inf", kNull});
  ExpectFunction("is_nan", {x}, Bools({"false", "true", "false", kNull}));
  ExpectFunction("is_finite", {x}, Bools({"true", "false", "false", kNull}));
  ExpectFunction("is_inf", {x}, Bools({"false", "false", "true", kNull}));
}

TEST_F(MathFunctionsTest, WrongUseIsExplained) {
  EXPECT_EQ(FunctionError("sqrt", {Texts({"4"})}),
            "sqrt takes a number as argument 1, not string: it is used as sqrt(x)");
  EXPECT_EQ(FunctionError("round", {Texts({"4"})}),
            "round takes a number as argument 1, not string: it is used as round(x [, digits])");
}

}  // namespace
}  // namespace tusk::df
