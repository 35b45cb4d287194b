#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tusk::df {

/// Text as characters: code points of UTF-8. Bytes that are no UTF-8 count in some way, but are
/// never read past the end.

/// True for a byte that goes on with the character before it.
inline bool IsContinuation(char byte) { return (static_cast<uint8_t>(byte) & 0xc0) == 0x80; }

bool IsAscii(std::string_view text);
/// How many characters `text` has.
int64_t CharacterCount(std::string_view text);
/// The byte at which character `index` (from 0) begins; the size of the text when it has fewer.
size_t CharacterOffset(std::string_view text, int64_t index);
/// The bytes of the character at the byte `at`, which must be inside.
std::string_view CharacterAt(std::string_view text, size_t at);
/// The code point of a character as CharacterAt gives it.
uint32_t CodePoint(std::string_view character);
/// The UTF-8 of a code point, which must be one.
std::string EncodeCodePoint(uint32_t code);

}  // namespace tusk::df
