#include "common/rpc/rpc_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/rpc/proto/IpcConnectionContext.pb.h"
#include "common/rpc/remote_error.h"
#include "common/rpc/rpc_framing.h"
#include "common/time/system_clock.h"

namespace tusk::rpc {
namespace {

using Header = proto::RpcResponseHeaderProto;

constexpr size_t kWriteChunk = 1 << 20;

Deadline After(std::chrono::nanoseconds time) { return Deadline::After(SystemClock::Get(), time); }

std::string ShortName(std::string_view user) {
  return std::string(user.substr(0, user.find_first_of("/@")));
}

Header::RpcErrorCodeProto DetailOf(std::string_view class_name) {
  if (class_name == kNoSuchMethodException) return Header::ERROR_NO_SUCH_METHOD;
  if (class_name == kNoSuchProtocolException) return Header::ERROR_NO_SUCH_PROTOCOL;
  if (class_name == kVersionMismatch) return Header::ERROR_RPC_VERSION_MISMATCH;
  if (class_name == kRpcServerException) return Header::FATAL_DESERIALIZING_REQUEST;
  if (class_name == kRetriableException) return Header::ERROR_RPC_SERVER;
  return Header::ERROR_APPLICATION;
}

}  // namespace

/// Puts the answer into the connection's output, and keeps it for the retry cache when asked to.
class RpcConnection::Writer final : public AnswerWriter {
 public:
  Writer(RpcConnection& connection, const CallContext& call, bool keep)
      : connection_(connection), call_(call), keep_(keep) {}
  void Success(const google::protobuf::MessageLite& response) override {
    if (!keep_) return connection_.AppendSuccess(call_, response);
    AppendDelimited(response, &answer_);
    connection_.AppendAnswer(call_, answer_);
  }
  std::string TakeAnswer() { return std::move(answer_); }

 private:
  RpcConnection& connection_;
  const CallContext& call_;
  const bool keep_;
  std::string answer_;
};

/// One asynchronous call. Its address does not change: the handler keeps references.
struct RpcConnection::PendingCall {
  PendingCall(RpcConnection& connection, const CallContext& call,
              std::shared_ptr<RetryCache::Entry> retry_entry)
      : context(call),
        entry(std::move(retry_entry)),
        writer(connection, context, entry != nullptr) {}

