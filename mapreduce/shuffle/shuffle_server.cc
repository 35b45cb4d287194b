#include "mapreduce/shuffle/shuffle_server.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/net/listener.h"
#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/tcp.h"
#include "common/net/work_pool.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/shuffle.pb.h"
#include "mapreduce/shuffle/map_output_store.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "mapreduce/sort/local_file.h"

namespace tusk::mapreduce {

namespace {

constexpr uint32_t kMaxRequestBytes = 4 << 20;
constexpr size_t kChunkBytes = 1 << 20;

/// What a request asks of one map: found, or why not.
struct Slice {
  std::shared_ptr<const LocalFile> file;
  uint64_t offset = 0;
  uint64_t length = 0;
};

Result<Slice> OpenSlice(const MapOutputStore& outputs, const proto::FetchRequestProto& request,
                        int index) {
  ASSIGN_OR_RETURN(AttemptId map, FromProto(request.maps(index)));
  ASSIGN_OR_RETURN(std::shared_ptr<const StoredMapOutput> stored, outputs.Find(map));
  if (request.reduce() >= stored->index.segments.size()) {
    return Status::Error(StatusCode::kInvalidArgument, "the job has no reduce {}",
                         request.reduce());
  }
  const SpillSegment& segment = stored->index.segments[request.reduce()];
  Slice slice{nullptr, segment.offset, segment.stored_bytes};
  if (slice.length > 0) {
    ASSIGN_OR_RETURN(slice.file, LocalFile::Open(stored->path));
  }
  return slice;
}

}  // namespace

ShuffleServer::ShuffleServer(IoRuntime& runtime, WorkPool& disk, const MapOutputStore& outputs,
                             const Clock& clock, Options options)
    : runtime_(runtime),
      disk_(disk),
      outputs_(outputs),
      clock_(clock),
      options_(std::move(options)) {}

ShuffleServer::~ShuffleServer() = default;

Status ShuffleServer::Start() {
  ListenerOptions listening;
  listening.max_connections = options_.max_connections;
  ASSIGN_OR_RETURN(listener_, TcpListener::Bind(runtime_, options_.endpoint, listening));
  listener_->Serve(
      [this](std::unique_ptr<Stream> stream) { return ServeStream(std::move(stream)); });
  return Status::Ok();
}

void ShuffleServer::Stop() {
  if (listener_ != nullptr) listener_->Stop();
}

int ShuffleServer::port() const { return listener_ == nullptr ? 0 : listener_->port(); }

Task<void> ShuffleServer::ServeStream(std::unique_ptr<Stream> stream) {
  std::vector<uint8_t> body;
  while (true) {
    stream->SetReadDeadline(Deadline::After(clock_, options_.idle_timeout));
    uint8_t header[kFrameHeaderBytes];
    const Status read = co_await ReadExactly(*stream, header);
    if (!read.ok()) co_return;
    const Result<uint32_t> length = ParseFrameLength(header, kMaxRequestBytes);
    if (!length.ok()) co_return;
    body.resize(*length);
    const Status rest = co_await ReadExactly(*stream, body);
    proto::FetchRequestProto request;
    if (!rest.ok() || !ParseFrameBody(body, &request).ok()) co_return;
    const Status served = co_await ServeRequest(*stream, request);
    if (!served.ok()) co_return;
  }
}

Task<Status> ShuffleServer::ServeRequest(Stream& stream, const proto::FetchRequestProto& request) {
  for (int i = 0; i < request.maps_size(); ++i) {
    CO_RETURN_IF_ERROR(co_await SendOutput(stream, request, i));
  }
  co_return Status::Ok();
}

Task<Status> ShuffleServer::SendOutput(Stream& stream, const proto::FetchRequestProto& request,
                                       int index) {
  const auto open = [this, &request, index] { return OpenSlice(outputs_, request, index); };
  const Result<Slice> slice = co_await disk_.Run(open);
  proto::FetchHeaderProto header;
  *header.mutable_map() = request.maps(index);
  header.set_status(static_cast<uint32_t>(slice.status().code()));
  if (slice.ok()) {
    header.set_length(slice->length);
  } else {
    header.set_message(std::string(slice.status().message()));
  }
  std::string frame;
  AppendFrame(header, &frame);
  stream.SetWriteDeadline(Deadline::After(clock_, options_.write_timeout));
  CO_RETURN_IF_ERROR(co_await stream.WriteAll(AsBytes(frame)));
  if (!slice.ok()) co_return Status::Ok();

  std::vector<uint8_t> chunk(std::min<uint64_t>(slice->length, kChunkBytes));
  for (uint64_t sent = 0; sent < slice->length;) {
    const size_t size = std::min<uint64_t>(slice->length - sent, kChunkBytes);
    const MutableByteView part(chunk.data(), size);
    const uint64_t offset = slice->offset + sent;
    const auto read = [&slice, part, offset] { return slice->file->ReadExactly(offset, part); };
    // A file that became short or unreadable in the middle ends the connection: the reduce sees a
    // short answer and asks again, and gets a definite no then.
    CO_RETURN_IF_ERROR(co_await disk_.Run(read));
    stream.SetWriteDeadline(Deadline::After(clock_, options_.write_timeout));
    CO_RETURN_IF_ERROR(co_await stream.WriteAll(ByteView(part)));
    sent += size;
  }
  co_return Status::Ok();
}

}  // namespace tusk::mapreduce
