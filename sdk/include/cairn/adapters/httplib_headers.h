// SPDX-License-Identifier: Apache-2.0
//
// HttplibReader, HttplibWriter: cpp-httplib's headers as propagators read and write them.
#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include <cairn/trace/propagation.h>
#include <httplib.h>

namespace cairn::trace::detail {

// cpp-httplib percent-decodes the headers it reads. For `baggage`, which is percent-encoded, that
// is undone as far as it can be: characters that may not stand there as they are get encoded again.
// An encoded comma, semicolon or equals sign is lost: it reads as a separator.
class HttplibReader final : public TextMapReader {
 public:
  // More headers of one name than this are not looked at.
  static constexpr std::size_t kMaxRepeated = 64;

  explicit HttplibReader(const httplib::Headers& headers) noexcept : headers_(headers) {}

  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (index >= kMaxRepeated) return false;
    try {
      auto [at, end] = headers_.equal_range(std::string(name));
      for (; index > 0 && at != end; --index) ++at;
      if (at == end) return false;
      value = at->second;
      if (name == "baggage") {
        encoded_ = encode_again(value);
        value = encoded_;
      }
      return true;
    } catch (...) {  // no memory: as if it were not there
      return false;
    }
  }
  // The first header of this name; empty when there is none.
  std::string_view first(const char* name) const {
    const auto at = headers_.find(name);
    return at == headers_.end() ? std::string_view() : std::string_view(at->second);
  }

 private:
  static bool is_blank_at_edge(std::string_view text, std::size_t at) noexcept {
    const auto separates = [](char c) { return c == ',' || c == ';' || c == '='; };
    const std::size_t before = text.find_last_not_of(" \t", at);
    const std::size_t after = text.find_first_not_of(" \t", at);
    return before == std::string_view::npos || after == std::string_view::npos ||
           separates(text[before]) || separates(text[after]);
  }
  static std::string encode_again(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      const bool blank = byte == ' ' || byte == '\t';
      const bool allowed =
          blank ? is_blank_at_edge(text, i)
                : byte > ' ' && byte < 0x7F && byte != '"' && byte != '\\' && byte != '%';
      if (allowed) {
        out += text[i];
      } else {
        out += {'%', kHex[byte >> 4], kHex[byte & 0xF]};
      }
    }
    return out;
  }

  const httplib::Headers& headers_;
  mutable std::string encoded_;
};

class HttplibWriter final : public TextMapWriter {
 public:
  explicit HttplibWriter(httplib::Headers& headers) noexcept : headers_(headers) {}
  void set(std::string_view name, std::string_view value) override {
    try {
      std::string key(name);
      headers_.erase(key);
      headers_.emplace(std::move(key), std::string(value));
    } catch (...) {  // no memory: the message goes without
    }
  }

 private:
  httplib::Headers& headers_;
};

}  // namespace cairn::trace::detail
