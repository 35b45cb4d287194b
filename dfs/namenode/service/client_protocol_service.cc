#include "dfs/namenode/service/client_protocol_service.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kProtocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol";
constexpr uint64_t kVersion = 1;

// Methods that clients may call and that have no operation behind them.
constexpr std::string_view kNotBuilt[] = {"addCacheDirective",
                                          "addCachePool",
                                          "addErasureCodingPolicies",
                                          "allowSnapshot",
                                          "cancelDelegationToken",
                                          "concat",
                                          "createEncryptionZone",
                                          "createSnapshot",
                                          "createSymlink",
                                          "deleteSnapshot",
                                          "disableErasureCodingPolicy",
                                          "disallowSnapshot",
                                          "enableErasureCodingPolicy",
                                          "getEditsFromTxid",
                                          "getSnapshotDiffReport",
                                          "getSnapshotDiffReportListing",
                                          "getSnapshotListing",
                                          "listCacheDirectives",
                                          "listCachePools",
                                          "listEncryptionZones",
                                          "listReencryptionStatus",
                                          "modifyAclEntries",
                                          "modifyCacheDirective",
                                          "modifyCachePool",
                                          "reencryptEncryptionZone",
                                          "removeAcl",
                                          "removeAclEntries",
                                          "removeCacheDirective",
                                          "removeCachePool",
                                          "removeDefaultAcl",
                                          "removeErasureCodingPolicy",
                                          "removeXAttr",
                                          "renameSnapshot",
                                          "renewDelegationToken",
                                          "satisfyStoragePolicy",
                                          "setAcl",
                                          "setErasureCodingPolicy",
                                          "setQuota",
                                          "setStoragePolicy",
                                          "setXAttr",
                                          "truncate",
                                          "unsetErasureCodingPolicy",
                                          "unsetStoragePolicy"};

}  // namespace

ClientProtocolService::ClientProtocolService(const OpContext& context, UserGroups& groups,
                                             WorkPool& pool)
    : context_(context), groups_(groups), pool_(pool), rpc_(std::string(kProtocol), kVersion) {
  AddReads();
  AddWrites();
  AddAdministration();
  AddUnsupported();
}

void ClientProtocolService::AddUnsupported() {
  for (const std::string_view method : kNotBuilt) {
    rpc_.AddUnsupported(std::string(method),
                        Status::Error(StatusCode::kUnsupported, "{} is not supported", method));
  }
}

Task<Result<std::shared_ptr<const Identity>>> ClientProtocolService::Admit(
    const rpc::CallContext* call) {
  std::shared_ptr<const Identity> who = groups_.Cached(call->user);
  if (!who) {
    const auto load = [this, call]() -> Result<std::shared_ptr<const Identity>> {
      return groups_.Load(call->user);
    };
    CO_ASSIGN_OR_RETURN(who, co_await pool_.Run(load));
  }
  if (context_.ns.overloaded()) {
    const auto wait = [this, call] { return context_.ns.AdmitBlocking(call->deadline); };
    CO_RETURN_IF_ERROR(co_await pool_.Run(wait));
  }
  co_return who;
}

}  // namespace tusk::dfs::namenode
