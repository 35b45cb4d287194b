#include "dataframe/sink/table_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/memory.h>

#include "dataframe/sink/cell_text.h"
#include "dataframe/type/type_text.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

Result<std::string> Written(const TableWriterOptions& options, const std::string& schema_text,
                            const std::vector<std::vector<const char*>>& columns) {
  const auto schema = ParseSchema(schema_text).value();
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (size_t i = 0; i < columns.size(); ++i) {
    arrays.push_back(ColumnOf(schema->field(static_cast<int>(i))->type(), columns[i]));
  }
  const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  ASSIGN_OR_RETURN(const auto writer, TableWriter::Open(options, schema, out));
  RETURN_IF_ERROR(writer->Write(*arrow::RecordBatch::Make(schema, arrays[0]->length(), arrays)));
  ASSIGN_OR_RETURN(const WrittenTable written, writer->Close());
  EXPECT_EQ(written.rows, arrays[0]->length());
  const std::string bytes = out->Finish().ValueOrDie()->ToString();
  EXPECT_EQ(written.bytes, bytes.size());
  return bytes;
}

TEST(TableWriterTest, CsvQuotesWhatNeedsIt) {
  TableWriterOptions options{.format = TableFormat::kCsv};
  EXPECT_EQ(
      *Written(options, "\"a,b\" string, n int64",
               {{"x", "", nullptr, "say \"hi\"", "a,b", "two\nlines", " s "},
                {"1", nullptr, "3", "4", "5", "6", "7"}}),
      "\"a,b\",n\nx,1\n\"\",\n,3\n\"say \"\"hi\"\"\",4\n\"a,b\",5\n\"two\nlines\",6\n s ,7\n");
}

TEST(TableWriterTest, CsvNullTokensAndHeader) {
  TableWriterOptions options{.format = TableFormat::kCsv};
  options.csv.header = false;
  options.csv.delimiter = ';';
  options.csv.null_tokens = {"NA", "-"};
  EXPECT_EQ(*Written(options, "s string", {{"NA", nullptr, "-", "x;y", "x,y"}}),
            "\"NA\"\nNA\n\"-\"\n\"x;y\"\nx,y\n");
}

TEST(TableWriterTest, PlainTextOfAllTypes) {
  TableWriterOptions options{.format = TableFormat::kCsv};
  options.csv.header = false;
  EXPECT_EQ(
      *Written(options,
               "f double, g float, d decimal(10,2), t date, ts timestamp, tz timestamptz, b bool, "
               "u uint64",
               {{"1", "0.1", "1e300", "nan", "-inf"},
                {"0.1", "16777216", "-0", "3", nullptr},
                {"1.50", "-0.05", "0", "12345678.90", nullptr},
                {"2024-02-29", "0001-01-01", "1969-12-31", "9999-12-31", nullptr},
                {"2024-02-29 01:02:03", "2024-02-29 01:02:03.5", "1969-12-31 23:59:59.000001",
                 "2000-01-01", nullptr},
                {"2024-02-29 01:02:03Z", "2024-02-29 01:02:03.25Z", nullptr, nullptr, nullptr},
                {"true", "false", nullptr, "true", "true"},
                {"18446744073709551615", "0", "1", "2", "3"}}),
      "1.0,0.1,1.50,2024-02-29,2024-02-29 01:02:03,2024-02-29 01:02:03Z,true,18446744073709551615\n"
      "0.1,16777216.0,-0.05,0001-01-01,2024-02-29 01:02:03.5,2024-02-29 01:02:03.25Z,false,0\n"
      "1e+300,-0.0,0.00,1969-12-31,1969-12-31 23:59:59.000001,,,1\n"
      "nan,3.0,12345678.90,9999-12-31,2000-01-01 00:00:00,,true,2\n"
      "-inf,,,,,,true,3\n");
}

TEST(TableWriterTest, JsonLines) {
  TableWriterOptions options{.format = TableFormat::kJson};
  EXPECT_EQ(
      *Written(
          options, "\"k\"\"\" string, f double, d date, p decimal(4,1)",
          {{"a\"\\\n\t\x01 ü", nullptr}, {"nan", "2"}, {"2024-01-01", nullptr}, {"1.5", nullptr}}),
      "{\"k\\\"\":\"a\\\"\\\\\\n\\t\\u0001 ü\",\"f\":null,\"d\":\"2024-01-01\",\"p\":1.5}\n"
      "{\"k\\\"\":null,\"f\":2.0,\"d\":null,\"p\":null}\n");
}

TEST(TableWriterTest, TextIsOneStringColumn) {
  TableWriterOptions options{.format = TableFormat::kText};
  EXPECT_EQ(*Written(options, "s string", {{"a", nullptr, "b,\""}}), "a\n\nb,\"\n");
  EXPECT_THAT(Written(options, "n int64", {{"1"}}),
              StatusIs(StatusCode::kUnsupported, "one string column"));
}

TEST(TableWriterTest, BatchesMayBeNotNullWhereTheTableIs) {
  for (const TableFormat format : {TableFormat::kIpc, TableFormat::kParquet}) {
    const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
    auto writer =
        TableWriter::Open({.format = format}, ParseSchema("n int64").value(), out).value();
    const auto strict = ParseSchema("n int64 not null").value();
    const auto column = ColumnOf(arrow::int64(), {"1", "2"});
    EXPECT_OK(writer->Write(*arrow::RecordBatch::Make(strict, 2, {column})));
    EXPECT_EQ(writer->Close().value().rows, 2);
  }
}

TEST(TableWriterTest, WhatAFormatCannotHoldIsSaid) {
  EXPECT_THAT(
      Written({.format = TableFormat::kCsv}, "l list(int64)", {{nullptr}}),
      StatusIs(StatusCode::kUnsupported, "CSV has no text for column l of type list(int64)"));
  EXPECT_THAT(Written({.format = TableFormat::kJson}, "b binary", {{"x"}}),
              StatusIs(StatusCode::kUnsupported, "JSON has no text for column b"));
  EXPECT_THAT(Written({.format = TableFormat::kParquet}, "i interval", {{nullptr}}),
              StatusIs(StatusCode::kUnsupported, "Parquet cannot hold column i"));
  EXPECT_THAT(Written({.format = TableFormat::kRange}, "n int64", {{"1"}}),
              StatusIs(StatusCode::kUnsupported));
}

TEST(TableWriterTest, CompressionsThatThereAreNot) {
  EXPECT_THAT(Written({.compression = "rar"}, "n int64", {{"1"}}),
              StatusIs(StatusCode::kInvalidArgument, "rar"));
  EXPECT_THAT(Written({.format = TableFormat::kIpc, .compression = "gzip"}, "n int64", {{"1"}}),
              StatusIs(StatusCode::kInvalidArgument, "only by lz4 and zstd"));
  EXPECT_THAT(Written({.format = TableFormat::kCsv, .compression = "snappy"}, "n int64", {{"1"}}),
              StatusIs(StatusCode::kInvalidArgument, "only by gzip, zstd and lz4"));
}

TEST(TableWriterTest, NamesOfFiles) {
  EXPECT_EQ(FileEnding(TableFormat::kParquet, "zstd"), ".parquet");
  EXPECT_EQ(FileEnding(TableFormat::kCsv, "gzip"), ".csv.gz");
  EXPECT_EQ(FileEnding(TableFormat::kJson, ""), ".jsonl");
}

}  // namespace
}  // namespace tusk::df
