#include "dfs/namenode/namespace/inode_codec.h"

#include <gtest/gtest.h>

#include "tests/dfs/namenode/namespace/example_inodes.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

class InodeCodecTest : public testing::Test, protected ExampleInodes {
 protected:
  /// One of each kind of change.
  Mutation Everything() {
    Mutation mutation;
    mutation.kind = MutationKind::kRename;
    mutation.time_ms = kExampleTime;
    mutation.client_id = std::string(16, 'c');
    mutation.call_id = 7;
    mutation.changes = {PutInode{OpenFile()},
                        RemoveInode{FileId(5)},
                        MoveInode{FileId(6), FileId(7), "other"},
                        SetAttributes{FileId(8), 01777, names.Intern("bob"), names.Intern("staff"),
                                      kExampleTime, kExampleTime + 1, 2},
                        SetAttributes{FileId(9), {}, {}, {}, {}, {}, {}},
                        SetBlocks{FileId(10), 3, {{BlockId(1), GenerationStamp(2), 3}}},
                        SetWriter{FileId(11), "client", "10.0.0.7"},
                        ClearWriter{FileId(12)},
                        UseGenerationStamp{GenerationStamp(1002)}};
    return mutation;
  }
  std::string Record(const Mutation& mutation) {
    std::string record;
    EncodeMutation(mutation, names, &record);
    return record;
  }
  /// Bytes of a value again, after decoding.
  std::string Again(const Inode& inode) {
    const auto back =
        DecodeInode(inode.parent, inode.name, AsBytes(EncodeInode(inode, names)), names);
    EXPECT_OK(back);
    EXPECT_EQ(back->parent, inode.parent);
    EXPECT_EQ(back->name, inode.name);
    return EncodeInode(*back, names);
  }
};

TEST_F(InodeCodecTest, GoldenValues) {
  // The worked example of docs/formats/namespace_store.md.
  const std::string page = ReadSourceFile("docs/formats/namespace_store.md");
  const NamespaceCounters counters{9, FileId(16387), kFirstBlockId, kFirstGenerationStamp};
  for (const std::string& value : {EncodeInode(Directory(), names), EncodeInode(OpenFile(), names),
                                   EncodePlace(FileId(16386), "notes"), EncodeCounters(counters),
                                   EncodeIdentity(Identity())}) {
    EXPECT_THAT(page, testing::HasSubstr(HexDump(AsBytes(value))));
  }
}

TEST_F(InodeCodecTest, GoldenRecord) {
  // The worked example of docs/formats/journal.md: a file is closed.
  Mutation mutation;
  mutation.kind = MutationKind::kComplete;
  mutation.time_ms = kExampleTime;
  SetAttributes touched;
  touched.id = FileId(16387);
  touched.modification_ms = kExampleTime;
  mutation.changes = {SetBlocks{FileId(16387), 0, {{kFirstBlockId, kFirstGenerationStamp, 1000}}},
                      ClearWriter{FileId(16387)}, touched};
  EXPECT_THAT(ReadSourceFile("docs/formats/journal.md"),
              testing::HasSubstr(HexDump(AsBytes(Record(mutation)))));
}

TEST_F(InodeCodecTest, ValuesComeBack) {
  for (const Inode& inode : {Directory(), File(), OpenFile()}) {
    EXPECT_EQ(Again(inode), EncodeInode(inode, names));
  }
  EXPECT_EQ(*DecodeIdentity(AsBytes(EncodeIdentity(Identity()))), Identity());
  const NamespaceCounters counters{9, FileId(10), BlockId(11), GenerationStamp(12)};
  EXPECT_EQ(*DecodeCounters(AsBytes(EncodeCounters(counters))), counters);
  const std::string odd("\xff\x00/", 3);
  ASSERT_OK_AND_ASSIGN(const Place place, DecodePlace(AsBytes(EncodePlace(FileId(5), odd))));
  EXPECT_EQ(place.parent, FileId(5));
  EXPECT_EQ(place.name, odd);
}

TEST_F(InodeCodecTest, RecordsComeBack) {
  const Mutation mutation = Everything();
  ASSERT_OK_AND_ASSIGN(const Mutation back, DecodeMutation(AsBytes(Record(mutation)), names));
  EXPECT_EQ(back.changes.size(), mutation.changes.size());
  EXPECT_EQ(back.client_id, mutation.client_id);
  EXPECT_EQ(back.call_id, 7);
  for (size_t i = 0; i < back.changes.size(); ++i) {
    EXPECT_EQ(back.changes[i].index(), mutation.changes[i].index());
  }
  EXPECT_EQ(Record(back), Record(mutation));
}

TEST_F(InodeCodecTest, NamesAreByTextAndNotByNumber) {
  const std::string value = EncodeInode(File(), names);
  NameTable others;
  others.Intern("somebody");
  ASSERT_OK_AND_ASSIGN(const Inode inode, DecodeInode(FileId(1), "x", AsBytes(value), others));
  EXPECT_EQ(others.Name(inode.owner), "alice");
  EXPECT_EQ(others.Name(inode.group), "users");
}

TEST_F(InodeCodecTest, ANewerFormatIsRefused) {
  std::string value = EncodeIdentity(Identity());
  ASSERT_EQ(value[0], 0x08);  // format_version
  value[1] = 2;
  EXPECT_THAT(DecodeIdentity(AsBytes(value)), StatusIs(StatusCode::kVersionMismatch));
}

TEST_F(InodeCodecTest, DamageIsCorruptionOrAnotherLegalValue) {
  // A value has no checksum of its own: LevelDB's blocks and the journal's frames have. Here only
  // that every damage ends with a status, and that a cut never passes for the whole.
  const std::string record = Record(Everything());
  const std::string inode = EncodeInode(OpenFile(), names);
  for (size_t size = 0; size < record.size(); ++size) {
    const Result<Mutation> cut = DecodeMutation(AsBytes(record).first(size), names);
    EXPECT_TRUE(!cut.ok() || Record(*cut) != record) << size;
  }
  for (size_t size = 0; size < inode.size(); ++size) {
    const Result<Inode> cut = DecodeInode(FileId(1), "x", AsBytes(inode).first(size), names);
    EXPECT_TRUE(!cut.ok() || EncodeInode(*cut, names) != inode) << size;
  }
  for (size_t at = 0; at < record.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = record;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const Result<Mutation> read = DecodeMutation(AsBytes(bad), names);
      EXPECT_TRUE(read.ok() || read.status().code() == StatusCode::kCorruption);
    }
  }
  for (size_t at = 0; at < inode.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = inode;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const Result<Inode> read = DecodeInode(FileId(1), "x", AsBytes(bad), names);
      EXPECT_TRUE(read.ok() || read.status().code() == StatusCode::kCorruption);
      EXPECT_TRUE(!read.ok() || read->permission <= 01777);
    }
  }
}

}  // namespace
}  // namespace tusk::dfs::namenode
