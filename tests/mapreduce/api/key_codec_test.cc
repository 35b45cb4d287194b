#include "mapreduce/api/key_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "common/base/random.h"
#include "mapreduce/api/value_codec.h"
#include "mapreduce/sort/record.h"
#include "tests/support/golden.h"

namespace tusk::mapreduce {
namespace {

struct Visit {
  std::string user;
  int32_t day = 0;
  static constexpr auto kFields = std::tuple(&Visit::user, &Visit::day);
  friend auto operator<=>(const Visit&, const Visit&) = default;
};

template <template <typename...> typename Codec, typename T>
std::string EncodeWith(const T& value) {
  std::vector<uint8_t> bytes(Codec<T>::Bound(value) + 16);
  uint8_t* const end = Codec<T>::Put(bytes.data(), value, true);
  EXPECT_LE(static_cast<size_t>(end - bytes.data()), Codec<T>::Bound(value));
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(end - bytes.data())};
}

template <typename T>
std::string Key(const T& value) {
  return EncodeWith<KeyCodec>(value);
}

template <typename T>
T RoundTrip(const T& value) {
  Decoded<T, KeyCodec> decoded;
  const std::string bytes = Key(value);
  EXPECT_TRUE(decoded.Decode(AsBytes(bytes)));
  return T(decoded.view());
}

/// Each pair of `values` compares as its encodings do, and each comes back.
template <typename T>
void ExpectOrdered(const std::vector<T>& values) {
  for (const T& a : values) {
    EXPECT_TRUE(RoundTrip(a) == a);
    for (const T& b : values) {
      const int order = CompareKeys(AsBytes(Key(a)), AsBytes(Key(b)));
      EXPECT_EQ(a < b, order < 0);
      EXPECT_EQ(a == b, order == 0);
    }
  }
}

std::string RandomText(Random& random) {
  std::string text(random.Below(6), ' ');
  for (char& c : text)
    c = "\x00\x01\xff"
        "ab"[random.Below(5)];
  return text;
}

TEST(KeyCodec, OrderOfBytesIsOrderOfValues) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  std::vector<int64_t> longs = {INT64_MIN, -1, 0, 1, INT64_MAX};
  std::vector<uint32_t> words = {0, 1, UINT32_MAX};
  std::vector<double> doubles = {-INFINITY, -1.5, -5e-324, 0, 5e-324, 1.5, INFINITY};
  std::vector<std::string> texts = {"", std::string(1, '\0'), "a", "ab"};
  std::vector<std::pair<std::string, int32_t>> pairs;
  std::vector<std::tuple<std::string, std::string>> tuples;
  std::vector<std::optional<std::string>> optionals = {std::nullopt, ""};
  std::vector<Visit> visits;
  std::vector<Descending<std::string>> descending;
  for (int i = 0; i < 40; ++i) {
    longs.push_back(static_cast<int64_t>(random.Next()) >> random.Below(64));
    words.push_back(static_cast<uint32_t>(random.Next() >> random.Below(64)));
    doubles.push_back((random.NextDouble() - 0.5) *
                      std::pow(10, static_cast<double>(random.Below(40))));
    texts.push_back(RandomText(random));
    pairs.emplace_back(RandomText(random), static_cast<int32_t>(random.Below(3)) - 1);
    tuples.emplace_back(RandomText(random), RandomText(random));
    optionals.emplace_back(RandomText(random));
    visits.push_back({RandomText(random), static_cast<int32_t>(random.Below(3)) - 1});
    descending.push_back({RandomText(random)});
  }
  ExpectOrdered(longs);
  ExpectOrdered(words);
  ExpectOrdered(doubles);
  ExpectOrdered(texts);
  ExpectOrdered(pairs);
  ExpectOrdered(tuples);
  ExpectOrdered(optionals);
  ExpectOrdered(visits);
  ExpectOrdered(descending);
  ExpectOrdered<bool>({false, true});
}

TEST(KeyCodec, NanIsLastAndZerosAreEqual) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_GT(Key(nan), Key(std::numeric_limits<double>::infinity()));
  EXPECT_EQ(Key(-nan), Key(nan));
  EXPECT_EQ(Key(-0.0), Key(0.0));
  EXPECT_TRUE(std::isnan(RoundTrip(nan)));
}

