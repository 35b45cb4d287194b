#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "common/base/result.h"

struct sockaddr_storage;

namespace tusk {

/// Where a server listens: a host name or numeric address, and a port (0 = any free one, for
/// listening only).
struct Endpoint {
  std::string host;
  uint16_t port = 0;

  /// "host:port"; IPv6 addresses in brackets.
  std::string ToString() const;

  /// Reads "host:port", "[::1]:port", ":port" (all interfaces, 0.0.0.0) or, when `default_port` is
  /// given (not negative), "host". kInvalidArgument says what is wrong.
  static Result<Endpoint> Parse(std::string_view text, int default_port = -1);

  /// True for addresses that only this machine can reach: 127.0.0.0/8, ::1, "localhost".
  bool IsLoopback() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// A numeric socket address.
struct SocketAddress {
  alignas(8) unsigned char bytes[128] = {};  // a sockaddr_storage
  uint32_t length = 0;

  /// "10.0.0.7:50010" or "[::1]:50010".
  Endpoint ToEndpoint() const;
};

/// The addresses of `endpoint`, IPv4 first. Asks the system's resolver when the host is a name: may
/// block for seconds, so not on an I/O thread (ConnectTcp has its own way). kUnavailable when the
/// name does not resolve.
Result<std::vector<SocketAddress>> Resolve(const Endpoint& endpoint);
/// Only numeric addresses and "localhost" (127.0.0.1); kInvalidArgument otherwise. Never blocks.
Result<SocketAddress> ParseNumeric(const Endpoint& endpoint);

}  // namespace tusk

/// Formats as ToString does.
template <>
struct fmt::formatter<tusk::Endpoint> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const tusk::Endpoint& endpoint, Context& context) const {
    auto out = context.out();
    for (const char c : endpoint.ToString()) *out++ = c;
    return out;
  }
};
