#include "mapreduce/client/program_hash.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <fstream>
#include <string>

#include "common/time/system_clock.h"
#include "mapreduce/client/job_client.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

constexpr char kAttribute[] = "user.tusk.sha256";

class ProgramHashTest : public testing::Test {
 protected:
  /// Writes the program; modified `age_s` seconds ago.
  void Write(const std::string& bytes, int64_t age_s) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    const timespec then{clock_.WallMillis() / 1000 - age_s, 0};
    const timespec times[2] = {then, then};
    ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  }
  std::string Note() const {
    char note[256];
    const ssize_t size = ::getxattr(path_.c_str(), kAttribute, note, sizeof(note));
    return size < 0 ? "" : std::string(note, static_cast<size_t>(size));
  }
  bool HasAttributes() const { return ::setxattr(path_.c_str(), "user.try", "1", 1, 0) == 0; }
  std::string Hash() const { return HashOfProgram(path_, clock_).value_or("failed"); }

  const SystemClock& clock_ = SystemClock::Get();
  TempDir directory_;
  const std::string path_ = directory_ / "program";
};

TEST_F(ProgramHashTest, SameAsOfTheFile) {
  Write("first", 100);
  EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
  EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
  Write("other", 90);
  EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
  Write("longer than the others", 90);
  EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
}

TEST_F(ProgramHashTest, RemembersWhatHasSettled) {
  Write("program", 100);
  if (!HasAttributes()) return;  // on this file system every call reads the file
  const std::string hash = Hash();
  const std::string note = Note();
  ASSERT_TRUE(note.ends_with(" " + hash)) << note;
  // It is the note that answers, not the file.
  std::string changed = note;
  changed.back() = changed.back() == '0' ? '1' : '0';
  ASSERT_EQ(::setxattr(path_.c_str(), kAttribute, changed.data(), changed.size(), 0), 0);
  EXPECT_EQ(Hash(), changed.substr(changed.size() - 64));
  // Of another time, the note says nothing.
  Write("program", 50);
  EXPECT_EQ(Hash(), hash);
}

TEST_F(ProgramHashTest, DoesNotRememberWhatMayStillChange) {
  Write("program", 0);
  EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
  EXPECT_EQ(Note(), "");
}

TEST_F(ProgramHashTest, ForeignNotesAreIgnored) {
  Write("program", 100);
  if (!HasAttributes()) return;  // on this file system every call reads the file
  const std::string notes[] = {"", "1", "1 7", std::string(255, 'x')};
  for (const std::string& note : notes) {
    ASSERT_EQ(::setxattr(path_.c_str(), kAttribute, note.data(), note.size(), 0), 0);
    EXPECT_EQ(Hash(), HashOfFile(path_).value_or(""));
  }
}

TEST_F(ProgramHashTest, NoSuchProgram) {
  EXPECT_EQ(HashOfProgram(directory_ / "none", clock_).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace tusk::mapreduce
