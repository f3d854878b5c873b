// SPDX-License-Identifier: Apache-2.0
//
// BeastReader, BeastWriter: Boost.Beast's fields as propagators read and write them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <cairn/trace/propagation.h>

namespace cairn::trace {

namespace detail {

inline boost::beast::string_view to_beast(std::string_view text) noexcept {
  return {text.data(), text.size()};
}
template <class Text>
std::string_view from_beast(const Text& text) noexcept {
  return {text.data(), text.size()};
}

template <class Fields>
class BeastReader final : public TextMapReader {
 public:
  explicit BeastReader(const Fields& fields) noexcept : fields_(fields) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    auto [at, end] = fields_.equal_range(to_beast(name));
    for (; index > 0 && at != end; --index) ++at;
    if (at == end) return false;
    value = from_beast(at->value());
    return true;
  }

 private:
  const Fields& fields_;
};

template <class Fields>
class BeastWriter final : public TextMapWriter {
 public:
  explicit BeastWriter(Fields& fields) noexcept : fields_(fields) {}
  void set(std::string_view name, std::string_view value) override {
    try {
      fields_.set(to_beast(name), to_beast(value));
    } catch (...) {  // no memory: the message goes without
    }
  }

 private:
  Fields& fields_;
};

template <class Fields>
std::string_view beast_field(const Fields& fields, boost::beast::http::field name) noexcept {
  const auto at = fields.find(name);
  return at == fields.end() ? std::string_view() : from_beast(at->value());
}
template <class Fields>
std::int64_t beast_content_length(const Fields& fields) noexcept {
  const auto text = beast_field(fields, boost::beast::http::field::content_length);
  std::int64_t length = -1;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}
// Unspecified when nobody is connected any more.
template <class Socket>
boost::asio::ip::tcp::endpoint beast_remote(const Socket& socket) noexcept {
  boost::beast::error_code gone;
  return socket.remote_endpoint(gone);
}
// HTTP versions are 10 and 11 in Beast.
inline std::string_view beast_flavor(unsigned version) noexcept {
  return version == 10 ? "1.0" : "1.1";
}

}  // namespace detail

}  // namespace cairn::trace
