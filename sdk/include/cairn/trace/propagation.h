// SPDX-License-Identifier: Apache-2.0
//
// Propagator: carries a Context in the headers of a message.
//
// TextMapReader and TextMapWriter are how headers of any kind are read and written; MapReader and
// MapWriter fit std::map and the like. Propagators are stateless: any thread.
// Source: OpenTelemetry Context, "Propagators API"; W3C Trace Context; W3C Baggage.
#pragma once

#include <string_view>

#include <cairn/trace/context.h>

namespace cairn::trace {

class CAIRN_API TextMapReader {
 public:
  virtual ~TextMapReader() = default;
  // The index-th value of the header `name` (lowercase; match it without regard to case when the
  // transport does). False when there is none. `value` lives until the next call.
  virtual bool get(std::string_view name, std::size_t index, std::string_view& value) const = 0;
  // Calls visit for each header whose name begins with `prefix` (lowercase). Only Jaeger's baggage
  // needs it; a transport that cannot list its headers leaves it as it is, and goes without.
  virtual void for_each(std::string_view prefix,
                        void (*visit)(void* user, std::string_view name, std::string_view value),
                        void* user) const {
    (void)prefix, (void)visit, (void)user;
  }
};

class CAIRN_API TextMapWriter {
 public:
  virtual ~TextMapWriter() = default;
  // Sets the header `name`, replacing what was there.
  virtual void set(std::string_view name, std::string_view value) = 0;
};

class CAIRN_API Propagator {
 public:
  virtual ~Propagator() = default;
  // Writes what `context` carries; writes nothing for what it does not.
  virtual void inject(const Context& context, TextMapWriter& headers) const = 0;
  // `base` with what the headers say. Absent and invalid headers leave `base` as it is.
  virtual Context extract(const TextMapReader& headers, const Context& base) const = 0;
  // Calls visit for each header inject may write, for transports that must clear them first
  // (Jaeger's baggage headers, which have the names of its entries, are not among them).
  virtual void fields(void (*visit)(void* user, std::string_view name), void* user) const = 0;
};

// The propagators of the specification. All are immutable and live for the whole program.
CAIRN_API const Propagator& w3c_trace_context() noexcept;
CAIRN_API const Propagator& w3c_baggage() noexcept;
CAIRN_API const Propagator& b3_single() noexcept;           // extracts both forms, injects `b3`
CAIRN_API const Propagator& b3_multi() noexcept;            // extracts both forms, injects `x-b3-*`
CAIRN_API const Propagator& jaeger_propagation() noexcept;  // uber-trace-id and uberctx-*

// Several, in order: each injects, and each extracts on top of what the ones before found.
// `parts` must outlive it. At most 8.
class CAIRN_API CompositePropagator final : public Propagator {
 public:
  static constexpr std::size_t kMaxParts = 8;
  explicit CompositePropagator(ListView<const Propagator*> parts) noexcept;
  void inject(const Context& context, TextMapWriter& headers) const override;
  Context extract(const TextMapReader& headers, const Context& base) const override;
  void fields(void (*visit)(void* user, std::string_view name), void* user) const override;

 private:
  const Propagator* parts_[kMaxParts] = {};
  std::size_t size_ = 0;
};

// The propagator everything uses: W3C trace context and baggage until set_propagator() says
// otherwise (the Telemetry block's `Propagators`, OTEL_PROPAGATORS). Works with telemetry off.
CAIRN_API const Propagator& propagator() noexcept;
// `propagator` must live as long as the program.
CAIRN_API void set_propagator(const Propagator& propagator) noexcept;

// A map of header names: anything with find(std::string) or a transparent comparator, iterators to
// pairs, and operator[] to write. Names are looked up as they are, in lowercase.
template <class Map>
class MapReader final : public TextMapReader {
 public:
  explicit MapReader(const Map& map) noexcept : map_(map) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (index != 0) return false;
    const auto found = map_.find(typename Map::key_type(name));
    if (found == map_.end()) return false;
    value = found->second;
    return true;
  }
  void for_each(std::string_view prefix,
                void (*visit)(void* user, std::string_view name, std::string_view value),
                void* user) const override {
    for (const auto& [name, value] : map_) {
      const std::string_view text(name);
      if (text.substr(0, prefix.size()) == prefix) visit(user, text, value);
    }
  }

 private:
  const Map& map_;
};

template <class Map>
class MapWriter final : public TextMapWriter {
 public:
  explicit MapWriter(Map& map) noexcept : map_(map) {}
  void set(std::string_view name, std::string_view value) override {
    map_[typename Map::key_type(name)] = typename Map::mapped_type(value);
  }

 private:
  Map& map_;
};

// Writes the current context of this thread, or `context`, into a map of headers.
template <class Map>
void inject(Map& headers, const Context& context = Context::current()) {
  MapWriter<Map> writer(headers);
  propagator().inject(context, writer);
}
// The current context of this thread with what the headers say.
template <class Map>
Context extract(const Map& headers) {
  return propagator().extract(MapReader<Map>(headers), Context::current());
}

}  // namespace cairn::trace
