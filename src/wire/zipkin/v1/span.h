// SPDX-License-Identifier: Apache-2.0
//
// A span as Zipkin's first version had it: no kind and no endpoint of its own, but annotations that
// say both, each with the endpoint of who wrote it. One of them may hold a client's and a server's
// side. All of it is views.
// Source: zipkin-api, thrift/zipkinCore.thrift.
#pragma once

#include <vector>

#include "wire/zipkin/batch_builder.h"
#include "wire/zipkin/span.h"

namespace cairn::wire::zipkin::v1 {

struct Annotation {
  std::uint64_t timestamp = 0;  // microseconds
  std::string_view value;
  Endpoint endpoint;
};

struct BinaryAnnotation {
  std::string_view key;
  model::AnyValue value;  // `true` of the keys sa, ca and ma: the endpoint is the fact
  Endpoint endpoint;

  bool is_address() const {
    return value == model::AnyValue::boolean(true) && (key == "sa" || key == "ca" || key == "ma");
  }
};

struct Span {
  model::TraceId trace_id;
  model::SpanId id;
  model::SpanId parent_id;
  std::string_view name;
  std::int64_t timestamp = 0;
  std::int64_t duration = 0;
  bool debug = false;
  std::vector<Annotation> annotations;
  std::vector<BinaryAnnotation> binary_annotations;

  // For the next span; keeps the lists' memory.
  void clear() {
    annotations.clear();
    binary_annotations.clear();
    trace_id = {};
    id = {};
    parent_id = {};
    name = {};
    timestamp = 0;
    duration = 0;
    debug = false;
  }
};

// Gives a builder the one or more spans that one of version 1 stands for: one a service that wrote
// annotations, or two of one service that called itself.
// Thread rule: one thread at a time. Cost: keeps its memory from span to span.
// Source: Zipkin's library, V1SpanConverter.
class ToV2 {
 public:
  explicit ToV2(BatchBuilder& builder) : builder_(builder) {}

  // False when the message has used up its memory, or the span names more than kMostSpans services.
  [[nodiscard]] bool convert(const Span& source);

  static constexpr std::size_t kMostSpans = 256;

 private:
  enum Core : std::size_t { kCs, kCr, kSr, kSs, kMs, kWs, kWr, kMr, kCores };
  struct Owned {
    std::size_t span;
    zipkin::Annotation annotation;
  };
  struct OwnedTag {
    std::size_t span;
    Tag tag;
  };

  void start(const Span& source);
  void read_annotations();
  void complete_ends();
  void set_rpc();
  void set_shared_rpc();
  void set_incomplete_rpc();
  void set_messaging();
  void set_shared_messaging();
  void read_binary_annotations();
  void set_addresses();
  [[nodiscard]] bool emit();

  // The span of that endpoint's service; the first for no endpoint.
  std::size_t owner_of(const Endpoint& endpoint);
  std::size_t add_span(const Endpoint& endpoint);
  const Annotation* core(Core which) const { return cores_[which]; }
  bool ends_the_span(const Annotation* end) const;
  void set_times(const Annotation& begin, const Annotation* end);
  void keep(const Annotation& annotation, std::size_t owner);

  BatchBuilder& builder_;
  const Span* source_ = nullptr;
  std::vector<zipkin::Span> spans_;
  std::vector<Owned> annotations_;
  std::vector<OwnedTag> tags_;
  std::array<const Annotation*, kCores> cores_{};
  Annotation made_cs_;
  Annotation made_sr_;
  Endpoint sa_, ca_, ma_;
  bool has_refused_ = false;
};

// The span in version 1's words: replaces `to`. What version 1 has no words for is lost: the kind
// of a span without a time or endpoint, and a consumer's `shared`.
// Source: Zipkin's library, V2SpanConverter.
void to_v1(const zipkin::Span& span, Span& to);

}  // namespace cairn::wire::zipkin::v1