  const CallContext context;
  std::shared_ptr<RetryCache::Entry> entry;  // null when the retry cache is not concerned
  Writer writer;
};

RpcServerShared::RpcServerShared(Executor strand, RpcServerOptions o, ErrorTable e)
    : options(std::move(o)),
      errors(e),
      retry_cache(SystemClock::Get(), options.retry_cache_time, options.retry_cache_entries),
      calls(std::move(strand)) {}

RpcConnection::RpcConnection(RpcServerShared& server, std::unique_ptr<Stream> stream)
    : server_(server),
      stream_(std::move(stream)),
      reader_(*stream_, server.options.max_frame_bytes + 4),
      handshake_deadline_(After(server.options.handshake_timeout)),
      frame_deadline_(Deadline::Never()) {
  context_.remote_address = stream_->PeerIp();
}

RpcConnection::~RpcConnection() = default;

Task<void> RpcConnection::Run() {
  const auto self = shared_from_this();
  Status status = co_await ReadPreamble();
  if (status.ok()) status = co_await ReadFrames();
  if (!status.ok() && status.code() != StatusCode::kCancelled) {
    if (server_.broken_total != nullptr) server_.broken_total->Add();
    LOG_DEBUG("rpc", "connection ended peer={} cause={}", stream_->PeerAddress(), status.message());
  }
  // A frame that broke the rules has its FATAL answer in the output; a lost peer makes this fail.
  const bool drain = status.ok();
  Status flushed = co_await Flush();
  while (!broken_ && (writing_ || !out_.empty() || (drain && open_calls_ > 0))) {
    changed_.Reset();
    const bool woken = co_await changed_.Wait(Deadline::Never());
    if (!woken) break;
    flushed = co_await Flush();
  }
  broken_ = true;
  stream_->Close();
}

void RpcConnection::StopReading() {
  stopping_ = true;
  const int fd = stream_->NativeHandle();
  if (fd >= 0) ::shutdown(fd, SHUT_RD);
  if (fd < 0) stream_->SetReadDeadline(Deadline::At({}));
}

Task<Status> RpcConnection::ReadPreamble() {
  stream_->SetReadDeadline(handshake_deadline_);
  CO_RETURN_IF_ERROR(co_await reader_.Fill(kPreambleSize));
  const Preamble preamble = ParsePreamble(reader_.Peek());
  reader_.Consume(kPreambleSize);
  switch (preamble.kind) {
    case PreambleKind::kRpc:
      sasl_ = preamble.auth == kAuthSasl;
      co_return Status();
    case PreambleKind::kHttp:
      out_ =
          "HTTP/1.1 404 Not Found\r\nContent-type: text/plain\r\nConnection: close\r\n\r\n"
          "This is a Hadoop RPC port, not a web page. The web page has a port of its own.\r\n";
      co_return Status(StatusCode::kInvalidArgument, "an HTTP client at the RPC port");
    case PreambleKind::kForeign:
      co_return Status(StatusCode::kInvalidArgument, "does not speak Hadoop RPC");
    case PreambleKind::kWrongVersion:
      co_return Fatal(kCallIdNone, kVersionMismatch, Header::FATAL_VERSION_MISMATCH,
                      fmt::format("Server IPC version {} cannot communicate with client version {}",
                                  kRpcVersion, preamble.version));
    case PreambleKind::kUnknownAuth:
      break;
  }
  co_return Fatal(kCallIdNone, kIpcException, Header::FATAL_UNAUTHORIZED,
                  fmt::format("unknown authentication protocol {}", preamble.auth));
}

void RpcConnection::ArmReadDeadline() {
  if (!established_) return stream_->SetReadDeadline(handshake_deadline_);
  if (reader_.size() > 0) {
    if (frame_deadline_.is_never()) frame_deadline_ = After(server_.options.frame_timeout);
    return stream_->SetReadDeadline(frame_deadline_);
  }
  frame_deadline_ = Deadline::Never();
  const bool idle = open_calls_ == 0 && server_.options.idle_timeout.count() > 0;
  stream_->SetReadDeadline(idle ? After(server_.options.idle_timeout) : Deadline::Never());
}

Task<Status> RpcConnection::ReadFrames() {
  while (!stopping_) {
    CO_RETURN_IF_ERROR(HandleBuffered());
    CO_RETURN_IF_ERROR(co_await Flush());
    const bool full = Full();
    while (Full()) {
      changed_.Reset();
      const bool woken = co_await changed_.Wait(Deadline::Never());
      if (!woken) co_return Status(StatusCode::kCancelled, "stopping");
      if (broken_) co_return Status(StatusCode::kNotResponding, "the peer does not read");
    }
    if (full || HasWholeFrame()) continue;
    ArmReadDeadline();
    Result<size_t> count = co_await reader_.FillSome();
    if (!count.ok()) co_return stopping_ ? Status() : std::move(count).status();
    if (*count > 0) continue;
    if (reader_.size() > 0 && !stopping_) {
      co_return Status(StatusCode::kNotResponding, "the peer ended within a frame");
    }
    break;
  }
  co_return Status();
}

bool RpcConnection::Full() const {
  return open_calls_ >= server_.options.max_calls_per_connection ||
         out_.size() >= server_.options.max_unsent_bytes;
}

bool RpcConnection::HasWholeFrame() const {
  if (reader_.size() < 4) return false;
  const Result<size_t> length = ParseFrameLength(reader_.Peek(), server_.options.max_frame_bytes);
  return !length.ok() || reader_.size() - 4 >= *length;
}

Status RpcConnection::HandleBuffered() {
  const size_t before = reader_.size();
  while (reader_.size() >= 4 && !Full()) {
    ASSIGN_OR_RETURN(const size_t length,
                     ParseFrameLength(reader_.Peek(), server_.options.max_frame_bytes));
    if (reader_.size() - 4 < length) break;
    const Status handled = HandleFrame(reader_.Peek().subspan(4, length));
    reader_.Consume(4 + length);
    RETURN_IF_ERROR(handled);
  }
  if (reader_.size() != before) frame_deadline_ = Deadline::Never();
  return Status();
}

Status RpcConnection::HandleFrame(ByteView frame) {
  if (!TakeMessage(&frame, &header_)) {
    return Fatal(kCallIdNone, kRpcServerException, Header::FATAL_DESERIALIZING_REQUEST,
                 "header of a request cannot be parsed");
  }
  const int32_t call_id = header_.callid();
  if (header_.rpckind() != proto::RPC_PROTOCOL_BUFFER || !header_.has_rpcop() ||
      header_.rpcop() != proto::RpcRequestHeaderProto::RPC_FINAL_PACKET) {
    return Fatal(call_id, kRpcServerException, Header::FATAL_INVALID_RPC_HEADER,
                 "only protobuf calls in one packet are served");
  }
  if (call_id >= 0) {
    if (!established_) {
      return Fatal(call_id, kRpcServerException, Header::FATAL_INVALID_RPC_HEADER,
                   "a call before the connection context");
    }
    HandleCall(frame);
    return Status();
  }
  switch (call_id) {
    case kCallIdContext:
      return HandleContext(frame);
    case kCallIdPing:
      return Status();
    case kCallIdSasl:
      return HandleSasl(frame);
    default:
      return Fatal(call_id, kRpcServerException, Header::FATAL_INVALID_RPC_HEADER,
                   fmt::format("unknown special call id {}", call_id));
  }
}

Status RpcConnection::HandleContext(ByteView rest) {
  if (established_ || sasl_) {
    return Fatal(kCallIdContext, kRpcServerException, Header::FATAL_INVALID_RPC_HEADER,
                 established_ ? "a second connection context" : "connection context before SASL");
  }
  proto::IpcConnectionContextProto context;
  if (!TakeMessage(&rest, &context)) {
    return Fatal(kCallIdContext, kRpcServerException, Header::FATAL_DESERIALIZING_REQUEST,
                 "connection context cannot be parsed");
  }
  context_.user = ShortName(context.userinfo().effectiveuser());
  context_.real_user = ShortName(context.userinfo().realuser());
  if (context_.user.empty()) {
    return Fatal(kCallIdNone, kAuthorizationException, Header::FATAL_UNAUTHORIZED,
                 "the connection names no user");
  }
  if (context_.real_user == context_.user) context_.real_user.clear();
  if (!context_.real_user.empty()) {
    const auto& may = server_.options.may_impersonate;
    if (may == nullptr || !may(context_.real_user, context_.user, context_.remote_address)) {
      return Fatal(kCallIdNone, kAuthorizationException, Header::FATAL_UNAUTHORIZED,
                   fmt::format("User: {} is not allowed to impersonate {}", context_.real_user,
                               context_.user));
    }
  }
  established_ = true;
  return Status();
}

Status RpcConnection::HandleSasl(ByteView rest) {
  proto::RpcSaslProto message;
  if (!TakeMessage(&rest, &message)) {
    return Fatal(kCallIdSasl, kRpcServerException, Header::FATAL_DESERIALIZING_REQUEST,
                 "SASL message cannot be parsed");
  }
  const bool simple = message.auths_size() == 1 && message.auths(0).method() == "SIMPLE";
  if (sasl_ && message.state() == proto::RpcSaslProto::INITIATE && simple) {
    sasl_ = false;
    return Status();
  }
  if (!sasl_ || message.state() != proto::RpcSaslProto::NEGOTIATE) {
    return Fatal(kCallIdSasl, "javax.security.sasl.SaslException", Header::FATAL_UNAUTHORIZED,
                 "SIMPLE authentication is not enabled on the client, or not expected here");
  }
  // This server knows SIMPLE only. No token field at all: one client stumbles over an empty one.
  sasl_ = false;
  proto::RpcSaslProto answer;
  answer.set_state(proto::RpcSaslProto::SUCCESS);
  CallContext call;
  call.call_id = kCallIdSasl;
  AppendSuccess(call, answer);
  return Status();
}

void RpcConnection::HandleCall(ByteView rest) {
  context_.call_id = header_.callid();
  context_.retry_count = header_.retrycount();
  context_.client_id = header_.clientid();
  context_.caller_context = header_.callercontext().context();
  context_.deadline = After(server_.options.call_timeout);
  if (server_.calls_total != nullptr) server_.calls_total->Add();
  ByteView body;
  if (!TakeMessage(&rest, &call_header_) || !TakeDelimited(&rest, &body)) {
    const Status status(StatusCode::kInvalidArgument, "call cannot be parsed");
    return AppendError(context_, status.WithRemoteClass(kRpcServerException));
  }
  context_.method = call_header_.methodname();
  context_.protocol = call_header_.declaringclassprotocolname();
  const auto service = server_.services.find(context_.protocol);
  if (service == server_.services.end()) {
    return AppendError(context_, Status::Error(StatusCode::kNoSuchProtocol, "Unknown protocol: {}",
                                               context_.protocol)
                                     .WithRemoteClass(kNoSuchProtocolException));
  }
  if (call_header_.clientprotocolversion() != service->second->version()) {
    return AppendError(
        context_,
        Status::Error(StatusCode::kVersionMismatch,
                      "Protocol {} version mismatch. (client = {}, server = {})", context_.protocol,
                      call_header_.clientprotocolversion(), service->second->version())
            .WithRemoteClass(kVersionMismatch));
  }
  RpcMethod* method = service->second->Find(context_.method);
  if (method == nullptr) {
    return AppendError(context_, Status::Error(StatusCode::kNoSuchMethod,
                                               "Unknown method {} called on {} protocol.",
                                               context_.method, context_.protocol)
                                     .WithRemoteClass(kNoSuchMethodException));
  }
  Dispatch(*method, body);
}

void RpcConnection::Dispatch(RpcMethod& method, ByteView body) {
  if (server_.open_calls.load(std::memory_order_relaxed) >= server_.options.max_calls) {
    const Status busy(StatusCode::kResourceExhausted, "Server too busy");
    return AppendError(context_, busy.WithRemoteClass(kRetriableException));
  }
  std::shared_ptr<RetryCache::Entry> entry;
  if (method.kind() == MethodKind::kAtMostOnce) {
    RetryCache::Ticket ticket = server_.retry_cache.Begin(context_);
    if (ticket.role == RetryCache::Role::kAnswer)
      return AppendAnswer(context_, ticket.entry->answer);
    if (ticket.role == RetryCache::Role::kWait)
      return StartWait(method, body, std::move(ticket.entry));
    entry = std::move(ticket.entry);
  }
  if (method.synchronous()) return CallNow(method, body, std::move(entry));
  StartCall(method, body, std::move(entry));
}

void RpcConnection::CallNow(RpcMethod& method, ByteView body,
                            std::shared_ptr<RetryCache::Entry> entry) {
  Writer writer(*this, context_, entry != nullptr);
  const Status status = method.CallNow(context_, body, writer);
  if (!status.ok()) AppendError(context_, status);
  if (entry != nullptr) server_.retry_cache.End(entry, status.ok(), writer.TakeAnswer());
}

void RpcConnection::CallStarted() {
  ++open_calls_;
  server_.open_calls.fetch_add(1, std::memory_order_relaxed);
}

void RpcConnection::CallEnded() {
  --open_calls_;
  server_.open_calls.fetch_sub(1, std::memory_order_relaxed);
  changed_.Set();
  ScheduleFlush();
}

void RpcConnection::StartCall(RpcMethod& method, ByteView body,
                              std::shared_ptr<RetryCache::Entry> entry) {
  auto call = std::make_unique<PendingCall>(*this, context_, entry);
  Task<Status> task = method.Call(call->context, body, call->writer);
  std::string name = context_.method;
  CallStarted();
  const bool started =
      server_.calls.SpawnOn(executor(), std::move(name),
                            FinishCall(shared_from_this(), std::move(call), std::move(task)));
  if (started) return;
  CallEnded();
  if (entry != nullptr) server_.retry_cache.End(entry, false, "");
  const Status stopping(StatusCode::kUnavailable, "the server is stopping");
  AppendError(context_, stopping.WithRemoteClass(kRetriableException));
}

Task<void> RpcConnection::FinishCall(std::shared_ptr<RpcConnection> self,
                                     std::unique_ptr<PendingCall> call, Task<Status> task) {
  const Status status = co_await std::move(task);
  if (!status.ok()) self->AppendError(call->context, status);
  if (call->entry != nullptr) {
    self->server_.retry_cache.End(call->entry, status.ok(), call->writer.TakeAnswer());
  }
  self->CallEnded();
}

void RpcConnection::StartWait(RpcMethod& method, ByteView body,
                              std::shared_ptr<RetryCache::Entry> entry) {
  auto call = std::make_unique<PendingCall>(*this, context_, nullptr);
  std::string copy(AsText(body));
  CallStarted();
  const bool started =
      server_.calls.SpawnOn(executor(), "repeat of " + context_.method,
                            WaitForFirst(shared_from_this(), std::move(call), &method,
                                         std::move(copy), std::move(entry)));
  if (!started) CallEnded();
}

Task<void> RpcConnection::WaitForFirst(std::shared_ptr<RpcConnection> self,
                                       std::unique_ptr<PendingCall> call, RpcMethod* method,
                                       std::string body, std::shared_ptr<RetryCache::Entry> entry) {
  for (;;) {
    const bool ended = co_await entry->ended->Wait(call->context.deadline);
    if (!ended) {
      const Status late(StatusCode::kUnavailable, "the first try of this call is still running");
      self->AppendError(call->context, late.WithRemoteClass(kRetriableException));
      break;
    }
    RetryCache::Ticket ticket = self->server_.retry_cache.Begin(call->context);
    entry = ticket.entry;
    if (ticket.role == RetryCache::Role::kWait) continue;
    if (ticket.role == RetryCache::Role::kAnswer) {
      self->AppendAnswer(call->context, entry->answer);
    } else {
      // The first try failed without effect: this one executes.
      PendingCall again(*self, call->context, entry);
      co_await self->RunOnce(again, *method, body);
    }
    break;
  }
  self->CallEnded();
}

Task<void> RpcConnection::RunOnce(PendingCall& call, RpcMethod& method, const std::string& body) {
  Status status;
  if (method.synchronous()) {
    status = method.CallNow(call.context, AsBytes(body), call.writer);
  } else {
    Task<Status> task = method.Call(call.context, AsBytes(body), call.writer);
    status = co_await std::move(task);
  }
  if (!status.ok()) AppendError(call.context, status);
  if (call.entry != nullptr)
    server_.retry_cache.End(call.entry, status.ok(), call.writer.TakeAnswer());
}

void RpcConnection::FillResponseHeader(const CallContext& call, Header* header) {
  header->Clear();
  header->set_callid(static_cast<uint32_t>(call.call_id));
  header->set_serveripcversionnum(kRpcVersion);
  header->set_clientid(call.client_id);
  header->set_retrycount(call.retry_count);
}

void RpcConnection::AppendSuccess(const CallContext& call,
                                  const google::protobuf::MessageLite& response) {
  if (broken_) return;
  FillResponseHeader(call, &response_header_);
  response_header_.set_status(Header::SUCCESS);
  AppendResponse(response_header_, &response, &out_);
}

void RpcConnection::AppendAnswer(const CallContext& call, std::string_view body) {
  if (broken_) return;
  FillResponseHeader(call, &response_header_);
  response_header_.set_status(Header::SUCCESS);
  AppendEncodedResponse(response_header_, body, &out_);
}

void RpcConnection::AppendError(const CallContext& call, const Status& status) {
  if (server_.errors_total != nullptr) server_.errors_total->Add();
  if (broken_) return;
  FillResponseHeader(call, &response_header_);
  response_header_.set_status(Header::ERROR);
  if (status.remote_class().empty()) {
    response_header_.set_exceptionclassname(server_.errors.class_of(status));
  } else {
    response_header_.set_exceptionclassname(std::string(status.remote_class()));
  }
  response_header_.set_errormsg(std::string(status.message()));
  response_header_.set_errordetail(DetailOf(response_header_.exceptionclassname()));
  AppendResponse(response_header_, nullptr, &out_);
}

Status RpcConnection::Fatal(int32_t call_id, std::string_view class_name,
                            Header::RpcErrorCodeProto detail, std::string text) {
  CallContext call;
  call.call_id = call_id;
  FillResponseHeader(call, &response_header_);
  response_header_.set_status(Header::FATAL);
  response_header_.set_exceptionclassname(std::string(class_name));
  response_header_.set_errormsg(text);
  response_header_.set_errordetail(detail);
  AppendResponse(response_header_, nullptr, &out_);
  return Status(StatusCode::kInvalidArgument, std::move(text));
}

Task<Status> RpcConnection::Flush() {
  if (writing_) co_return Status();
  writing_ = true;
  Status status;
  while (!out_.empty() && status.ok()) {
    std::string sending;
    sending.swap(out_);
    // In pieces, so that the deadline bounds the wait for progress and not the whole answer.
    ByteView rest = AsBytes(sending);
    while (!rest.empty() && status.ok()) {
      const ByteView piece = rest.first(std::min(rest.size(), kWriteChunk));
      rest = rest.subspan(piece.size());
      stream_->SetWriteDeadline(After(server_.options.write_timeout));
      status = co_await stream_->WriteAll(piece);
    }
    if (out_.empty() && sending.capacity() <= kWriteChunk) {
      sending.clear();
      out_.swap(sending);
    }
  }
  writing_ = false;
  changed_.Set();
  if (!status.ok()) {
    broken_ = true;
    out_ = std::string();
    stream_->Close();
  }
  co_return status;
}

void RpcConnection::ScheduleFlush() {
  if (writing_ || flush_scheduled_ || broken_) return;
  flush_scheduled_ = true;
  if (!server_.calls.SpawnOn(executor(), "flush", FlushLater(shared_from_this())))
    flush_scheduled_ = false;
}

Task<void> RpcConnection::FlushLater(std::shared_ptr<RpcConnection> self) {
  co_await Yield();
  self->flush_scheduled_ = false;
  const Status ignored = co_await self->Flush();
}

}  // namespace tusk::rpc
