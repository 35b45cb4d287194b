#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dfs/datanode/service/client_datanode_service.h"
#include "dfs/datanode/service/inter_datanode_service.h"
#include "dfs/proto/client_datanode.pb.h"
#include "dfs/proto/inter_datanode.pb.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/remote_exception.h"
#include "tests/dfs/datanode/storage/stored_block.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

constexpr Block kBlock{BlockId(7), GenerationStamp(1001), 0};

class Answer final : public rpc::AnswerWriter {
 public:
  void Success(const google::protobuf::MessageLite& response) override {
    text = response.SerializeAsString();
  }
  std::string text;
};

class DatanodeServicesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, OpenStore(env_));
    ClientDatanodeHooks hooks;
    hooks.superuser = "root";
    hooks.software_version = "3.4.1";
    hooks.report = [this](bool full) { (full ? full_ : changes_)++; };
    clients_ = std::make_unique<ClientDatanodeService>(*store_, clock_, std::move(hooks));
    peers_ = std::make_unique<InterDatanodeService>(*store_, clock_, std::chrono::seconds(5));
  }

  /// Calls a method as its server would.
  template <class Response>
  Status Call(rpc::RpcService& service, const std::string& method,
              const google::protobuf::MessageLite& request, Response* response,
              const std::string& user = "root") {
    rpc::RpcMethod* found = service.Find(method);
    if (found == nullptr) return Status(StatusCode::kNoSuchMethod, method);
    rpc::CallContext context;
    context.user = user;
    context.method = method;
    const std::string body = request.SerializeAsString();
    Answer answer;
    const Status status = found->synchronous()
                              ? found->CallNow(context, AsBytes(body), answer)
                              : runner_.Run(found->Call(context, AsBytes(body), answer));
    if (status.ok()) {
      EXPECT_TRUE(response->ParseFromString(answer.text));
    }
    return status;
  }

  proto::ExtendedBlockProto Name(const Block& block, const std::string& pool) {
    return ToProto(ExtendedBlock{pool, block});
  }

  /// A replica of 40 bytes, of which 24 are acknowledged; its writer is gone.
  void WriteReplica() {
    Volume& volume = store_->volumes().at(0);
    ASSERT_OK_AND_ASSIGN(auto writer, store_->Create(volume, kBlock, kSmallChunks, false, {}));
    ASSERT_OK(WriteRange(*writer, 0, 40));
    writer->live()->SetAcked(24);
    store_->Release(std::move(writer));
  }

  MemoryEnv env_;
  ManualClock clock_;
  TaskRunner runner_;
  std::unique_ptr<BlockStore> store_;
  std::unique_ptr<ClientDatanodeService> clients_;
  std::unique_ptr<InterDatanodeService> peers_;
  int full_ = 0;
  int changes_ = 0;
};

TEST_F(DatanodeServicesTest, VisibleLengthIsWhatIsAcknowledged) {
  WriteReplica();
  proto::GetReplicaVisibleLengthRequestProto request;
  proto::GetReplicaVisibleLengthResponseProto response;
  *request.mutable_block() = Name(kBlock, kTestIdentity.pool_id);
  ASSERT_OK(Call(clients_->rpc(), "getReplicaVisibleLength", request, &response, "blk_7_1001"));
  EXPECT_EQ(response.length(), 24u);
}

