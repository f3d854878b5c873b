// SPDX-License-Identifier: Apache-2.0
//
// Bytes and text, and the only place where one is cast to the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

using Bytes = std::vector<std::byte>;         // owned
using ByteView = std::span<const std::byte>;  // borrowed

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline const std::uint8_t* as_uint8(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// Bytes together with what keeps them alive: a request body, a decompressed buffer, a mapped file.
// Copying shares the owner; the bytes never change.
struct PinnedBytes {
  std::shared_ptr<const void> owner;
  ByteView view;

  static PinnedBytes own(std::string text) {
    auto owner = std::make_shared<const std::string>(std::move(text));
    return {owner, as_bytes(*owner)};
  }
  static PinnedBytes own(Bytes bytes) {
    auto owner = std::make_shared<const Bytes>(std::move(bytes));
    return {owner, ByteView(*owner)};
  }
  bool empty() const { return view.empty(); }
  std::size_t size() const { return view.size(); }
  std::string_view text() const { return as_text(view); }
};

inline namespace units {
constexpr std::size_t operator""_KiB(unsigned long long n) {
  return n << 10;
}
constexpr std::size_t operator""_MiB(unsigned long long n) {
  return n << 20;
}
constexpr std::size_t operator""_GiB(unsigned long long n) {
  return n << 30;
}
}  // namespace units

}  // namespace cairn
