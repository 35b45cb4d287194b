#include <google/protobuf/message_lite.h>

#include <functional>

#include "dfs/proto/client_namenode.pb.h"
#include "dfs/proto/client_namenode_admin.pb.h"
#include "dfs/proto/datanode_protocol.pb.h"
#include "dfs/proto/inter_datanode.pb.h"
#include "tests/dfs/wire/golden_stream.h"

namespace tusk::dfs {
namespace {

template <typename Request, typename Response>
MethodMessages Make() {
  MethodMessages messages;
  messages.request = std::make_unique<Request>();
  messages.response = std::make_unique<Response>();
  return messages;
}

}  // namespace

#define TUSK_METHOD(method, message) \
  {method, &Make<proto::message##RequestProto, proto::message##ResponseProto>}

MethodMessages MakeMethodMessages(std::string_view method) {
  static const std::map<std::string_view, MethodMessages (*)()> table = {
      TUSK_METHOD("getFileInfo", GetFileInfo),
      TUSK_METHOD("getListing", GetListing),
      TUSK_METHOD("getServerDefaults", GetServerDefaults),
      TUSK_METHOD("getBlockLocations", GetBlockLocations),
      TUSK_METHOD("getContentSummary", GetContentSummary),
      TUSK_METHOD("create", Create),
      TUSK_METHOD("append", Append),
      TUSK_METHOD("addBlock", AddBlock),
      TUSK_METHOD("complete", Complete),
      TUSK_METHOD("updateBlockForPipeline", UpdateBlockForPipeline),
      TUSK_METHOD("updatePipeline", UpdatePipeline),
      TUSK_METHOD("mkdirs", Mkdirs),
      TUSK_METHOD("delete", Delete),
      TUSK_METHOD("rename", Rename),
      TUSK_METHOD("rename2", Rename2),
      TUSK_METHOD("setPermission", SetPermission),
      TUSK_METHOD("setReplication", SetReplication),
      TUSK_METHOD("concat", Concat),
      TUSK_METHOD("truncate", Truncate),
      TUSK_METHOD("registerDatanode", RegisterDatanode),
      TUSK_METHOD("sendHeartbeat", Heartbeat),
      TUSK_METHOD("blockReport", BlockReport),
      TUSK_METHOD("blockReceivedAndDeleted", BlockReceivedAndDeleted),
      TUSK_METHOD("initReplicaRecovery", InitReplicaRecovery),
      TUSK_METHOD("updateReplicaUnderRecovery", UpdateReplicaUnderRecovery),
      {"getFsStats", &Make<proto::GetFsStatusRequestProto, proto::GetFsStatsResponseProto>},
      {"versionRequest", &Make<proto::VersionRequestProto, proto::VersionResponseProto>},
  };
  const auto it = table.find(method);
  return it == table.end() ? MethodMessages() : it->second();
}

#undef TUSK_METHOD

}  // namespace tusk::dfs
