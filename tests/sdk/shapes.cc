// SPDX-License-Identifier: Apache-2.0
#include "tests/sdk/shapes.h"

#include <cstdint>
#include <limits>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <cairn/trace.h>
#include <cairn/trace/provider.h>

namespace {

using namespace cairn::trace;
using namespace std::string_literals;

constexpr Key kConstant{"http.method"};
constexpr Key kLatin{"caf\xe9"};

Span begin(const Tracer& tracer, const char* shape, int number, SpanOptions options = {}) {
  const Attribute attributes[] = {{"shape", shape}, {"number", number}};
  options.attributes = attributes;
  return tracer.start(shape, options);
}

SpanContext remote(std::uint8_t id, std::string_view state = {}) {
  SpanContext context;
  context.trace_id.bytes[0] = context.span_id.bytes[0] = id;
  context.flags.bits = TraceFlags::kSampled;
  context.is_remote = true;
  context.trace_state = TraceState::from_header(state);
  return context;
}

void values(const Tracer& tracer, int number) {
  using Numbers = std::numeric_limits<std::int64_t>;
  using Reals = std::numeric_limits<double>;
  const Span span = begin(tracer, "values", number);
  span.set({{"true", true}, {"false", false}, {"min", Numbers::min()}, {"max", Numbers::max()}});
  span.set({{"0", 0}, {"-1", -1}, {"127", 127}, {"128", 128}, {"16383", 16383}, {"16384", 16384}});
  span.set({{"1.5", 1.5}, {"inf", Reals::infinity()}, {"-inf", -Reals::infinity()}});
  span.set({{"nan", Reals::quiet_NaN()}, {"tiny", Reals::denorm_min()}, {"-0.0", -0.0}});
  span.set({{"none", Value()}, {"empty", ""}, {"bytes", BytesView{"\0\xff\n", 3}}});
  span.set("controls", "\0\x01\n\r\t\"\\\x7f"s);
  for (const int size : {126, 127, 128, 129}) {
    span.set("text " + std::to_string(size), std::string(static_cast<std::size_t>(size), 'x'));
  }
}

void arrays(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "arrays", number);
  const bool bools[] = {true, false};
  const std::int64_t ints[] = {-1, 0, 300};
  const double doubles[] = {-0.5, 1e300};
  const std::string_view strings[] = {"", "caf\xc3\xa9", "bad \xff"};
  span.set("bools", Value(ListView<bool>(bools)));
  span.set("ints", Value(ListView<std::int64_t>(ints)));
  span.set("doubles", Value(ListView<double>(doubles)));
  span.set("strings", Value(ListView<std::string_view>(strings)));
  span.set("no ints", Value(ListView<std::int64_t>()));
  span.set("no strings", Value(ListView<std::string_view>()));
  span.set("no bytes", Value(BytesView{}));
}

void duplicates(const Tracer& tracer, int number) {
  const std::string runtime = "http.method";
  const Span span = tracer.start("duplicates", SpanKind::kServer,
                                 {{"shape", "duplicates"},
                                  {"number", number},
                                  {"a", 1},
                                  {"a", "two"},
                                  {"b", "at the start"},
                                  {kConstant, "GET"},
                                  {runtime, "PUT"}});
  span.set("a", 3);
  span.set({{"a", 4}, {"c", 1}, {"a", 5.5}, {"c", 2}});
  span.set("b", std::string(2000, 'b'));  // of another size and way of encoding
  span.set("b", "short");
  span.set(runtime, "POST");
  span.set(kConstant, "PATCH");
}

// Keys whose hashes are equal: same length, first and last eight bytes.
void collisions(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "collisions", number);
  for (int round = 0; round < 2; ++round) {
    for (char letter = 'a'; letter < 'a' + 20; ++letter) {
      span.set("the head" + std::string(8, letter) + "the tail", round);
    }
  }
}

void keys(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "keys", number);
  span.set("", "nothing");
  span.set({{"", 1}, {"", 2}, {"kept", 1}});
  for (int round = 0; round < 2; ++round) {
    for (const int size : {1, 58, 59, 60, 127, 128}) {
      span.set(std::string(static_cast<std::size_t>(size), 'k'), round);
    }
  }
  span.add_event("with empty keys", {{"", 1}, {"kept", 2}, {"", 3}});
}

