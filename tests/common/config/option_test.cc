#include "common/config/option.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

using namespace std::chrono_literals;

template <typename T>
Result<T> Parse(std::string_view text, std::string_view unit = "") {
  T value{};
  Status status = ParseOptionValue(text, unit, value);
  if (!status.ok()) return status;
  return value;
}

TEST(OptionValue, Booleans) {
  EXPECT_TRUE(Parse<bool>(" TRUE ").value());
  EXPECT_FALSE(Parse<bool>("false").value());
  for (const char* text : {"", "1", "yes", "truee"}) {
    EXPECT_THAT(Parse<bool>(text), StatusIs(StatusCode::kInvalidArgument, "not true or false"));
  }
}

TEST(OptionValue, Numbers) {
  EXPECT_EQ(Parse<int64_t>("-12").value(), -12);
  EXPECT_EQ(Parse<int64_t>("0x10").value(), 16);
  EXPECT_EQ(Parse<int64_t>("-9223372036854775808").value(), INT64_MIN);
  EXPECT_EQ(Parse<int64_t>("9223372036854775807").value(), INT64_MAX);
  for (const char* text : {"", "-", "1.5", "1k", "9223372036854775808", "--1", "0x", "- 1"}) {
    EXPECT_THAT(Parse<int64_t>(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_DOUBLE_EQ(Parse<double>("0.25").value(), 0.25);
  EXPECT_DOUBLE_EQ(Parse<double>("1e-3").value(), 0.001);
  for (const char* text : {"", "x", "nan", "inf", "1e999"})
    EXPECT_FALSE(Parse<double>(text).ok()) << text;
}

TEST(OptionValue, Sizes) {
  EXPECT_EQ(Parse<ByteSize>("134217728").value().bytes, 134'217'728u);
  EXPECT_EQ(Parse<ByteSize>("128m").value().bytes, 134'217'728u);
  EXPECT_EQ(Parse<ByteSize>(" 4 KB ").value().bytes, 4096u);
  EXPECT_EQ(Parse<ByteSize>("7e").value().bytes, 7ull << 60);
  EXPECT_EQ(Parse<ByteSize>("1b").value().bytes, 1u);
  for (const char* text : {"", "m", "-1", "8e", "1.5g", "1x", "1mm", "99999999999999999999"}) {
    EXPECT_THAT(Parse<ByteSize>(text), StatusIs(StatusCode::kInvalidArgument, "not a size"))
        << text;
  }
}

TEST(OptionValue, Durations) {
  EXPECT_EQ(Parse<std::chrono::nanoseconds>("10s", "ms").value(), 10s);
  EXPECT_EQ(Parse<std::chrono::nanoseconds>("3", "s").value(), 3s);
  EXPECT_EQ(Parse<std::chrono::nanoseconds>("300000", "ms").value(), 300s);
  EXPECT_EQ(Parse<std::chrono::nanoseconds>("2d", "s").value(), 48h);
  EXPECT_EQ(Parse<std::chrono::nanoseconds>("-1", "s").value(), -1s);
  for (const char* text : {"", "s", "1w", "1.5s", "9999999999d"}) {
    EXPECT_THAT(Parse<std::chrono::nanoseconds>(text, "s"),
                StatusIs(StatusCode::kInvalidArgument, "duration"))
        << text;
  }
}

TEST(OptionValue, Lists) {
  EXPECT_EQ(Parse<std::vector<std::string>>(" a, b ,,c").value(),
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(Parse<std::vector<std::string>>("").value().empty());
}

TEST(Option, BoundsAreToldInTheOptionsUnits) {
  constexpr Option<int64_t> kCopies{{.name = "x", .default_text = "3", .min = 1, .max = 512}};
  EXPECT_EQ(kCopies.Parse("512").value(), 512);
  EXPECT_THAT(kCopies.Parse("0"),
              StatusIs(StatusCode::kInvalidArgument, "0 is less than the smallest value 1"));
  EXPECT_THAT(kCopies.Parse("513"), StatusIs(StatusCode::kInvalidArgument, "largest value 512"));
  constexpr Option<std::chrono::nanoseconds> kWait{
      {.name = "y", .default_text = "3", .unit = "s", .min = 1'000'000'000}};
  EXPECT_THAT(kWait.Parse("10ms"), StatusIs(StatusCode::kInvalidArgument, "smallest value 1s"));
  EXPECT_EQ(kWait.type_name(), "duration");
}

}  // namespace
}  // namespace tusk