TEST(KeyCodec, BytesNeverChange) {
  EXPECT_EQ(Key<int32_t>(1), std::string("\x80\x00\x00\x01", 4));
  EXPECT_EQ(Key<uint16_t>(258), std::string("\x01\x02", 2));
  EXPECT_EQ(Key(1.0), std::string("\xbf\xf0\0\0\0\0\0\0", 8));
  EXPECT_EQ(Key(-1.0), std::string("\x40\x0f\xff\xff\xff\xff\xff\xff", 8));
  EXPECT_EQ(Key(std::string("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(Key(std::pair(std::string("a\0b", 3), true)), std::string("a\0\xff"
                                                                      "b\0\x01\x01",
                                                                      7));
  EXPECT_EQ(Key(std::optional<bool>()), std::string("\0", 1));
  EXPECT_EQ(Key(Descending<int32_t>{1}), std::string("\x7f\xff\xff\xfe", 4));
}

TEST(KeyCodec, GoldenBytes) {
  // The tables of docs/formats/key_encoding.md.
  const std::string page = ReadSourceFile("docs/formats/key_encoding.md");
  const std::string with_zero("a\0b", 3);
  const auto value = [](const auto& v) { return EncodeWith<ValueCodec>(v); };
  const std::pair<std::string, std::string> lines[] = {
      {"int32 1", Key<int32_t>(1)},
      {"int32 -1", Key<int32_t>(-1)},
      {"uint16 258", Key<uint16_t>(258)},
      {"double 1", Key(1.0)},
      {"double -1", Key(-1.0)},
      {"string \"ab\"", Key(std::string("ab"))},
      {"pair of string \"a\", bool true", Key(std::pair(std::string("a"), true))},
      {"pair of string \"a\\0b\", bool true", Key(std::pair(with_zero, true))},
      {"optional int32 1", Key(std::optional<int32_t>(1))},
      {"optional int32, nothing", Key(std::optional<int32_t>())},
      {"Descending int32 1", Key(Descending<int32_t>{1})},
      {"Descending string \"a\"", Key(Descending<std::string>{"a"})},
      {"int64 300 as a value", value(int64_t{300})},
      {"int64 -1 as a value", value(int64_t{-1})},
      {"string \"ab\" as a value", value(std::string("ab"))},
      {"pair of string \"ab\", int64 1 as a value",
       value(std::pair(std::string("ab"), int64_t{1}))},
      {"vector of int64 1, -1 as a value", value(std::vector<int64_t>{1, -1})},
      {"double 1 as a value", value(1.0)},
  };
  for (const auto& [name, bytes] : lines) {
    EXPECT_THAT(page, testing::HasSubstr("| " + name + " | `" + HexDump(AsBytes(bytes)) + "` |"));
  }
}

template <template <typename...> typename Codec, typename T>
void ExpectEveryPrefixIsSafe(const T& value) {
  const std::string whole = EncodeWith<Codec>(value);
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> prefix(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    Decoded<T, Codec> decoded;
    const bool complete = decoded.Decode(prefix);
    // A prefix may be another value's encoding, but never the same value's.
    if (complete) {
      EXPECT_FALSE(EncodeWith<Codec>(T(decoded.view())) == whole);
    }
  }
}

TEST(KeyCodec, EveryPrefixIsRefusedOrAnotherValue) {
  ExpectEveryPrefixIsSafe<KeyCodec>(
      std::tuple(std::string("a\0b", 3), int64_t{7}, std::optional<bool>(true)));
  ExpectEveryPrefixIsSafe<KeyCodec>(Descending<std::string>{"abc"});
  ExpectEveryPrefixIsSafe<ValueCodec>(std::tuple(std::string("abc"), int64_t{-700}, 2.5));
  ExpectEveryPrefixIsSafe<ValueCodec>(std::vector<std::string>{"a", "", "bcd"});
}

TEST(ValueCodec, RoundTrips) {
  using All = std::tuple<int64_t, uint8_t, double, std::string, std::optional<int32_t>,
                         std::vector<int64_t>, Visit>;
  const All value(-5, 200, 2.5, "text", std::nullopt, {1, -2, INT64_MIN}, {"u", 3});
  Decoded<All, ValueCodec> decoded;
  const std::string bytes = EncodeWith<ValueCodec>(value);
  ASSERT_TRUE(decoded.Decode(AsBytes(bytes)));
  EXPECT_EQ(decoded.view(), value);
}

TEST(ValueCodec, RefusesNumbersOutOfRange) {
  const std::string big = EncodeWith<ValueCodec>(int64_t{300});
  Decoded<int8_t, ValueCodec> decoded;
  EXPECT_FALSE(decoded.Decode(AsBytes(big)));
}

}  // namespace
}  // namespace tusk::mapreduce
