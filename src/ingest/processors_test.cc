// SPDX-License-Identifier: Apache-2.0
#include "ingest/processors.h"

#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

using model::AnyValue;
using Action = ProcessorRule::Action;

// Rules with a limit on values, on the whole batch.
struct Rules {
  Processors processors;
  std::size_t max_value_bytes;

  Changes apply(model::Batch& batch) const {
    return processors.apply(LimitsByResource({0, max_value_bytes, 0}, {}, {}, {}, batch), batch);
  }
};

Rules rules(std::initializer_list<std::string_view> texts, std::size_t max_value_bytes = 0) {
  std::vector<ProcessorRule> parsed;
  for (const std::string_view text : texts) {
    auto rule = parse_processor_rule(text);
    EXPECT_TRUE(rule) << rule.error().message;
    parsed.push_back(*std::move(rule));
  }
  return {Processors(std::move(parsed)), max_value_bytes};
}

// "key=value key=value"
std::string shown(std::span<const model::Attribute> attributes) {
  std::string out;
  for (const model::Attribute& attribute : attributes) {
    out += (out.empty() ? "" : " ") + std::string(attribute.key) + "=" +
           model::to_display_text(attribute.value);
  }
  return out;
}

// One span with a=1 b=2 user.id=joe user.mail=joe@example.org.
model::TestBatch example() {
  model::TestBatch t;
  t.span("1", "1").attribute("a", "1").attribute("b", "2");
  t.attribute("user.id", "joe").attribute("user.mail", "joe@example.org");
  return t;
}

struct Case {
  const char* rule;
  const char* expected;
};

TEST(Processors, DoWhatTheyAreToldToSpans) {
  for (const Case& c : {
           Case{"drop a", "b=2 user.id=joe user.mail=joe@example.org"},
           Case{"drop user.*", "a=1 b=2"},
           Case{"drop *", ""},
           Case{"drop *.mail", "a=1 b=2 user.id=joe"},
           Case{"drop u*r.*d", "a=1 b=2 user.mail=joe@example.org"},
           Case{"rename b c.d", "a=1 c.d=2 user.id=joe user.mail=joe@example.org"},
           Case{"hash a",
                "a=6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b b=2 "
                "user.id=joe user.mail=joe@example.org"},
           Case{"redact user.* /[a-z]+@/ x@", "a=1 b=2 user.id=joe user.mail=x@example.org"},
           Case{"redact * /o(.)/ \\1-", "a=1 b=2 user.id=je- user.mail=je-@example.r-g"},
           Case{"redact user.id /joe/", "a=1 b=2 user.id=**** user.mail=joe@example.org"},
           Case{"drop nothing", "a=1 b=2 user.id=joe user.mail=joe@example.org"},
       }) {
    model::TestBatch t = example();
    rules({c.rule}).apply(t.batch());
    EXPECT_EQ(shown(t.batch().spans[0].attributes), c.expected) << c.rule;
  }
}

TEST(Processors, FollowTheirOrder) {
  model::TestBatch t = example();
  rules({"rename a x", "drop a", "redact x /1/ one", "drop user.*"}).apply(t.batch());
  EXPECT_EQ(shown(t.batch().spans[0].attributes), "x=one b=2");
}

TEST(Processors, ReachResourcesScopesEventsAndLinks) {
  model::TestBatch t;
  const auto secret = AnyValue::string("s");
  t.resource("cart", {{"secret", secret}});
  t.span("1", "1").event("e", Duration(0), {{"secret", secret}, {"kept", secret}});
  t.event("untouched", Duration(0), {{"kept", secret}});
  t.link("2", "2", {{"secret", secret}});
  const Changes changes = rules({"drop secret"}).apply(t.batch());
  EXPECT_EQ(changes.by_action[static_cast<std::size_t>(Action::kDrop)], 3U);
  EXPECT_EQ(shown(t.batch().resources[0].attributes), "service.name=cart");
  EXPECT_EQ(shown(t.batch().spans[0].events[0].attributes), "kept=s");
  EXPECT_EQ(shown(t.batch().spans[0].events[1].attributes), "kept=s");
  EXPECT_TRUE(t.batch().spans[0].links[0].attributes.empty());
}

