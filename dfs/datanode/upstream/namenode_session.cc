#include "dfs/datanode/upstream/namenode_session.h"

#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/rpc/rpc_client.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kProtocol = "org.apache.hadoop.hdfs.server.protocol.DatanodeProtocol";
constexpr std::string_view kModule = "datanode";

/// Layout version of the disks (DataNodeLayoutVersion of Hadoop 3: -57).
constexpr int32_t kLayoutVersion = -57;

/// Errors of the path to the namenode, or of a namenode that is only just starting.
bool MayPass(const Status& status) {
  return IsRetriable(status.code()) || status.code() == StatusCode::kMaybeDone ||
         status.code() == StatusCode::kSafeMode;
}

}  // namespace

bool MeansUnregistered(const Status& status) {
  return status.remote_class() == remote_class::kUnregisteredNode;
}

NamenodeSession::NamenodeSession(rpc::RpcClient& client, const Clock& clock, SessionOptions options,
                                 DatanodeId self)
    : client_(client), clock_(clock), options_(std::move(options)), self_(std::move(self)) {
  MutexLock lock(mutex_);
  registration_ = Request(ServedNamespace());
}

proto::DatanodeRegistrationProto NamenodeSession::Request(const ServedNamespace& identity) const {
  proto::DatanodeRegistrationProto request;
  *request.mutable_datanodeid() = ToProto(self_);
  proto::StorageInfoProto& storage = *request.mutable_storageinfo();
  storage.set_layoutversion(static_cast<uint32_t>(kLayoutVersion));
  storage.set_namespceid(identity.namespace_id);
  storage.set_clusterid(identity.cluster_id);
  storage.set_ctime(identity.creation_ms);
  proto::ExportedBlockKeysProto& keys = *request.mutable_keys();
  keys.set_isblocktokenenabled(false);
  keys.set_keyupdateinterval(0);
  keys.set_tokenlifetime(0);
  keys.mutable_currentkey()->set_keyid(0);
  keys.mutable_currentkey()->set_expirydate(0);
  request.set_softwareversion(options_.software_version);
  return request;
}

Task<Status> NamenodeSession::Call(std::string_view method,
                                   const google::protobuf::MessageLite& request,
                                   google::protobuf::MessageLite* response) {
  rpc::CallOptions call;
  call.server = options_.namenode;
  call.user = options_.user;
  call.deadline = Deadline::After(clock_, options_.call_timeout);
  co_return co_await client_.Call(kProtocol, method, request, response, std::move(call));
}

Task<Result<ServedNamespace>> NamenodeSession::AskNamespace() {
  const proto::VersionRequestProto request;
  proto::VersionResponseProto response;
  Status asked = co_await Call("versionRequest", request, &response);
  if (!asked.ok()) co_return asked;
  const proto::NamespaceInfoProto& info = response.info();
  ServedNamespace identity;
  identity.block_pool_id = info.blockpoolid();
  identity.cluster_id = info.storageinfo().clusterid();
  identity.namespace_id = info.storageinfo().namespceid();
  identity.creation_ms = info.storageinfo().ctime();
  identity.layout_version = info.storageinfo().layoutversion();
  // The pool id becomes the name of a directory.
  const bool is_name = !identity.block_pool_id.empty() && identity.block_pool_id.size() <= 200 &&
                       identity.block_pool_id.find('/') == std::string::npos &&
                       identity.block_pool_id.find('\0') == std::string::npos &&
                       identity.block_pool_id.front() != '.';
  if (!is_name) {
    co_return Status::Error(StatusCode::kInvalidArgument,
                            "the namenode's block pool id cannot be a directory: \"{}\"",
                            identity.block_pool_id);
  }
  co_return identity;
}

Task<Result<ServedNamespace>> NamenodeSession::AwaitNamespace() {
  BackoffOptions times;
  times.initial = options_.first_retry;
  times.cap = options_.last_retry;
  Backoff backoff(times, RandomSeed());
  while (true) {
    Result<ServedNamespace> identity = co_await AskNamespace();
    if (identity.ok()) {
      MutexLock lock(mutex_);
      if (!registered_) identity_ = *identity;
      co_return identity;
    }
    if (identity.status().code() == StatusCode::kCancelled) co_return identity;
    if (backoff.attempts() % 10 == 0) {
      LOG_WARN(kModule, "no namenode yet, asking again address={} error={}", options_.namenode,
               identity.status().ToString());
    }
    CO_RETURN_IF_ERROR(co_await SleepFor(backoff.Next()));
  }
}

Task<Status> NamenodeSession::RegisterOnce() {
  Result<ServedNamespace> now = co_await AskNamespace();
  if (!now.ok()) co_return std::move(now).status();
  const ServedNamespace before = identity();
  if (!before.block_pool_id.empty() && before != *now) {
    co_return Status::Error(StatusCode::kFailedPrecondition,
                            "the namenode serves another namespace than this datanode's disks: "
                            "cluster {} pool {}, disks have cluster {} pool {}",
                            now->cluster_id, now->block_pool_id, before.cluster_id,
                            before.block_pool_id);
  }
  proto::RegisterDatanodeRequestProto request;
  *request.mutable_registration() = Request(*now);
  proto::RegisterDatanodeResponseProto response;
  CO_RETURN_IF_ERROR(co_await Call("registerDatanode", request, &response));
  MutexLock lock(mutex_);
  identity_ = *now;
  registration_ = response.registration();
  registered_ = true;
  co_return Status();
}

Task<Status> NamenodeSession::Register() {
  BackoffOptions times;
  times.initial = options_.first_retry;
  times.cap = options_.last_retry;
  Backoff backoff(times, RandomSeed());
  while (true) {
    Status done = co_await RegisterOnce();
    if (done.ok()) {
      LOG_INFO(kModule, "registered namenode={} pool={} uuid={}", options_.namenode,
               identity().block_pool_id, self_.uuid);
      co_return done;
    }
    if (!MayPass(done)) co_return done;
    LOG_WARN(kModule, "registration did not come through, trying again namenode={} error={}",
             options_.namenode, done.ToString());
    CO_RETURN_IF_ERROR(co_await SleepFor(backoff.Next()));
  }
}

proto::DatanodeRegistrationProto NamenodeSession::registration() const {
  MutexLock lock(mutex_);
  return registration_;
}

DatanodeId NamenodeSession::id() const {
  Result<DatanodeId> accepted = FromProto(registration().datanodeid());
  return accepted.ok() ? std::move(accepted).value() : self_;
}

ServedNamespace NamenodeSession::identity() const {
  MutexLock lock(mutex_);
  return identity_;
}

bool NamenodeSession::registered() const {
  MutexLock lock(mutex_);
  return registered_;
}

}  // namespace tusk::dfs::datanode