TEST_F(DatanodeServicesTest, UnknownReplicasAndPoolsAreRefused) {
  proto::GetReplicaVisibleLengthRequestProto request;
  proto::GetReplicaVisibleLengthResponseProto response;
  *request.mutable_block() = Name(kBlock, kTestIdentity.pool_id);
  const Status unknown = Call(clients_->rpc(), "getReplicaVisibleLength", request, &response);
  EXPECT_THAT(unknown, StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(unknown.remote_class(), remote_class::kReplicaNotFound);
  *request.mutable_block() = Name(kBlock, "BP-other");
  EXPECT_THAT(Call(clients_->rpc(), "getReplicaVisibleLength", request, &response),
              StatusIs(StatusCode::kInvalidArgument, "BP-other"));
}

TEST_F(DatanodeServicesTest, AdministrationIsForTheSuperuser) {
  proto::TriggerBlockReportRequestProto request;
  request.set_incremental(false);
  proto::TriggerBlockReportResponseProto response;
  EXPECT_THAT(Call(clients_->rpc(), "triggerBlockReport", request, &response, "eve"),
              StatusIs(StatusCode::kPermissionDenied, "eve"));
  EXPECT_EQ(full_, 0);
  EXPECT_OK(Call(clients_->rpc(), "triggerBlockReport", request, &response));
  EXPECT_EQ(full_, 1);
  request.set_incremental(true);
  EXPECT_OK(Call(clients_->rpc(), "triggerBlockReport", request, &response));
  EXPECT_EQ(changes_, 1);
  proto::ShutdownDatanodeRequestProto shutdown;
  shutdown.set_forupgrade(false);
  proto::ShutdownDatanodeResponseProto done;
  EXPECT_THAT(Call(clients_->rpc(), "shutdownDatanode", shutdown, &done),
              StatusIs(StatusCode::kUnsupported));
  proto::GetVolumeReportResponseProto volumes;
  EXPECT_OK(
      Call(clients_->rpc(), "getVolumeReport", proto::GetVolumeReportRequestProto(), &volumes));
  ASSERT_EQ(volumes.volumeinfo_size(), 1);
  EXPECT_EQ(volumes.volumeinfo(0).path(), "/data");
}

TEST_F(DatanodeServicesTest, AgeIsTold) {
  clock_.Advance(std::chrono::seconds(90));
  proto::GetDatanodeInfoResponseProto response;
  ASSERT_OK(Call(clients_->rpc(), "getDatanodeInfo", proto::GetDatanodeInfoRequestProto(),
                 &response, "anybody"));
  EXPECT_EQ(response.localinfo().uptime(), 90u);
  EXPECT_EQ(response.localinfo().softwareversion(), "3.4.1");
}

TEST_F(DatanodeServicesTest, RecoveryFreezesCutsAndFinalizes) {
  WriteReplica();
  proto::InitReplicaRecoveryRequestProto freeze;
  freeze.mutable_block()->set_newgenstamp(1005);
  LocatedBlock located;
  located.block = {kTestIdentity.pool_id, kBlock};
  *freeze.mutable_block()->mutable_block() = ToProto(located);
  proto::InitReplicaRecoveryResponseProto frozen;
  ASSERT_OK(Call(peers_->rpc(), "initReplicaRecovery", freeze, &frozen));
  EXPECT_TRUE(frozen.replicafound());
  EXPECT_EQ(frozen.state(), proto::RBW);
  EXPECT_EQ(frozen.block().numbytes(), 40u);
  // A second leader with the same number gives way.
  EXPECT_THAT(Call(peers_->rpc(), "initReplicaRecovery", freeze, &frozen),
              StatusIs(StatusCode::kRecoveryInProgress));

  proto::UpdateReplicaUnderRecoveryRequestProto update;
  *update.mutable_block() = Name(kBlock, kTestIdentity.pool_id);
  update.set_recoveryid(1005);
  update.set_newlength(33);
  proto::UpdateReplicaUnderRecoveryResponseProto updated;
  ASSERT_OK(Call(peers_->rpc(), "updateReplicaUnderRecovery", update, &updated));
  EXPECT_EQ(updated.storageuuid(), store_->volumes().at(0).storage_id());
  const Block recovered{kBlock.id, GenerationStamp(1005), 33};
  EXPECT_EQ(store_->Find(kBlock.id)->block, recovered);
  EXPECT_EQ(store_->Find(kBlock.id)->state, ReplicaState::kFinalized);
  EXPECT_EQ(ReadBack(*store_, recovered).value(), DataOf(kBlock.id, 0, 33));
}

TEST_F(DatanodeServicesTest, AReplicaThatIsNotHereIsNoError) {
  proto::InitReplicaRecoveryRequestProto freeze;
  freeze.mutable_block()->set_newgenstamp(1005);
  LocatedBlock located;
  located.block = {kTestIdentity.pool_id, kBlock};
  *freeze.mutable_block()->mutable_block() = ToProto(located);
  proto::InitReplicaRecoveryResponseProto frozen;
  ASSERT_OK(Call(peers_->rpc(), "initReplicaRecovery", freeze, &frozen));
  EXPECT_FALSE(frozen.replicafound());
}

}  // namespace
}  // namespace tusk::dfs::datanode