// Text that is not UTF-8, and keys that are equal once they are repaired.
void latin(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "latin", number);
  span.update_name("caf\xe9");
  span.set("caf\xe9", "first \xe9");
  span.set("caf\xe9", "again \xe9");
  span.set(kLatin, "once more");
  span.set({{"one\xfe", 1}, {"one\xff", 2}, {"one\xef\xbf\xbd", 3}});
  span.set("cut \xe2\x82", "\xe2\x82");
  span.add_event("\xe9", {{"one\xfe", 1}, {"one\xff", 2}, {kLatin, 3}, {"caf\xe9", 4}});
  span.add_link({remote(1), {{"one\xfe", 1}, {"one\xff", 2}}});
  span.set_status(StatusCode::kError, "gar\xe7on");
}

void events(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "events", number);
  span.add_event("duplicates", {{"a", 1}, {"b", 1}, {"a", "two"}, {"b", Value()}, {"a", 3.5}});
  span.add_event("", {});
  span.add_event("before the start", {{"x", 1}}, Timestamp(1));
  span.record_exception(std::runtime_error("no funds"),
                        {{"exception.message", "mine"}, {"retry", true}});
  span.record_exception(std::invalid_argument("\xff"));
}

void links(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "links", number);
  SpanContext local = span.context();
  span.add_link({local, {{"a", 1}, {"a", 2}}});
  span.add_link({remote(7, "vendor=1,other=2"), {}});
  span.add_link({SpanContext(), {{"why", "no ids, but attributes"}}});
}

void many(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "many", number);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) span.set("key " + std::to_string(i), round);
  }
  std::vector<std::string> names(200);
  std::vector<Attribute> attributes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = std::to_string(i % 150);
    attributes.push_back({names[i], static_cast<int>(i)});
  }
  for (int i = 0; i < 130; ++i) {
    span.add_event("e", i == 0 ? Attributes(attributes) : Attributes());
    span.add_link({remote(2), i == 0 ? Attributes(attributes) : Attributes()});
  }
}

void status(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "status", number);
  switch (number % 4) {
    case 0:
      span.set_status(StatusCode::kError, "first");
      span.set_status(StatusCode::kError, "and a longer one");
      break;
    case 1:
      span.set_status(StatusCode::kOk, "not kept");
      span.set_status(StatusCode::kError, "too late");
      break;
    case 2:
      span.set_status(StatusCode::kError, "undone");
      span.set_status(StatusCode::kOk);
      break;
    default:
      span.set_status(StatusCode::kUnset, "nothing");
  }
}

void names(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "names", number);
  span.add_event("between");
  for (const int size : {0, 127, 128, 5000, 3}) {
    span.update_name(std::string(static_cast<std::size_t>(size), 'n'));
    span.set("size", size);
  }
}

void times(const Tracer& tracer, int number) {
  SpanOptions options;
  options.start = Timestamp(1'700'000'000'000'000'000 + static_cast<std::uint64_t>(number));
  const Span span = begin(tracer, "times", number, options);
  span.end(Timestamp(options.start.unix_nanos + 5));
}

// The caller says that it ended before it began.
void backwards(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "backwards", number);
  span.end(Timestamp(5));
}

void family(const Tracer& tracer, int number) {
  const Context caller(remote(3, "vendor=value,a=b"));
  SpanOptions options;
  options.parent = &caller;
  options.kind = SpanKind::kConsumer;
  const Span child = begin(tracer, "of a remote", number, options);
  const Scope scope(child);
  begin(tracer, "of a child", number);
  options = SpanOptions();
  options.root = true;
  begin(tracer, "a root", number, options);
}

void late(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "late", number);
  span.end();
  span.set("too late", 1);
  span.add_event("too late");
  span.update_name("too late");
  span.end();
}

// What was written first is replaced when much lies behind it.
void shuffled(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "shuffled", number);
  span.set({{"a", "x"}, {"b", "y"}, {"c", "z"}});
  span.set_status(StatusCode::kError, "x");
  span.add_event("e", {{"a", 1}});
  span.add_link({remote(4), {{"a", 1}}});
  for (int i = 0; i < 5; ++i) {
    span.set("a", std::string(static_cast<std::size_t>(i * 300), 'a'));
    span.add_event("e", {{"b", i}});
    span.set({{"b", i}, {"c", Value()}, {"a", i}});
    span.set_status(StatusCode::kError, std::to_string(i));
  }
  span.update_name("a longer name than before");
}

