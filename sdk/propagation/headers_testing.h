// SPDX-License-Identifier: Apache-2.0
//
// Headers for the tests of propagators: names in any case, several values for one name, and values
// that really are gone with the next call.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cairn/trace/propagation.h>

namespace cairn::trace {

inline std::string lowercase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

class Headers final : public TextMapReader, public TextMapWriter {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> list) : list_(list) {}
  void add(std::string_view name, std::string_view value) { list_.emplace_back(name, value); }

  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (last_) last_->assign(last_->size(), '#');
    last_.reset();
    for (const auto& [header, text] : list_) {
      if (lowercase(header) != name || index-- != 0) continue;
      last_ = std::make_unique<std::string>(text);
      value = *last_;
      return true;
    }
    return false;
  }

  void for_each(std::string_view prefix,
                void (*visit)(void* user, std::string_view name, std::string_view value),
                void* user) const override {
    for (const auto& [header, text] : list_) {
      if (lowercase(header).compare(0, prefix.size(), prefix) == 0) visit(user, header, text);
    }
  }

  void set(std::string_view name, std::string_view value) override {
    for (auto& [header, text] : list_) {
      if (lowercase(header) == name) {
        text = value;
        return;
      }
    }
    add(name, value);
  }

  // The value of a header that is there once; "(none)" otherwise.
  std::string operator[](std::string_view name) const {
    std::string_view value;
    return get(name, 0, value) ? std::string(value) : "(none)";
  }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
  mutable std::unique_ptr<std::string> last_;
};

inline Headers injected(const Propagator& propagator, const Context& context) {
  Headers headers;
  propagator.inject(context, headers);
  return headers;
}

// So that headers can be written as a list.
inline Context extracted(const Propagator& propagator, const Headers& headers,
                         const Context& base = Context()) {
  return propagator.extract(headers, base);
}

inline std::vector<std::string> fields_of(const Propagator& propagator) {
  std::vector<std::string> names;
  propagator.fields(
      [](void* user, std::string_view name) {
        static_cast<std::vector<std::string>*>(user)->emplace_back(name);
      },
      &names);
  return names;
}

template <class Id>
std::string hex_of(const Id& id) {
  std::string hex(Id::kHexSize, '?');
  id.to_hex(hex.data());
  return hex;
}

// A context one can tell from any that the tests extract.
inline Context base_context() {
  SpanContext span;
  TraceId::from_hex("ba5eba5eba5eba5eba5eba5eba5eba5e", span.trace_id);
  SpanId::from_hex("ba5eba5eba5eba5e", span.span_id);
  span.trace_state = TraceState::from_header("base=1");
  return Context(span).with(Baggage::from_header("base=kept"));
}

inline bool is_base(const Context& context) {
  return hex_of(context.span_context().trace_id) == "ba5eba5eba5eba5eba5eba5eba5eba5e" &&
         hex_of(context.span_context().span_id) == "ba5eba5eba5eba5e" &&
         !context.span_context().is_remote &&
         context.span_context().trace_state.header() == "base=1" &&
         context.baggage().header() == "base=kept";
}

}  // namespace cairn::trace