TEST(Processors, GiveResourcesWhatTheyLack) {
  model::TestBatch t;
  t.resource("cart").span("1", "1");
  t.resource("shop", {{"env", AnyValue::string("test")}}).span("1", "2");
  const Changes changes = rules({"resource env=prod"}).apply(t.batch());
  EXPECT_EQ(changes.by_action[static_cast<std::size_t>(Action::kResource)], 1U);
  EXPECT_EQ(shown(t.batch().resources[0].attributes), "service.name=cart env=prod");
  EXPECT_EQ(shown(t.batch().resources[1].attributes), "service.name=shop env=test");
}

TEST(Processors, GiveWhatIsLackingAfterTheOtherRules) {
  model::TestBatch t;
  t.resource("cart", {{"env", AnyValue::string("test")}}).span("1", "1");
  rules({"resource stage=prod", "rename env stage"}).apply(t.batch());
  EXPECT_EQ(shown(t.batch().resources[0].attributes), "service.name=cart stage=test");
}

TEST(Processors, CutNoHash) {
  model::TestBatch t;
  t.span("1", "1").attribute("a", "1").attribute("b", "12345678");
  rules({"hash a"}, 5).apply(t.batch());
  EXPECT_EQ(model::to_display_text(t.batch().spans[0].attributes[0].value).size(), 64U);
  EXPECT_EQ(model::to_display_text(t.batch().spans[0].attributes[1].value), "12345");
}

TEST(Processors, CutLongValuesBetweenCharacters) {
  model::TestBatch t;
  const AnyValue elements[] = {AnyValue::string("123456"), AnyValue::integer(7)};
  t.span("1", "1").attribute("a", "12345").attribute("b", "123456").attribute("c", "1234\u00e4");
  t.attribute("d", AnyValue::bytes(as_bytes("123456"))).attribute("e", AnyValue::array(elements));
  const Changes changes = rules({}, 5).apply(t.batch());
  EXPECT_EQ(changes.truncated, 4U);
  EXPECT_EQ(shown(t.batch().spans[0].attributes),
            R"(a=12345 b=12345 c=1234 d=MTIzNDU= e=["12345",7])");
}

TEST(Processors, LeaveWhatBelongsToForeignFormats) {
  model::TestBatch t;
  t.span("1", "1").attribute("cairn.wire.zipkin.debug", AnyValue::boolean(true));
  rules({"drop *"}).apply(t.batch());
  EXPECT_EQ(t.batch().spans[0].attributes.size(), 1U);
}

TEST(Processors, ABatchThatNoRuleIsAboutIsNotCopied) {
  model::TestBatch t = example();
  const auto* before = t.batch().spans[0].attributes.data();
  const Changes changes = rules({"drop nothing", "redact a /x/ y"}, 1000).apply(t.batch());
  EXPECT_EQ(t.batch().spans[0].attributes.data(), before);
  EXPECT_EQ(changes.by_action[static_cast<std::size_t>(Action::kRedact)], 0U);
}

TEST(ProcessorRule, SaysWhatItExpected) {
  for (const Case& c : {
           Case{"", "expected drop, rename, hash, redact or resource"},
           Case{"remove a", "expected drop, rename, hash, redact or resource"},
           Case{"drop", "expected drop key"},
           Case{"drop a b", "expected drop key"},
           Case{"rename a", "expected rename key new_key"},
           Case{"rename a* b", "expected a key without *"},
           Case{"redact a", "expected redact key /expression/ replacement"},
           Case{"redact a /x", "expected redact key /expression/ replacement"},
           Case{"redact a /(/ x", "expected an expression"},
           Case{"redact a /x/ \\1", "expected"},
           Case{"resource a", "expected resource key=value"},
       }) {
    const auto rule = parse_processor_rule(c.rule);
    ASSERT_FALSE(rule) << c.rule;
    EXPECT_NE(rule.error().message.find(c.expected), std::string::npos) << rule.error().message;
  }
}

}  // namespace
}  // namespace cairn::ingest
