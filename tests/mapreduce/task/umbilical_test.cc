#include "mapreduce/task/umbilical.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "common/net/blocking_socket.h"
#include "common/time/system_clock.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

const AttemptId kAttempt = {{{202611290001, 7}, TaskType::kReduce, 0}, 1};

proto::AttemptIdProto AttemptMessage(const AttemptId& attempt) {
  proto::AttemptIdProto message;
  ToProto(attempt, &message);
  return message;
}

class UmbilicalTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    tracker_ = BlockingSocket(ends[0]);
    child_ = std::make_unique<Umbilical>(ends[1], [this] { lost_ = true; });
  }

  Deadline Soon() const { return Deadline::After(SystemClock::Get(), std::chrono::seconds(20)); }
  void Tell(const proto::ToTaskProto& message) {
    std::string frame;
    AppendFrame(message, &frame);
    ASSERT_OK(tracker_.SendAll(AsBytes(frame), Soon()));
  }
  std::string Hear(size_t size) {
    std::string bytes(size, '\0');
    EXPECT_OK(tracker_.RecvExactly({reinterpret_cast<uint8_t*>(bytes.data()), size}, Soon()));
    return bytes;
  }
  static proto::ToTaskProto Run(const AttemptId& attempt) {
    proto::ToTaskProto message;
    *message.mutable_run()->mutable_launch()->mutable_attempt() = AttemptMessage(attempt);
    message.mutable_run()->mutable_launch()->set_total_maps(4);
    message.mutable_run()->set_tracker_id("one:50060");
    return message;
  }

  std::atomic<bool> lost_{false};
  BlockingSocket tracker_;
  std::unique_ptr<Umbilical> child_;
};

TEST_F(UmbilicalTest, GoldenFrames) {
  // The worked example of docs/formats/umbilical.md.
  const std::string page = ReadSourceFile("docs/formats/umbilical.md");
  std::string to_task;
  AppendFrame(Run(kAttempt), &to_task);
  proto::ToTaskProto answer;
  *answer.mutable_commit()->mutable_attempt() = AttemptMessage(kAttempt);
  answer.mutable_commit()->set_granted(true);
  AppendFrame(answer, &to_task);
  proto::ToTaskProto end;
  end.set_exit(true);
  AppendFrame(end, &to_task);
  EXPECT_THAT(page, testing::HasSubstr(HexDump(AsBytes(to_task))));

  proto::FromTaskProto ready;
  ready.set_ready(true);
  proto::FromTaskProto progress;
  progress.mutable_progress()->set_progress(0.5);
  proto::FromTaskProto ask;
  ask.set_ask_commit(true);
  proto::FromTaskProto done;
  done.mutable_done()->mutable_counters()->add_builtin(57);
  for (const auto* message : {&ready, &progress, &ask, &done}) ASSERT_OK(child_->Send(*message));
  EXPECT_THAT(page, testing::HasSubstr(HexDump(AsBytes(Hear(6 + 11 + 6 + 11)))));
}

TEST_F(UmbilicalTest, TasksComeInOrderUntilTheEnd) {
  Tell(Run(kAttempt));
  AttemptId next = kAttempt;
  next.task.index = 9;
  Tell(Run(next));
  proto::ToTaskProto end;
  end.set_exit(true);
  Tell(end);
  for (const AttemptId& attempt : {kAttempt, next}) {
    const auto task = child_->NextTask();
    ASSERT_TRUE(task.has_value());
    EXPECT_EQ(task->launch().attempt().SerializeAsString(),
              AttemptMessage(attempt).SerializeAsString());
  }
  EXPECT_FALSE(child_->NextTask().has_value());
}

TEST_F(UmbilicalTest, OnlyTheAnswerForTheAttemptCounts) {
  Tell(Run(kAttempt));
  ASSERT_TRUE(child_->NextTask().has_value());
  AttemptId other = kAttempt;
  other.number = 0;
  proto::ToTaskProto answer;
  *answer.mutable_commit()->mutable_attempt() = AttemptMessage(other);
  answer.mutable_commit()->set_granted(true);
  Tell(answer);
  *answer.mutable_commit()->mutable_attempt() = AttemptMessage(kAttempt);
  answer.mutable_commit()->set_granted(false);
  Tell(answer);
  EXPECT_FALSE(child_->WaitForCommit(AttemptMessage(kAttempt)));
  // An answer from before the task was taken says nothing.
  answer.mutable_commit()->set_granted(true);
  Tell(answer);
  Tell(Run(kAttempt));
  ASSERT_TRUE(child_->NextTask().has_value());
  tracker_.Shutdown();
  EXPECT_FALSE(child_->WaitForCommit(AttemptMessage(kAttempt)));
}

TEST_F(UmbilicalTest, ATrackerThatGoesEndsEveryWait) {
  std::thread closer([this] { tracker_.Shutdown(); });
  EXPECT_FALSE(child_->NextTask().has_value());
  EXPECT_FALSE(child_->WaitForCommit(AttemptMessage(kAttempt)));
  closer.join();
  EXPECT_TRUE(lost_);
  tracker_.Close();
  proto::FromTaskProto ready;
  ready.set_ready(true);
  EXPECT_FALSE(child_->Send(ready).ok());
}

TEST_F(UmbilicalTest, NonsenseCountsAsATrackerThatHasGone) {
  ASSERT_OK(tracker_.SendAll(AsBytes("\xff\xff\xff\xff"), Soon()));
  EXPECT_FALSE(child_->NextTask().has_value());
  EXPECT_TRUE(lost_);
}

TEST_F(UmbilicalTest, EveryPrefixOfAFrameIsWaitedFor) {
  std::string frame;
  AppendFrame(Run(kAttempt), &frame);
  for (const char byte : frame) ASSERT_OK(tracker_.SendAll(AsBytes({&byte, 1}), Soon()));
  EXPECT_TRUE(child_->NextTask().has_value());
  ASSERT_OK(tracker_.SendAll(AsBytes(frame).first(frame.size() - 1), Soon()));
  tracker_.Shutdown();
  EXPECT_FALSE(child_->NextTask().has_value());
}

}  // namespace
}  // namespace tusk::mapreduce
