// SPDX-License-Identifier: Apache-2.0
#include "bench/load/request_ids.h"

#include <cstring>
#include <utility>

#include "wire/protobuf/reader.h"

namespace cairn::bench {
namespace {

using wire::protobuf::bytes_tag;
using wire::protobuf::Reader;

constexpr std::size_t kTraceIdSize = 16;
constexpr std::size_t kSpanIdSize = 8;

class IdFinder {
 public:
  explicit IdFinder(std::string_view request) : request_(request) {}

  void find() {
    for_each(request_, 1, [this](std::string_view resource_spans) {
      for_each(resource_spans, 2, [this](std::string_view scope_spans) {
        for_each(scope_spans, 2, [this](std::string_view message) { span(message); });
      });
    });
  }
  bool sound() const { return sound_; }
  std::vector<std::uint32_t> take() { return std::move(found_); }

 private:
  template <typename Visit>
  void for_each(std::string_view message, std::uint32_t field, const Visit& visit) {
    Reader reader(message);
    while (reader.next()) {
      if (reader.tag() == bytes_tag(field)) {
        visit(reader.bytes());
      } else {
        reader.skip();
      }
    }
    sound_ = sound_ && reader.ok();
  }
  void span(std::string_view message) {
    Reader reader(message);
    while (reader.next()) {
      switch (reader.tag()) {
        case bytes_tag(1):
          id(reader.bytes(), kTraceIdSize);
          break;
        case bytes_tag(2):
        case bytes_tag(4):
          id(reader.bytes(), kSpanIdSize);
          break;
        case bytes_tag(13):
          link(reader.bytes());
          break;
        default:
          reader.skip();
      }
    }
    sound_ = sound_ && reader.ok();
  }
  void link(std::string_view message) {
    for_each(message, 1, [this](std::string_view bytes) { id(bytes, kTraceIdSize); });
    for_each(message, 2, [this](std::string_view bytes) { id(bytes, kSpanIdSize); });
  }
  void id(std::string_view bytes, std::size_t size) {
    if (bytes.empty()) return;
    sound_ = sound_ && bytes.size() == size;
    found_.push_back(static_cast<std::uint32_t>(bytes.data() - request_.data()));
  }

  std::string_view request_;
  std::vector<std::uint32_t> found_;
  bool sound_ = true;
};

}  // namespace

Result<std::vector<std::uint32_t>> find_ids(std::string_view request) {
  IdFinder finder(request);
  finder.find();
  if (!finder.sound()) return invalid_argument("find ids: not an OTLP trace request");
  return finder.take();
}

void mask_ids(std::span<char> request, std::span<const std::uint32_t> ids, std::uint64_t mask) {
  for (const std::uint32_t at : ids) {
    std::uint64_t word = 0;
    std::memcpy(&word, request.data() + at, sizeof word);
    word ^= mask;
    std::memcpy(request.data() + at, &word, sizeof word);
  }
}

}  // namespace cairn::bench
