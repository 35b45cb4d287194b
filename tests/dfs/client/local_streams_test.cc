#include "dfs/client/local_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(FileDescriptor, ClosesOnce) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FileDescriptor read_end(ends[0]);
  {
    FileDescriptor write_end(ends[1]);
    FileDescriptor moved = std::move(write_end);
    EXPECT_FALSE(write_end.is_open());
    EXPECT_TRUE(moved.is_open());
  }
  char byte;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0) << "the other end is still open";
}

TEST(LocalOutputStream, KeepsTheFirstError) {
  const int fd = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(fd, 0);
  LocalOutputStream out("/dev/full", FileDescriptor(fd), 0);
  ASSERT_OK(out.Write(AsBytes("small enough to wait")));
  EXPECT_THAT(out.Flush(), StatusIs(StatusCode::kNoSpace, "/dev/full"));
  EXPECT_THAT(out.Write(AsBytes("x")), StatusIs(StatusCode::kNoSpace));
  EXPECT_THAT(out.Close(), StatusIs(StatusCode::kNoSpace));
  EXPECT_THAT(out.Close(), StatusIs(StatusCode::kNoSpace));
}

TEST(LocalOutputStream, LargeWritesPassTheBuffer) {
  char name[] = "/tmp/local_streams_XXXXXX";
  const int fd = ::mkstemp(name);
  ASSERT_GE(fd, 0);
  LocalOutputStream out(name, FileDescriptor(fd), 0);
  const std::vector<uint8_t> large(LocalOutputStream::kBufferSize, 'x');
  ASSERT_OK(out.Write(AsBytes("head")));
  ASSERT_OK(out.Write(large));
  EXPECT_EQ(out.Position(), large.size() + 4);
  FileDescriptor reader(::open(name, O_RDONLY));
  EXPECT_EQ(::lseek(reader.get(), 0, SEEK_END), static_cast<off_t>(large.size() + 4));
  ASSERT_OK(out.Sync());
  ASSERT_OK(out.Close());
  ::unlink(name);
}

}  // namespace
}  // namespace tusk::dfs
