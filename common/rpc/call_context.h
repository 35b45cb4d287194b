#pragma once

#include <cstdint>
#include <string>

#include "common/time/deadline.h"

namespace tusk::rpc {

/// What a handler knows about the call it answers. Strings from the peer: `user` is what the peer
/// says (SIMPLE authentication), `caller_context` is for the audit log only.
struct CallContext {
  std::string user;       // effective user, short name: cut at the first '/' or '@'
  std::string real_user;  // who impersonates `user`; empty when nobody does
  std::string protocol;   // "org.apache.hadoop.hdfs.protocol.ClientProtocol"
  std::string method;     // "getFileInfo"
  std::string client_id;  // 16 bytes chosen by the client; empty when it sent none
  int32_t call_id = 0;
  int32_t retry_count = -1;    // -1: the client does not count
  std::string remote_address;  // the peer's IP
  std::string caller_context;
  Deadline deadline =
      Deadline::Never();  // after it the answer is of no use; waits of handlers end before it
};

}  // namespace tusk::rpc
