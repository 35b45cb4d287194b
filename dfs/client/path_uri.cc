#include "dfs/client/path_uri.h"

#include <vector>

namespace tusk::dfs {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsSchemeCharacter(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Length of the scheme in front of `text`, without its colon; 0 when there is none.
size_t SchemeLength(std::string_view text) {
  if (text.empty() || !IsLetter(text[0])) return 0;
  size_t n = 1;
  while (n < text.size() && IsSchemeCharacter(text[n])) ++n;
  const bool ends_well = n + 1 < text.size() && text[n] == ':' && text[n + 1] == '/';
  return ends_well ? n : 0;
}

}  // namespace

std::string PathUri::FileSystemUri() const {
  return scheme.empty() ? std::string() : scheme + "://" + authority;
}

Result<PathUri> ParsePathUri(std::string_view text) {
  if (text.empty()) {
    return Status(StatusCode::kInvalidPath, "Can not create a Path from an empty string");
  }
  if (text.find('\0') != std::string_view::npos) {
    return Status(StatusCode::kInvalidPath, "a path may not contain a NUL byte");
  }
  PathUri uri;
  if (size_t n = SchemeLength(text); n > 0) {
    for (char c : text.substr(0, n)) uri.scheme += ToLower(c);
    text.remove_prefix(n + 1);
    if (text.starts_with("//")) {
      text.remove_prefix(2);
      const size_t slash = text.find('/');
      uri.authority = text.substr(0, slash);
      text = slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
    }
  }
  uri.path = text;
  return uri;
}

std::string NormalizePath(std::string_view path, std::string_view base) {
  std::vector<std::string_view> components;
  auto add = [&components](std::string_view part) {
    while (!part.empty()) {
      const size_t slash = part.find('/');
      const std::string_view name = part.substr(0, slash);
      part = slash == std::string_view::npos ? std::string_view() : part.substr(slash + 1);
      if (name.empty() || name == ".") continue;
      if (name != "..") {
        components.push_back(name);
      } else if (!components.empty()) {
        components.pop_back();
      }
    }
  };
  if (!path.starts_with('/')) add(base);
  add(path);
  std::string result;
  for (std::string_view name : components) {
    result += '/';
    result += name;
  }
  return result.empty() ? "/" : result;
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string result(directory);
  if (!result.ends_with('/')) result += '/';
  result += name;
  return result;
}

}  // namespace tusk::dfs
