#include "common/daemon/pid_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/common/daemon/child.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

std::string ContentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PidFileTest, HoldsThePidAndGoesWithItsOwner) {
  TempDir dir;
  const std::string path = dir / "d.pid";
  {
    ASSERT_OK_AND_ASSIGN(PidFile file, PidFile::Acquire(path));
    EXPECT_EQ(ContentOf(path), std::to_string(getpid()) + "\n");
    PidFile moved = std::move(file);
    EXPECT_EQ(moved.path(), path);
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_OK(PidFile::Acquire(path));
}

TEST(PidFileTest, AFileLeftByADeadProcessIsTakenOver) {
  TempDir dir;
  const std::string path = dir / "d.pid";
  std::ofstream(path) << "1234567890 rubbish that is longer than a pid\n";
  ASSERT_OK_AND_ASSIGN(const PidFile file, PidFile::Acquire(path));
  EXPECT_EQ(ContentOf(path), std::to_string(getpid()) + "\n");
}

TEST(PidFileTest, ASecondProcessIsToldWhoHoldsIt) {
  TempDir dir;
  const std::string path = dir / "d.pid";
  Child holder(dir.path(), [&] {
    const Result<PidFile> file = PidFile::Acquire(path);
    if (!file.ok()) return 1;
    std::puts("held");
    std::fflush(stdout);
    for (;;) pause();
  });
  ASSERT_TRUE(Eventually([&] { return holder.out() == "held\n"; }));
  EXPECT_THAT(PidFile::Acquire(path),
              StatusIs(StatusCode::kAlreadyExists, std::to_string(holder.pid())));
  holder.Send(SIGKILL);
  EXPECT_EQ(holder.Wait(), 128 + SIGKILL);
  // The file is still there; the lock is not.
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_OK(PidFile::Acquire(path));
}

TEST(PidFileTest, OtherFailuresAreNotTakenForAnotherInstance) {
  TempDir dir;
  EXPECT_THAT(PidFile::Acquire(dir / "none/d.pid"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(PidFile::Acquire(dir.path()), StatusIs(StatusCode::kIsADirectory));
}

}  // namespace
}  // namespace tusk
