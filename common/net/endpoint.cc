#include "common/net/endpoint.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

namespace tusk {
namespace {

SocketAddress FromSockaddr(const void* address, socklen_t length) {
  SocketAddress out;
  out.length = std::min<socklen_t>(length, sizeof(out.bytes));
  std::memcpy(out.bytes, address, out.length);
  return out;
}

}  // namespace

std::string Endpoint::ToString() const {
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

Result<Endpoint> Endpoint::Parse(std::string_view text, int default_port) {
  auto bad = [text](std::string_view why) {
    return Status::Error(StatusCode::kInvalidArgument, "not an address (host:port), {}: {}", why,
                         text);
  };
  Endpoint out;
  std::string_view port_text;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return bad("no closing bracket");
    out.host = text.substr(1, close - 1);
    const std::string_view tail = text.substr(close + 1);
    if (!tail.empty() && tail.front() != ':') return bad("text after the bracket");
    has_port = !tail.empty();
    if (has_port) port_text = tail.substr(1);
  } else {
    const size_t colon = text.rfind(':');
    has_port = colon != std::string_view::npos;
    out.host = text.substr(0, colon);
    if (has_port) port_text = text.substr(colon + 1);
    if (out.host.find(':') != std::string::npos) return bad("IPv6 addresses need brackets");
    if (out.host.empty() && has_port) out.host = "0.0.0.0";
  }
  if (out.host.empty() || out.host.size() > 255) return bad("no host name");
  for (const char c : out.host) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '@') return bad("bad host name");
  }
  int port = default_port;
  if (has_port) {
    const char* end = port_text.data() + port_text.size();
    const auto [stop, error] = std::from_chars(port_text.data(), end, port);
    if (error != std::errc() || stop != end || port < 0 || port > 65535) return bad("bad port");
  } else if (default_port < 0) {
    return bad("no port");
  }
  out.port = static_cast<uint16_t>(port);
  return out;
}

bool Endpoint::IsLoopback() const {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost" || host == "::1";
}

Endpoint SocketAddress::ToEndpoint() const {
  char text[INET6_ADDRSTRLEN] = "";
  Endpoint out;
  sockaddr_storage address;
  std::memset(&address, 0, sizeof(address));
  std::memcpy(&address, bytes, std::min<size_t>(length, sizeof(address)));
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    out.port = ntohs(v4->sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    out.port = ntohs(v6->sin6_port);
  }
  out.host = text;
  return out;
}

Result<SocketAddress> ParseNumeric(const Endpoint& endpoint) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(endpoint.port);
  const std::string host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) return FromSockaddr(&v4, sizeof(v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) return FromSockaddr(&v6, sizeof(v6));
  return Status::Error(StatusCode::kInvalidArgument, "not a numeric address: {}", endpoint.host);
}

Result<std::vector<SocketAddress>> Resolve(const Endpoint& endpoint) {
  std::vector<SocketAddress> out;
  if (Result<SocketAddress> numeric = ParseNumeric(endpoint); numeric.ok()) {
    out.push_back(*numeric);
    return out;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  const int error = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return Status::Error(StatusCode::kUnavailable, "cannot resolve host name {}: {}", endpoint.host,
                         gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  for (const bool v4 : {true, false}) {
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
      if ((entry->ai_family == AF_INET) != v4) continue;
      out.push_back(FromSockaddr(entry->ai_addr, entry->ai_addrlen));
    }
  }
  return out;
}

}  // namespace tusk
