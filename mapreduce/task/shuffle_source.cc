#include "mapreduce/task/shuffle_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/clock.h"
#include "mapreduce/shuffle/shuffle_client.h"
#include "mapreduce/sort/block_frame.h"
#include "mapreduce/sort/local_file.h"

namespace tusk::mapreduce {

namespace {

constexpr size_t kMapsPerRequest = 64;
constexpr size_t kChunkBytes = 1 << 20;
// After a failure a slice is asked for again at the same place no sooner than this.
constexpr std::chrono::milliseconds kPause{200};

/// kCorruption unless `bytes` are whole blocks with good checksums.
Status CheckBlocks(ByteView bytes) {
  while (!bytes.empty()) {
    if (bytes.size() < kBlockHeaderBytes) {
      return Status(StatusCode::kCorruption, "a slice of map output ends within a block's header");
    }
    BlockHeader header;
    RETURN_IF_ERROR(ParseBlockHeader(bytes.data(), &header));
    if (header.stored_bytes > bytes.size() - kBlockHeaderBytes) {
      return Status(StatusCode::kCorruption, "a slice of map output ends within a block");
    }
    RETURN_IF_ERROR(
        CheckBlock(bytes.data(), bytes.subspan(kBlockHeaderBytes, header.stored_bytes), header));
    bytes = bytes.subspan(kBlockHeaderBytes + header.stored_bytes);
  }
  return Status::Ok();
}

}  // namespace

ShuffleSource::ShuffleSource(Options options, const Clock& clock, Complain complain)
    : options_(std::move(options)), clock_(clock), complain_(std::move(complain)) {}

ShuffleSource::~ShuffleSource() {
  Cancel();
  for (std::thread& thread : threads_) thread.join();
}

void ShuffleSource::Cancel() {
  MutexLock lock(mutex_);
  cancelled_ = true;
  changed_.NotifyAll();
}

uint64_t ShuffleSource::fetched() const {
  MutexLock lock(mutex_);
  return fetched_;
}

uint64_t ShuffleSource::failed() const {
  MutexLock lock(mutex_);
  return failed_;
}

void ShuffleSource::Update(const MapOutputPlace& place) {
  const uint32_t map = place.attempt.task.index;
  {
    MutexLock lock(mutex_);
    if (arrived_.contains(map)) return;
    auto [known, fresh] = wanted_.try_emplace(map, place.attempt);
    if (!fresh && known->second >= place.attempt) return;
    known->second = place.attempt;
    if (place.local_path.empty()) {
      waiting_[Server(place.server.host, place.server.port)].push_back(place);
      changed_.NotifyAll();
      return;
    }
  }
  AddLocal(place);
}

void ShuffleSource::AddLocal(const MapOutputPlace& place) {
  if (place.local_length == 0) return Arrived(place, 0, MakeMemorySegment({}));
  Result<std::shared_ptr<const LocalFile>> file = LocalFile::Open(place.local_path);
  if (!file.ok()) {
    return Failed(place, Status::Error(StatusCode::kNotFound, "{}", file.status().message()));
  }
  Arrived(place, place.local_length,
          MakeFileSegment(*std::move(file), place.local_offset, place.local_length));
}

Result<FetchedSegment> ShuffleSource::Next() {
  MutexLock lock(mutex_);
  while (true) {
    if (cancelled_) return Status(StatusCode::kCancelled, "the task shall end");
    if (!ready_.empty()) {
      FetchedSegment segment = std::move(ready_.front());
      ready_.pop_front();
      ++handed_out_;
      return segment;
    }
    if (handed_out_ == options_.total_maps) return FetchedSegment();
    // Threads only when something has to come over the network.
    if (threads_.empty() && !waiting_.empty()) {
      const size_t count = std::clamp<size_t>(waiting_.size(), 1, options_.fetchers);
      for (size_t i = 0; i < count; ++i) threads_.emplace_back([this] { FetchLoop(); });
    }
    changed_.Wait(mutex_);
  }
}

bool ShuffleSource::TakeWork(Endpoint* server, std::vector<MapOutputPlace>* places) {
  MutexLock lock(mutex_);
  while (!cancelled_) {
    for (auto& [address, queue] : waiting_) {
      if (queue.empty() || busy_.contains(address)) continue;
      busy_.insert(address);
      *server = Endpoint{address.first, address.second};
      while (!queue.empty() && places->size() < kMapsPerRequest) {
        places->push_back(std::move(queue.front()));
        queue.pop_front();
      }
      return true;
    }
    if (arrived_.size() == options_.total_maps) return false;
    changed_.Wait(mutex_);
  }
  return false;
}

void ShuffleSource::FetchLoop() {
  Endpoint server;
  std::vector<MapOutputPlace> places;
  while (TakeWork(&server, &places)) {
    FetchFrom(server, places);
    places.clear();
    MutexLock lock(mutex_);
    busy_.erase(Server(server.host, server.port));
    changed_.NotifyAll();
  }
}

void ShuffleSource::FetchFrom(const Endpoint& server, const std::vector<MapOutputPlace>& places) {
  size_t next = 0;
  Result<ShuffleClient> client = ShuffleClient::Connect(server, clock_, options_.timeout);
  Status status = client.status();
  if (status.ok()) {
    std::vector<AttemptId> maps;
    for (const MapOutputPlace& place : places) maps.push_back(place.attempt);
    status = client->Request(options_.job, options_.reduce, maps);
  }
  while (status.ok() && next < places.size()) {
    const MapOutputPlace& place = places[next];
    const Result<uint64_t> bytes = client->NextOutput(place.attempt);
    if (bytes.status().code() == StatusCode::kNotFound) {
      Failed(place, bytes.status());
      ++next;
      continue;
    }
    status = bytes.status();
    if (!status.ok()) break;
    Result<std::unique_ptr<SegmentSource>> source = Receive(*client, place, *bytes);
    status = source.status();
    if (!status.ok()) break;
    Arrived(place, *bytes, *std::move(source));
    ++next;
  }
  // What was not reached shares the connection's fate.
  for (; next < places.size(); ++next) Failed(places[next], status);
}

Result<std::unique_ptr<SegmentSource>> ShuffleSource::Receive(ShuffleClient& client,
                                                              const MapOutputPlace& place,
                                                              uint64_t bytes) {
  bool in_memory = false;
  {
    MutexLock lock(mutex_);
    in_memory = bytes <= options_.memory_bytes - std::min(options_.memory_bytes, memory_used_);
    if (in_memory) memory_used_ += bytes;
  }
  if (in_memory) {
    std::vector<uint8_t> content(bytes);
    RETURN_IF_ERROR(client.Read(content));
    RETURN_IF_ERROR(CheckBlocks(content));
    return MakeMemorySegment(std::move(content));
  }
  const std::string path =
      fmt::format("{}/fetched-{}", options_.directory, place.attempt.ToString());
  ASSIGN_OR_RETURN(auto writer, LocalFileWriter::Create(path));
  std::vector<uint8_t> chunk(std::min<uint64_t>(bytes, kChunkBytes));
  for (uint64_t done = 0; done < bytes;) {
    const MutableByteView part(chunk.data(), std::min<uint64_t>(bytes - done, kChunkBytes));
    RETURN_IF_ERROR(client.Read(part));
    RETURN_IF_ERROR(writer->Append(part));
    done += part.size();
  }
  RETURN_IF_ERROR(writer->Close());
  ASSIGN_OR_RETURN(auto file, LocalFile::Open(path));
  // Open: its blocks vanish with the last reader, also when this process dies.
  RETURN_IF_ERROR(RemoveLocalFile(path));
  return MakeFileSegment(std::move(file), 0, bytes);
}

void ShuffleSource::Arrived(const MapOutputPlace& place, uint64_t bytes,
                            std::unique_ptr<SegmentSource> source) {
  MutexLock lock(mutex_);
  if (!arrived_.insert(place.attempt.task.index).second) return;
  if (place.local_path.empty()) ++fetched_;
  ready_.push_back(FetchedSegment{place.attempt.task.index, bytes, std::move(source)});
  changed_.NotifyAll();
}

void ShuffleSource::Failed(const MapOutputPlace& place, const Status& status) {
  const bool definite =
      status.code() == StatusCode::kNotFound || status.code() == StatusCode::kCorruption;
  {
    MutexLock lock(mutex_);
    if (cancelled_ || arrived_.contains(place.attempt.task.index)) return;
    ++failed_;
  }
  complain_(place.attempt, definite, std::string(status.message()));
  if (definite) return;  // an update will name another place
  MutexLock lock(mutex_);
  // A moment's pause, cut short by a cancellation; then the same place is tried again.
  if (!cancelled_) changed_.WaitFor(mutex_, kPause);
  auto wanted = wanted_.find(place.attempt.task.index);
  if (wanted != wanted_.end() && wanted->second != place.attempt) return;
  waiting_[Server(place.server.host, place.server.port)].push_back(place);
}

}  // namespace tusk::mapreduce
