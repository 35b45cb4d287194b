#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

uint64_t Inode::Length() const {
  uint64_t length = 0;
  for (const Block& block : blocks) length += block.length;
  return length;
}

size_t Inode::MemoryBytes() const {
  size_t bytes = sizeof(Inode) + 32 + blocks.capacity() * sizeof(Block);
  if (name.size() > 15) bytes += name.capacity();
  if (writer) bytes += sizeof(Writer) + writer->client_name.size() + writer->client_address.size();
  return bytes;
}

}  // namespace tusk::dfs::namenode
