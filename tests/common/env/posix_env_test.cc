#include "common/env/posix_env.h"

#include <fcntl.h>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

TEST(PosixEnv, DescriptorsAreClosedInChildren) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto file, PosixEnv::Get().OpenFile(dir / "f", OpenMode::kCreate));
  ASSERT_GE(file->descriptor(), 0);
  EXPECT_NE(fcntl(file->descriptor(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(PosixEnv, AllocateReservesWithoutChangingTheSize) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto file, PosixEnv::Get().OpenFile(dir / "f", OpenMode::kCreate));
  ASSERT_OK(file->Allocate(0, 1 << 20));
  ASSERT_OK_AND_ASSIGN(const uint64_t size, file->Size());
  EXPECT_EQ(size, 0u);
}

TEST(PosixEnv, SpecialFilesAreTold) {
  ASSERT_OK_AND_ASSIGN(const FileStat stat, PosixEnv::Get().Stat("/dev/null"));
  EXPECT_EQ(stat.type, FileType::kOther);
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       PosixEnv::Get().ReadSmallFile("/proc/self/stat", 100'000));
  EXPECT_FALSE(text.empty());
}

}  // namespace
}  // namespace tusk
