#include "mapreduce/task/umbilical.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/time/deadline.h"
#include "mapreduce/shuffle/shuffle_frame.h"

namespace tusk::mapreduce {

Umbilical::Umbilical(int descriptor, std::function<void()> lost)
    : socket_(descriptor), lost_(std::move(lost)), reader_([this] { ReadLoop(); }) {}

Umbilical::~Umbilical() {
  socket_.Shutdown();
  reader_.join();
}

Status Umbilical::ReadOne(proto::ToTaskProto* message) {
  // The tracker may have nothing to say for hours; when it ends, the socket does.
  uint8_t header[kFrameHeaderBytes];
  RETURN_IF_ERROR(socket_.RecvExactly(header, Deadline::Never()));
  ASSIGN_OR_RETURN(uint32_t length, ParseFrameLength(header, kMaxFrameBytes));
  std::vector<uint8_t> body(length);
  RETURN_IF_ERROR(socket_.RecvExactly(body, Deadline::Never()));
  return ParseFrameBody(body, message);
}

void Umbilical::ReadLoop() {
  while (true) {
    proto::ToTaskProto message;
    if (!ReadOne(&message).ok()) break;
    Take(std::move(message));
  }
  lost_();
  MutexLock lock(mutex_);
  exit_ = true;
  changed_.NotifyAll();
}

void Umbilical::Take(proto::ToTaskProto message) {
  MutexLock lock(mutex_);
  if (message.has_run()) tasks_.push_back(std::move(*message.mutable_run()));
  if (message.has_commit()) commit_ = std::move(*message.mutable_commit());
  if (message.exit()) exit_ = true;
  // With the mutex held: once OnMapOutput has returned, the receiver before is not called any more.
  if (message.has_map_output() && on_map_output_) on_map_output_(message.map_output());
  changed_.NotifyAll();
}

std::optional<proto::RunTaskProto> Umbilical::NextTask() {
  MutexLock lock(mutex_);
  while (tasks_.empty() && !exit_) changed_.Wait(mutex_);
  if (tasks_.empty()) return std::nullopt;
  proto::RunTaskProto task = std::move(tasks_.front());
  tasks_.pop_front();
  commit_.reset();
  return task;
}

bool Umbilical::WaitForCommit(const proto::AttemptIdProto& attempt) {
  MutexLock lock(mutex_);
  while (!exit_) {
    if (commit_ && commit_->attempt().SerializeAsString() == attempt.SerializeAsString()) {
      return commit_->granted();
    }
    changed_.Wait(mutex_);
  }
  return false;
}

void Umbilical::OnMapOutput(std::function<void(const proto::MapOutputProto&)> receive) {
  MutexLock lock(mutex_);
  on_map_output_ = std::move(receive);
}

Status Umbilical::Send(const proto::FromTaskProto& message) {
  std::string frame;
  AppendFrame(message, &frame);
  MutexLock lock(writing_);
  return socket_.SendAll(AsBytes(frame), Deadline::Never());
}

}  // namespace tusk::mapreduce
