#include "common/config/site_xml_reader.h"
#include "tests/fuzz/fuzz_target.h"

// What is read is read again after it was written.
FUZZ_TARGET(SiteXml) {
  const auto properties = ReadSiteXml(AsText(bytes), "fuzz");
  if (!properties.ok()) return;
  CHECK(ReadSiteXml(WriteSiteXml(*properties), "fuzz").ok());
}
