#include "dfs/namenode/namespace/inode_codec.h"

#include <google/protobuf/arena.h>

#include "common/base/status_macros.h"
#include "dfs/proto/journal.pb.h"
#include "dfs/proto/namespace.pb.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint32_t kFormatVersion = 1;
constexpr uint32_t kMaxPermission = 01777;

/// An arena whose first block is on the stack: encoding a usual record allocates nothing else.
class StackArena {
 public:
  StackArena() : arena_(Options(buffer_, sizeof buffer_)) {}
  template <class T>
  T* Make() {
    return google::protobuf::Arena::CreateMessage<T>(&arena_);
  }

 private:
  static google::protobuf::ArenaOptions Options(char* buffer, size_t size) {
    google::protobuf::ArenaOptions options;
    options.initial_block = buffer;
    options.initial_block_size = size;
    return options;
  }

  alignas(16) char buffer_[2048];
  google::protobuf::Arena arena_;
};

Status Bad(std::string_view what) { return Status(StatusCode::kCorruption, std::string(what)); }

template <class T>
bool Parse(T& message, ByteView bytes) {
  return bytes.size() <= INT32_MAX &&
         message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
         message.IsInitialized();
}

void FillBlock(const Block& block, proto::InodeBlockProto* message) {
  message->set_id(block.id.value());
  message->set_generation_stamp(block.generation_stamp.value());
  message->set_length(block.length);
}

Block BlockFrom(const proto::InodeBlockProto& message) {
  return Block{BlockId(message.id()), GenerationStamp(message.generation_stamp()),
               message.length()};
}

void FillChange(const PutInode& put, const NameTable& names, proto::ChangeProto* out) {
  auto* message = out->mutable_put_inode();
  message->set_parent(put.inode.parent.value());
  message->set_name(put.inode.name);
  FillInode(put.inode, names, message->mutable_inode());
}
void FillChange(const RemoveInode& remove, const NameTable&, proto::ChangeProto* out) {
  out->mutable_remove_inode()->set_id(remove.id.value());
}
void FillChange(const MoveInode& move, const NameTable&, proto::ChangeProto* out) {
  auto* message = out->mutable_move_inode();
  message->set_id(move.id.value());
  message->set_parent(move.parent.value());
  message->set_name(move.name);
}
void FillChange(const SetAttributes& set, const NameTable& names, proto::ChangeProto* out) {
  auto* message = out->mutable_set_attributes();
  message->set_id(set.id.value());
  if (set.permission) message->set_permission(*set.permission);
  if (set.owner) message->set_owner(names.Name(*set.owner));
  if (set.group) message->set_group(names.Name(*set.group));
  if (set.modification_ms) message->set_modification_ms(*set.modification_ms);
  if (set.access_ms) message->set_access_ms(*set.access_ms);
  if (set.replication) message->set_replication(*set.replication);
}
void FillChange(const SetBlocks& set, const NameTable&, proto::ChangeProto* out) {
  auto* message = out->mutable_set_blocks();
  message->set_id(set.id.value());
  message->set_keep(set.keep);
  for (const Block& block : set.tail) FillBlock(block, message->add_tail());
}
void FillChange(const SetWriter& set, const NameTable&, proto::ChangeProto* out) {
  auto* message = out->mutable_set_writer();
  message->set_id(set.id.value());
  message->set_client_name(set.client_name);
  message->set_client_address(set.client_address);
}
void FillChange(const ClearWriter& clear, const NameTable&, proto::ChangeProto* out) {
  out->mutable_clear_writer()->set_id(clear.id.value());
}
void FillChange(const UseGenerationStamp& use, const NameTable&, proto::ChangeProto* out) {
  out->set_use_generation_stamp(use.stamp.value());
}

Result<SetAttributes> AttributesFrom(const proto::SetAttributesProto& message, NameTable& names) {
  SetAttributes set;
  set.id = FileId(message.id());
  if (message.has_permission()) {
    if (message.permission() > kMaxPermission) return Bad("journal record: permission bits");
    set.permission = static_cast<uint16_t>(message.permission());
  }
  if (message.has_owner()) set.owner = names.Intern(message.owner());
  if (message.has_group()) set.group = names.Intern(message.group());
  if (message.has_modification_ms()) set.modification_ms = message.modification_ms();
  if (message.has_access_ms()) set.access_ms = message.access_ms();
  if (message.has_replication()) {
    if (message.replication() > UINT16_MAX) return Bad("journal record: replication");
    set.replication = static_cast<uint16_t>(message.replication());
  }
  return set;
}

