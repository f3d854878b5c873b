// SPDX-License-Identifier: Apache-2.0
//
// Baggage: names and values of the application that travel with a request.
//
// Immutable: with() and without() return a new one. Kept as header text (percent-encoded), decoded
// when asked. Any thread. Source: W3C Baggage; OpenTelemetry Baggage API.
#pragma once

#include <string>
#include <string_view>

#include <cairn/trace/shared_text.h>

namespace cairn::trace {

class Baggage {
 public:
  // W3C Baggage, "Limits": what is read and sent at most. Entries past these are left out.
  static constexpr std::size_t kMaxEntries = 64;
  static constexpr std::size_t kMaxSize = 8192;

  Baggage() noexcept = default;
  // The entries of one header. Malformed entries are left out, the others kept; of two with one
  // name the last wins. Several raw headers are one list: join them with a comma. Of a longer list
  // only what is within the limits is read.
  CAIRN_API static Baggage from_header(std::string_view header) noexcept;

  bool empty() const noexcept { return text_.empty(); }
  // As it is sent. Lives as long as any copy of this Baggage.
  std::string_view header() const noexcept { return text_.view(); }
  // False when there is no such name. `value` is percent-decoded; invalid UTF-8 becomes U+FFFD.
  CAIRN_API bool get(std::string_view name, std::string& value) const;
  // This Baggage with `name` set, last (metadata: `key=value;flag`, sent as it is after a `;`);
  // unchanged when the name is no token, the metadata cannot be sent or a limit would be passed.
  CAIRN_API Baggage with(std::string_view name, std::string_view value,
                         std::string_view metadata = {}) const noexcept;
  CAIRN_API Baggage without(std::string_view name) const noexcept;

  // Calls visit(name, decoded value, metadata) for each entry in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::size_t at = 0;
    std::string_view name, metadata;
    std::string value;
    while (next(at, name, value, metadata)) {
      visit(name, static_cast<const std::string&>(value), metadata);
    }
  }

 private:
  explicit Baggage(SharedText text) noexcept : text_(static_cast<SharedText&&>(text)) {}
  CAIRN_API bool next(std::size_t& at, std::string_view& name, std::string& value,
                      std::string_view& metadata) const;
  SharedText text_;
};

}  // namespace cairn::trace
