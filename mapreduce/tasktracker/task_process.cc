#include "mapreduce/tasktracker/task_process.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/net/stream_io.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "mapreduce/tasktracker/child_process.h"

namespace tusk::mapreduce::tasktracker {

TaskProcess::TaskProcess(pid_t pid, std::unique_ptr<Stream> umbilical, std::string log_file)
    : pid_(pid), umbilical_(std::move(umbilical)), log_file_(std::move(log_file)) {}

Task<Status> TaskProcess::Send(std::string frame) {
  AsyncMutex::Guard guard = co_await writing_.Lock();
  if (!guard.held()) co_return Status(StatusCode::kCancelled, "stopped");
  co_return co_await umbilical_->WriteAll(AsBytes(frame));
}

Task<Status> TaskProcess::Receive(google::protobuf::MessageLite* message, Deadline deadline) {
  umbilical_->SetReadDeadline(deadline);
  uint8_t header[kFrameHeaderBytes];
  CO_RETURN_IF_ERROR(co_await ReadExactly(*umbilical_, header));
  CO_ASSIGN_OR_RETURN(uint32_t length, ParseFrameLength(header, kMaxFrameBytes));
  std::vector<uint8_t> body(length);
  CO_RETURN_IF_ERROR(co_await ReadExactly(*umbilical_, body));
  co_return ParseFrameBody(body, message);
}

void TaskProcess::Kill() { KillChildGroup(pid_); }

bool TaskProcess::IsRunning() const { return ChildIsRunning(pid_); }

}  // namespace tusk::mapreduce::tasktracker
