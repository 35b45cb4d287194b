#pragma once

#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dfs/namenode/namespace/inode.h"
#include "dfs/namenode/namespace/mutation.h"
#include "dfs/namenode/namespace/name_table.h"
#include "dfs/namenode/namespace/namespace_store.h"

namespace tusk::dfs::proto {
class InodeProto;
}

namespace tusk::dfs::namenode {

// Values of the store and records of the journal, bytes in and values out
// (docs/formats/namespace_store.md, docs/formats/journal.md). Decoders answer kCorruption to
// anything that is not a legal value; they never allocate more than the bytes can hold.

/// The value of an inode; parent and name are the key and not in it.
std::string EncodeInode(const Inode& inode, const NameTable& names);
Result<Inode> DecodeInode(FileId parent, std::string_view name, ByteView bytes, NameTable& names);

/// Where an inode is.
std::string EncodePlace(FileId parent, std::string_view name);
/// The parent and the name by which an inode is found.
struct Place {
  FileId parent;
  std::string name;
};
Result<Place> DecodePlace(ByteView bytes);

std::string EncodeCounters(const NamespaceCounters& counters);
Result<NamespaceCounters> DecodeCounters(ByteView bytes);

std::string EncodeIdentity(const NamespaceIdentity& identity);
/// kVersionMismatch when a newer version wrote it.
Result<NamespaceIdentity> DecodeIdentity(ByteView bytes);

/// The record of a mutation, in place of what `out` held.
void EncodeMutation(const Mutation& mutation, const NameTable& names, std::string* out);
Result<Mutation> DecodeMutation(ByteView bytes, NameTable& names);

/// Between values and messages, for the other codecs here.
void FillInode(const Inode& inode, const NameTable& names, proto::InodeProto* message);
Result<Inode> InodeFrom(FileId parent, std::string_view name, const proto::InodeProto& message,
                        NameTable& names);

}  // namespace tusk::dfs::namenode
