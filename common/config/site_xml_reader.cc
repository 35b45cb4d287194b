#include "common/config/site_xml_reader.h"

#include <algorithm>

#include <pugixml.hpp>

#include "common/base/status.h"

namespace tusk {

namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Lines are counted onwards from the last question: offsets come in rising order.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  int LineOf(ptrdiff_t offset) {
    const size_t end = std::min(text_.size(), static_cast<size_t>(std::max<ptrdiff_t>(offset, 0)));
    if (end < position_) {
      position_ = 0;
      line_ = 1;
    }
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<ptrdiff_t>(position_),
                                         text_.begin() + static_cast<ptrdiff_t>(end), '\n'));
    position_ = end;
    return line_;
  }

 private:
  const std::string_view text_;
  size_t position_ = 0;
  int line_ = 1;
};

Status BadXml(std::string_view origin, int line, std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "{}:{}: {}", origin, line, what);
}

void AppendEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

Result<std::vector<SiteProperty>> ReadSiteXml(std::string_view xml, std::string_view origin) {
  LineCounter lines(xml);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) return BadXml(origin, lines.LineOf(parsed.offset), parsed.description());
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != "configuration") {
    return BadXml(origin, lines.LineOf(root.offset_debug()),
                  fmt::format("the root element is <{}>, expected <configuration>", root.name()));
  }
  std::vector<SiteProperty> properties;
  for (const pugi::xml_node element : root.children()) {
    if (element.type() != pugi::node_element) continue;
    const int line = lines.LineOf(element.offset_debug());
    if (std::string_view(element.name()) != "property") {
      return BadXml(origin, line, fmt::format("element <{}>, expected <property>", element.name()));
    }
    SiteProperty property;
    property.line = line;
    // Hadoop takes both elements and attributes.
    const pugi::xml_node name = element.child("name");
    property.name = Trim(name ? name.text().get() : element.attribute("name").value());
    if (property.name.empty()) return BadXml(origin, line, "a <property> without a <name>");
    const pugi::xml_node value = element.child("value");
    if (!value && !element.attribute("value")) continue;
    property.value = value ? value.text().get() : element.attribute("value").value();
    const pugi::xml_node final = element.child("final");
    property.is_final =
        Trim(final ? final.text().get() : element.attribute("final").value()) == "true";
    properties.push_back(std::move(property));
  }
  return properties;
}

std::string WriteSiteXml(const std::vector<SiteProperty>& properties) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n";
  for (const SiteProperty& property : properties) {
    out += "  <property>\n    <name>";
    AppendEscaped(property.name, out);
    out += "</name>\n    <value>";
    AppendEscaped(property.value, out);
    out += "</value>\n";
    if (property.is_final) out += "    <final>true</final>\n";
    out += "  </property>\n";
  }
  out += "</configuration>\n";
  return out;
}

}  // namespace tusk
