#include "dfs/namenode/namespace/inode_codec.h"
#include "dfs/namenode/namespace/mutation.h"
#include "dfs/namenode/namespace/name_table.h"
#include "tests/fuzz/fuzz_target.h"

// Values of the store and records of the journal: what decodes encodes again to something that
// decodes.
FUZZ_TARGET(NamespaceCodec) {
  using namespace dfs::namenode;
  NameTable names;
  const auto inode = DecodeInode(dfs::FileId(1), "name", bytes, names);
  if (inode.ok()) {
    const std::string again = EncodeInode(*inode, names);
    CHECK(DecodeInode(dfs::FileId(1), "name", AsBytes(again), names).ok());
  }
  const auto place = DecodePlace(bytes);
  if (place.ok()) CHECK(DecodePlace(AsBytes(EncodePlace(place->parent, place->name))).ok());
  static_cast<void>(DecodeCounters(bytes));
  static_cast<void>(DecodeIdentity(bytes));
  const auto mutation = DecodeMutation(bytes, names);
  if (!mutation.ok()) return;
  std::string again;
  EncodeMutation(*mutation, names, &again);
  CHECK(DecodeMutation(AsBytes(again), names).ok());
}