Result<Change> ChangeFrom(const proto::ChangeProto& message, NameTable& names) {
  switch (message.change_case()) {
    case proto::ChangeProto::kPutInode: {
      const auto& put = message.put_inode();
      ASSIGN_OR_RETURN(Inode inode,
                       InodeFrom(FileId(put.parent()), put.name(), put.inode(), names));
      return Change(PutInode{std::move(inode)});
    }
    case proto::ChangeProto::kRemoveInode:
      return Change(RemoveInode{FileId(message.remove_inode().id())});
    case proto::ChangeProto::kMoveInode: {
      const auto& move = message.move_inode();
      return Change(MoveInode{FileId(move.id()), FileId(move.parent()), move.name()});
    }
    case proto::ChangeProto::kSetAttributes: {
      ASSIGN_OR_RETURN(SetAttributes set, AttributesFrom(message.set_attributes(), names));
      return Change(std::move(set));
    }
    case proto::ChangeProto::kSetBlocks: {
      SetBlocks set;
      set.id = FileId(message.set_blocks().id());
      set.keep = message.set_blocks().keep();
      for (const auto& block : message.set_blocks().tail()) set.tail.push_back(BlockFrom(block));
      return Change(std::move(set));
    }
    case proto::ChangeProto::kSetWriter: {
      const auto& set = message.set_writer();
      return Change(SetWriter{FileId(set.id()), set.client_name(), set.client_address()});
    }
    case proto::ChangeProto::kClearWriter:
      return Change(ClearWriter{FileId(message.clear_writer().id())});
    case proto::ChangeProto::kUseGenerationStamp:
      return Change(UseGenerationStamp{GenerationStamp(message.use_generation_stamp())});
    case proto::ChangeProto::CHANGE_NOT_SET:
      break;
  }
  return Bad("journal record: a change of a kind that this version does not know");
}

}  // namespace

void FillInode(const Inode& inode, const NameTable& names, proto::InodeProto* message) {
  message->set_id(inode.id.value());
  message->set_type(static_cast<uint32_t>(inode.type));
  message->set_permission(inode.permission);
  message->set_owner(names.Name(inode.owner));
  message->set_group(names.Name(inode.group));
  message->set_modification_ms(inode.modification_ms);
  if (inode.access_ms != 0) message->set_access_ms(inode.access_ms);
  if (inode.IsDirectory()) {
    message->set_children(inode.children);
    return;
  }
  message->set_replication(inode.replication);
  message->set_block_size(inode.block_size);
  for (const Block& block : inode.blocks) FillBlock(block, message->add_blocks());
  if (inode.writer) {
    message->set_writer_name(inode.writer->client_name);
    message->set_writer_address(inode.writer->client_address);
  }
}

Result<Inode> InodeFrom(FileId parent, std::string_view name, const proto::InodeProto& message,
                        NameTable& names) {
  if (message.type() < 1 || message.type() > 3) return Bad("inode: type");
  if (message.permission() > kMaxPermission) return Bad("inode: permission bits");
  if (message.replication() > UINT16_MAX) return Bad("inode: replication");
  Inode inode;
  inode.id = FileId(message.id());
  inode.parent = parent;
  inode.name = name;
  inode.type = static_cast<FileType>(message.type());
  inode.permission = static_cast<uint16_t>(message.permission());
  inode.owner = names.Intern(message.owner());
  inode.group = names.Intern(message.group());
  inode.modification_ms = message.modification_ms();
  inode.access_ms = message.access_ms();
  inode.children = message.children();
  inode.replication = static_cast<uint16_t>(message.replication());
  inode.block_size = message.block_size();
  inode.blocks.reserve(message.blocks_size());
  for (const auto& block : message.blocks()) inode.blocks.push_back(BlockFrom(block));
  if (message.has_writer_name()) {
    inode.writer =
        std::make_shared<const Writer>(Writer{message.writer_name(), message.writer_address()});
  }
  return inode;
}

