#include "dfs/datanode/transfer/block_checksum.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/codec/crc.h"
#include "common/codec/endian.h"
#include "common/log/logger.h"
#include "dfs/datanode/transfer/op_response.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {
namespace {

/// Checksums read at a time.
constexpr uint64_t kBatchChunks = 64 << 10;

/// What the checksums of the chunks, in order, are made into.
class Digest {
 public:
  virtual ~Digest() = default;
  /// `checksums` of chunks of `chunk` bytes each.
  virtual void Add(ByteView checksums, uint64_t chunk) = 0;
  virtual std::string Finish() = 0;
};

class Md5Digest final : public Digest {
 public:
  Md5Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    CHECK(EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) == 1);
  }
  void Add(ByteView checksums, uint64_t) override {
    CHECK(EVP_DigestUpdate(context_.get(), checksums.data(), checksums.size()) == 1);
  }
  std::string Finish() override {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(context_.get(), digest, &size) == 1);
    return {reinterpret_cast<const char*>(digest), size};
  }

 private:
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

class CompositeDigest final : public Digest {
 public:
  /// `stripe` 0: one checksum for all.
  CompositeDigest(ChecksumType type, uint64_t stripe) : type_(type), stripe_(stripe) {}

  void Add(ByteView checksums, uint64_t chunk) override {
    for (; !checksums.empty(); checksums = checksums.subspan(kChecksumBytes)) {
      const uint32_t next = GetBig<uint32_t>(checksums.data());
      const bool crc32 = type_ == ChecksumType::kCrc32;
      crc_ = crc32 ? Crc32Combine(crc_, next, chunk) : Crc32cCombine(crc_, next, chunk);
      length_ += chunk;
      if (stripe_ != 0 && length_ >= stripe_) Cut();
    }
  }
  std::string Finish() override {
    if (length_ > 0 || out_.empty()) Cut();
    return std::move(out_);
  }

 private:
  void Cut() {
    uint8_t bytes[kChecksumBytes];
    PutBig<uint32_t>(bytes, crc_);
    out_.append(AsText(bytes));
    crc_ = 0;
    length_ = 0;
  }

  const ChecksumType type_;
  const uint64_t stripe_;
  uint32_t crc_ = 0;
  uint64_t length_ = 0;
  std::string out_;
};

Result<std::unique_ptr<Digest>> MakeDigest(const proto::BlockChecksumOptionsProto& options,
                                           const ChecksumSpec& spec) {
  if (options.blockchecksumtype() == proto::MD5CRC) {
    return std::unique_ptr<Digest>(std::make_unique<Md5Digest>());
  }
  const uint64_t stripe = options.stripelength();
  if (stripe % spec.bytes_per_checksum != 0) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "stripes of {} bytes are not of whole chunks of {}", stripe,
                         spec.bytes_per_checksum);
  }
  return std::unique_ptr<Digest>(std::make_unique<CompositeDigest>(spec.type, stripe));
}

/// The checksum of the `bytes` at `start`, part of one chunk, from the data if the stored checksum
/// is one of more.
Result<uint32_t> LastChecksum(const ReplicaReader& reader, uint64_t start, uint64_t bytes) {
  const ChecksumSpec& spec = reader.spec();
  std::vector<uint8_t> data(std::min<uint64_t>(spec.bytes_per_checksum, reader.length() - start));
  uint8_t stored[kChecksumBytes];
  RETURN_IF_ERROR(reader.Read(start, data, stored));
  RETURN_IF_ERROR(VerifyChecksums(spec, start, data, stored));
  return Checksum(spec.type, ByteView(data).first(bytes));
}

Status AddChecksums(const ReplicaReader& reader, uint64_t length, Digest* digest) {
  const uint64_t chunk = reader.spec().bytes_per_checksum;
  const uint64_t whole = length / chunk;
  std::vector<uint8_t> checksums(std::min(whole, kBatchChunks) * kChecksumBytes);
  for (uint64_t done = 0; done < whole;) {
    const uint64_t count = std::min(kBatchChunks, whole - done);
    const MutableByteView batch(checksums.data(), count * kChecksumBytes);
    RETURN_IF_ERROR(reader.Read(done * chunk, {}, batch));
    digest->Add(batch, chunk);
    done += count;
  }
  if (length % chunk == 0) return Status();
  ASSIGN_OR_RETURN(const uint32_t last, LastChecksum(reader, whole * chunk, length % chunk));
  uint8_t bytes[kChecksumBytes];
  PutBig<uint32_t>(bytes, last);
  digest->Add(bytes, length % chunk);
  return Status();
}

Task<Result<proto::OpBlockChecksumResponseProto>> Compute(TransferContext& context,
                                                          const proto::OpBlockChecksumProto& op) {
  const ExtendedBlock block = FromProto(op.header().block());
  CO_RETURN_IF_ERROR(context.CheckPool(block));
  CO_ASSIGN_OR_RETURN(Volume * volume, context.store.VolumeOf(block.block.id));
  auto compute = [&] {
    return ComputeBlockChecksum(context, block.block, op.blockchecksumoptions());
  };
  co_return co_await volume->pool().Run(compute);
}

}  // namespace

Result<proto::OpBlockChecksumResponseProto> ComputeBlockChecksum(
    TransferContext& context, const Block& block, const proto::BlockChecksumOptionsProto& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ReplicaReader> reader, context.store.OpenForRead(block));
  const ChecksumSpec& spec = reader->spec();
  if (block.length > reader->length() || spec.ChecksumSize() == 0) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "replica blk_{} has {} bytes with {} checksums, asked for those of {}",
                         block.id, reader->length(), ChecksumTypeName(spec.type), block.length);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Digest> digest, MakeDigest(options, spec));
  const Status added = AddChecksums(*reader, block.length, digest.get());
  if (added.code() == StatusCode::kCorruption) {
    context.ReportCorrupt(reader->block(), reader->volume(), added);
  }
  RETURN_IF_ERROR(added);
  proto::OpBlockChecksumResponseProto response;
  response.set_bytespercrc(spec.bytes_per_checksum);
  response.set_crcperblock(spec.ChunkCount(0, reader->length()));
  response.set_blockchecksum(digest->Finish());
  response.set_crctype(ToProto(spec).type());
  *response.mutable_blockchecksumoptions() = options;
  response.mutable_blockchecksumoptions()->set_blockchecksumtype(options.blockchecksumtype());
  return response;
}

Task<void> ServeBlockChecksum(TransferContext& context, Stream& stream,
                              proto::OpBlockChecksumProto op) {
  Result<proto::OpBlockChecksumResponseProto> checksum = co_await Compute(context, op);
  proto::BlockOpResponseProto response;
  if (checksum.ok()) {
    context.metrics.checksum_ops.Add();
    response.set_status(proto::SUCCESS);
    *response.mutable_checksumresponse() = std::move(*checksum);
  } else {
    context.metrics.failed_ops.Add();
    response = ErrorResponse(checksum.status());
  }
  const Status sent = co_await SendResponse(stream, std::move(response));
  static_cast<void>(sent);
}

}  // namespace tusk::dfs::datanode
