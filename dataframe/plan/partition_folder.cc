#include "dataframe/plan/partition_folder.h"

#include <arrow/util/utf8.h>
#include <fmt/format.h>

namespace tusk::df {
namespace {

constexpr std::string_view kEncoded = "\"#%'*/:=?[\\]^{}";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Encode(std::string_view text, bool first_of_name) {
  arrow::util::InitializeUTF8();
  const bool utf8 = arrow::util::ValidateUTF8(text);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool hides = i == 0 && first_of_name && (c == '_' || c == '.');
    if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !utf8) || hides ||
        kEncoded.find(c) != std::string_view::npos) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string PartitionFolder(std::string_view column, const std::string_view* value) {
  std::string out = Encode(column, true);
  out += '=';
  if (value == nullptr) return out.append(kNullFolder);
  // The text that stands for null, as a text.
  return out + Encode(*value, *value == kNullFolder);
}

std::string DecodeFolderText(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace tusk::df