std::string EncodeInode(const Inode& inode, const NameTable& names) {
  StackArena arena;
  auto* message = arena.Make<proto::InodeProto>();
  FillInode(inode, names, message);
  return message->SerializeAsString();
}

Result<Inode> DecodeInode(FileId parent, std::string_view name, ByteView bytes, NameTable& names) {
  StackArena arena;
  auto* message = arena.Make<proto::InodeProto>();
  if (!Parse(*message, bytes)) return Bad("inode: not a legal value");
  return InodeFrom(parent, name, *message, names);
}

std::string EncodePlace(FileId parent, std::string_view name) {
  proto::InodePlaceProto message;
  message.set_parent(parent.value());
  message.set_name(name.data(), name.size());
  return message.SerializeAsString();
}

Result<Place> DecodePlace(ByteView bytes) {
  proto::InodePlaceProto message;
  if (!Parse(message, bytes)) return Bad("inode place: not a legal value");
  return Place{FileId(message.parent()), message.name()};
}

std::string EncodeCounters(const NamespaceCounters& counters) {
  proto::NamespaceCountersProto message;
  message.set_applied_txid(counters.applied_txid);
  message.set_last_file_id(counters.last_file_id.value());
  message.set_last_block_id(counters.last_block_id.value());
  message.set_last_generation_stamp(counters.last_generation_stamp.value());
  return message.SerializeAsString();
}

Result<NamespaceCounters> DecodeCounters(ByteView bytes) {
  proto::NamespaceCountersProto message;
  if (!Parse(message, bytes)) return Bad("namespace counters: not a legal value");
  return NamespaceCounters{message.applied_txid(), FileId(message.last_file_id()),
                           BlockId(message.last_block_id()),
                           GenerationStamp(message.last_generation_stamp())};
}

std::string EncodeIdentity(const NamespaceIdentity& identity) {
  proto::NamespaceIdentityProto message;
  message.set_format_version(kFormatVersion);
  message.set_namespace_id(identity.namespace_id);
  message.set_cluster_id(identity.cluster_id);
  message.set_block_pool_id(identity.block_pool_id);
  message.set_creation_ms(identity.creation_ms);
  return message.SerializeAsString();
}

Result<NamespaceIdentity> DecodeIdentity(ByteView bytes) {
  proto::NamespaceIdentityProto message;
  if (!Parse(message, bytes)) return Bad("namespace identity: not a legal value");
  if (message.format_version() > kFormatVersion) {
    return Status::Error(StatusCode::kVersionMismatch,
                         "the namespace was written by a newer version, format {}",
                         message.format_version());
  }
  return NamespaceIdentity{message.namespace_id(), message.cluster_id(), message.block_pool_id(),
                           message.creation_ms()};
}

void EncodeMutation(const Mutation& mutation, const NameTable& names, std::string* out) {
  StackArena arena;
  auto* message = arena.Make<proto::MutationProto>();
  message->set_kind(static_cast<uint32_t>(mutation.kind));
  message->set_time_ms(mutation.time_ms);
  for (const Change& change : mutation.changes) {
    proto::ChangeProto* part = message->add_changes();
    std::visit([&](const auto& value) { FillChange(value, names, part); }, change);
  }
  if (!mutation.client_id.empty()) {
    message->set_client_id(mutation.client_id);
    message->set_call_id(mutation.call_id);
  }
  message->SerializeToString(out);
}

Result<Mutation> DecodeMutation(ByteView bytes, NameTable& names) {
  StackArena arena;
  auto* message = arena.Make<proto::MutationProto>();
  if (!Parse(*message, bytes)) return Bad("journal record: not a legal value");
  if (message->kind() > UINT8_MAX) return Bad("journal record: kind");
  Mutation mutation;
  mutation.kind = static_cast<MutationKind>(message->kind());
  mutation.time_ms = message->time_ms();
  mutation.client_id = message->client_id();
  mutation.call_id = message->call_id();
  mutation.changes.reserve(message->changes_size());
  for (const auto& part : message->changes()) {
    ASSIGN_OR_RETURN(Change change, ChangeFrom(part, names));
    mutation.changes.push_back(std::move(change));
  }
  return mutation;
}

}  // namespace tusk::dfs::namenode
