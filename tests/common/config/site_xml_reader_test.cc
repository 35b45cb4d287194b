#include "common/config/site_xml_reader.h"

#include "common/base/random.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

constexpr std::string_view kXml = R"(<?xml version="1.0"?>
<?xml-stylesheet type="text/xsl" href="configuration.xsl"?>
<!-- a comment -->
<configuration>
  <property>
    <name> dfs.replication </name>
    <value>2</value>
    <final>true</final>
    <description>Copies.</description>
  </property>
  <property><name>a.b</name><value>&lt;x&gt; &amp; y</value></property>
  <property><name>no.value</name></property>
  <property name="as.attribute" value="v"/>
</configuration>
)";

TEST(SiteXml, ReadsProperties) {
  ASSERT_OK_AND_ASSIGN(const auto properties, ReadSiteXml(kXml, "f.xml"));
  ASSERT_EQ(properties.size(), 3u);
  EXPECT_EQ(properties[0].name, "dfs.replication");
  EXPECT_EQ(properties[0].value, "2");
  EXPECT_TRUE(properties[0].is_final);
  EXPECT_EQ(properties[0].line, 5);
  EXPECT_EQ(properties[1].value, "<x> & y");
  EXPECT_FALSE(properties[1].is_final);
  EXPECT_EQ(properties[1].line, 11);
  EXPECT_EQ(properties[2].name, "as.attribute");
}

TEST(SiteXml, ErrorsNameFileAndLine) {
  EXPECT_THAT(ReadSiteXml("<configuration>\n<property>\n</configuration>", "f.xml"),
              StatusIs(StatusCode::kInvalidArgument, "f.xml:3: "));
  EXPECT_THAT(ReadSiteXml("<settings/>", "f.xml"),
              StatusIs(StatusCode::kInvalidArgument, "<settings>, expected <configuration>"));
  EXPECT_THAT(ReadSiteXml("<configuration>\n <prop/></configuration>", "f.xml"),
              StatusIs(StatusCode::kInvalidArgument, "f.xml:2: element <prop>"));
  EXPECT_THAT(
      ReadSiteXml("<configuration><property><value>1</value></property></configuration>", "f.xml"),
      StatusIs(StatusCode::kInvalidArgument, "without a <name>"));
  EXPECT_FALSE(ReadSiteXml("", "f.xml").ok());
}

TEST(SiteXml, WhatIsWrittenIsReadBack) {
  const std::vector<SiteProperty> properties = {{"a", "1 < 2 & 3 > 2 \"q\"", true, 0},
                                                {"b", "", false, 0}};
  ASSERT_OK_AND_ASSIGN(const auto read, ReadSiteXml(WriteSiteXml(properties), "f"));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].value, properties[0].value);
  EXPECT_TRUE(read[0].is_final);
  EXPECT_EQ(read[1].value, "");
}

TEST(SiteXml, EveryPrefixAndRandomDamageIsAnswered) {
  for (size_t cut = 0; cut + 2 < kXml.size(); ++cut) {
    EXPECT_FALSE(ReadSiteXml(kXml.substr(0, cut), "f").ok()) << cut;
  }
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    std::string damaged(kXml);
    for (int i = 0; i < 5; ++i)
      damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    const auto read = ReadSiteXml(damaged, "f");
    if (read.ok()) {
      EXPECT_LE(read->size(), 4u) << seed;
    }
  }
}

}  // namespace
}  // namespace tusk
