#include "mapreduce/sort/arena.h"

#include <sys/mman.h>

namespace tusk::mapreduce {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

Arena::~Arena() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Status Arena::Reserve(size_t bytes) {
  const size_t wanted = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  if (wanted <= size_) {
    if (wanted < size_) ::munmap(data_ + wanted, size_ - wanted);
    size_ = wanted;
    if (wanted == 0) data_ = nullptr;
    return Status::Ok();
  }
  if (data_ != nullptr) ::munmap(data_, size_);
  data_ = nullptr;
  size_ = 0;
  void* const region = ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) {
    return Status::Error(StatusCode::kResourceExhausted, "no memory for a buffer of {} bytes",
                         wanted);
  }
  // Without huge pages everything works, only slower: the answer does not matter.
  ::madvise(region, wanted, MADV_HUGEPAGE);
  data_ = static_cast<uint8_t*>(region);
  size_ = wanted;
  return Status::Ok();
}

}  // namespace tusk::mapreduce
