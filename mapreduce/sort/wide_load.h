#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TUSK_EXACT_LOADS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define TUSK_EXACT_LOADS 1
#endif
#endif

namespace tusk::mapreduce {

/// Whether `wide` bytes can be read at `data` although only `size` belong to the caller: always
/// when they are no more than that, otherwise when none of them is on another page, which might
/// not be there. What is read beyond `size` has no meaning and must not matter. Sanitizers see
/// exact reads only.
inline bool MayReadBeyond(const void* data, size_t size, size_t wide) {
  if (size >= wide) return true;
#if defined(TUSK_EXACT_LOADS)
  static_cast<void>(data);
  return false;
#else
  constexpr uintptr_t kPage = 4096;
  return size > 0 && (reinterpret_cast<uintptr_t>(data) & (kPage - 1)) <= kPage - wide;
#endif
}

}  // namespace tusk::mapreduce