// Twenty calls in any order with keys of a small set: nothing is known but that it is valid.
void random(const Tracer& tracer, int number) {
  std::mt19937 dice(static_cast<unsigned>(number));
  const std::string texts[] = {"",
                               "a",
                               "b",
                               "caf\xe9",
                               "caf\xe8",
                               std::string(70, 'k'),
                               std::string(70, 'k') + "\xff",
                               std::string(1500, 'v')};
  const auto text = [&]() -> const std::string& { return texts[dice() % 8]; };
  const auto attribute = [&]() -> Attribute {
    if (dice() % 2 == 0) return {text(), static_cast<int>(dice())};
    return {text(), text()};
  };
  const Span span = begin(tracer, "random", number);
  for (int i = 0; i < 20; ++i) {
    switch (dice() % 6) {
      case 0:
        span.add_event(text(), {attribute(), attribute(), attribute(), attribute()});
        break;
      case 1:
        span.add_link({remote(static_cast<std::uint8_t>(dice() % 9 + 1)),
                       {attribute(), attribute(), attribute()}});
        break;
      case 2:
        span.set_status(dice() % 9 == 0 ? StatusCode::kOk : StatusCode::kError, text());
        break;
      case 3:
        span.update_name(text());
        break;
      default:
        span.set({attribute(), attribute(), attribute()});
    }
  }
}

// Around what two and three bytes of length hold.
void long_texts(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "long texts", number);
  for (const std::size_t size : {16383U, 16384U, 20000U}) {
    span.set(std::string(size, 'k'), 0);
    span.set("value " + std::to_string(size), std::string(size, 'v'));
    span.set(std::string(size, 'k'), 1);
  }
}

void huge(const Tracer& tracer, int number) {
  const Span span = begin(tracer, "huge", number);
  const std::string large(300 * 1024, 'h');
  span.set({{"too large", large}, {"kept", 1}});
  span.add_event("too large", {{"text", large}});
  span.add_link({remote(5), {{"text", large}}});
  for (int i = 0; i < 10; ++i) span.set(std::to_string(i), std::string(40 * 1024, 'h'));
}

// Threads give each other spans that are open, and touch those that others own.
class Exchange {
 public:
  void threads(const Tracer& tracer, int number) {
    Span mine = begin(tracer, "threads", number);
    SpanRef shared;
    {
      const std::lock_guard lock(mutex_);
      std::swap(mine, parked_);
      shared = shared_;
      shared_ = parked_.ref();
    }
    shared.set({{"touched", number}, {"touched", "again"}});
    mine.set("owner", "changed");
    shared.add_event("touched", {{"by", number}});
    shared.set("touched", "at last");
    mine.set("owner", "ends");
  }

 private:
  std::mutex mutex_;
  Span parked_;
  SpanRef shared_;
};

std::vector<Tracer> tracers() {
  return {tracer("shop.shapes", "1.0"), tracer("", "", "", {{"only", "attributes"}}),
          tracer("duplicates", "1", "https://example.test/1", {{"a", 1}, {"b", 1}, {"a", 2}}),
          tracer("bad\xff", "\xfe", "http://\xff", {{"one\xfe", 1}, {"one\xff", 2}})};
}

void make_part(const std::vector<Tracer>& tracers, Exchange& exchange, int from, int to) {
  constexpr void (*kShapes[])(const Tracer&, int) = {
      values, arrays, duplicates, collisions, keys,     latin, events,    links,
      status, names,  times,      family,     shuffled, late,  backwards, random};
  for (int number = from; number < to; ++number) {
    const auto n = static_cast<std::size_t>(number);
    const Tracer& tracer = tracers[n / 64 % tracers.size()];
    kShapes[n % std::size(kShapes)](tracer, number);
    exchange.threads(tracer, number);
    if (number % 200 == 0) many(tracer, number);
    if (number % 500 == 0) long_texts(tracer, number);
    if (number % 2000 == 0) huge(tracer, number);
    if (number % 64 == 0 && stats().bytes_buffered > 4'000'000) flush();
  }
}

}  // namespace

void make_shapes(int threads, int count) {
  const std::vector<Tracer> used = tracers();
  Exchange exchange;
  std::vector<std::thread> workers;
  const int part = count / 2 / threads;  // each number makes two spans or more
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&, i] { make_part(used, exchange, i * part, (i + 1) * part); });
  }
  for (std::thread& worker : workers) worker.join();
}
