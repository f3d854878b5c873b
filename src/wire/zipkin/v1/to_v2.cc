// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/v1/span.h"

namespace cairn::wire::zipkin::v1 {
namespace {

constexpr std::string_view kCoreNames[] = {"cs", "cr", "sr", "ss", "ms", "ws", "wr", "mr"};
// The kind that each of them says; ws and wr say none.
constexpr Kind kCoreKinds[] = {Kind::kClient,   Kind::kClient, Kind::kServer, Kind::kServer,
                               Kind::kProducer, Kind::kNone,   Kind::kNone,   Kind::kConsumer};

std::int64_t micros(const Annotation& annotation) {
  return static_cast<std::int64_t>(annotation.timestamp);
}
std::int64_t between(const Annotation& begin, const Annotation& end) {
  return micros(end) - micros(begin);  // both are above 0
}

}  // namespace

bool ToV2::convert(const Span& source) {
  start(source);
  read_annotations();
  complete_ends();
  set_rpc();
  set_messaging();
  read_binary_annotations();
  set_addresses();
  return !has_refused_ && emit();
}

void ToV2::start(const Span& source) {
  source_ = &source;
  spans_.clear();
  annotations_.clear();
  tags_.clear();
  cores_ = {};
  sa_ = ca_ = ma_ = {};
  add_span({});
}

std::size_t ToV2::add_span(const Endpoint& endpoint) {
  if (spans_.size() == kMostSpans) {
    has_refused_ = true;
    return 0;
  }
  zipkin::Span made;
  made.trace_id = source_->trace_id;
  made.id = source_->id;
  made.parent_id = source_->parent_id;
  made.name = source_->name;
  made.debug = source_->debug;
  made.local = endpoint;
  spans_.push_back(made);
  return spans_.size() - 1;
}

std::size_t ToV2::owner_of(const Endpoint& endpoint) {
  if (endpoint.empty()) return 0;
  if (spans_[0].local.empty()) {
    spans_[0].local = endpoint;
    return 0;
  }
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    if (spans_[i].local.service_name == endpoint.service_name) return i;
  }
  return add_span(endpoint);
}

void ToV2::keep(const Annotation& annotation, std::size_t owner) {
  annotations_.push_back({owner, {annotation.timestamp, annotation.value}});
}

// An annotation says something of the span only when somebody wrote it: without an endpoint it is
// an event like others.
void ToV2::read_annotations() {
  for (const Annotation& annotation : source_->annotations) {
    const std::size_t owner = owner_of(annotation.endpoint);
    std::size_t which = kCores;
    if (annotation.value.size() == 2 && !annotation.endpoint.empty()) {
      for (which = 0; which < kCores && kCoreNames[which] != annotation.value;) ++which;
    }
    if (which == kCores) {
      keep(annotation, owner);
      continue;
    }
    cores_[which] = &annotation;
    if (kCoreKinds[which] != Kind::kNone) spans_[owner].kind = kCoreKinds[which];
  }
}

bool ToV2::ends_the_span(const Annotation* end) const {
  return end != nullptr && source_->timestamp > 0 && source_->duration > 0 &&
         source_->duration <= INT64_MAX - source_->timestamp &&
         source_->timestamp + source_->duration == micros(*end);
}

// A lone end that agrees with the span's own times has a beginning.
void ToV2::complete_ends() {
  const auto complete = [this](Core begin, Core end, Annotation& made) {
    if (cores_[begin] != nullptr || !ends_the_span(cores_[end])) return;
    made = {static_cast<std::uint64_t>(source_->timestamp), kCoreNames[begin],
            cores_[end]->endpoint};
    cores_[begin] = &made;
  };
  complete(kCs, kCr, made_cs_);
  complete(kSr, kSs, made_sr_);
}

void ToV2::set_times(const Annotation& begin, const Annotation* end) {
  zipkin::Span& span = spans_[owner_of(begin.endpoint)];
  if (source_->timestamp > 0 && source_->duration > 0) {
    span.timestamp = source_->timestamp;
    span.duration = source_->duration;
    return;
  }
  span.timestamp = micros(begin);
  if (end != nullptr) span.duration = between(begin, *end);
}

void ToV2::set_rpc() {
  const Annotation* cs = core(kCs);
  const Annotation* sr = core(kSr);
  if (cs != nullptr && sr != nullptr) {
    set_shared_rpc();
  } else if (cs != nullptr && core(kCr) != nullptr) {
    set_times(*cs, core(kCr));
  } else if (sr != nullptr && core(kSs) != nullptr) {
    set_times(*sr, core(kSs));
  } else {
    set_incomplete_rpc();
  }
  // Of a span that two sides share the client writes the times: a server's half has none, or a
  // duration that only its annotations tell.
  const bool lacks_times = source_->timestamp <= 0 || (core(kSs) && source_->duration <= 0);
  if (cs == nullptr && sr != nullptr && lacks_times) spans_[owner_of(sr->endpoint)].shared = true;
}

// The client's and the server's side in one span.
void ToV2::set_shared_rpc() {
  const Annotation& cs = *core(kCs);
  const Annotation& sr = *core(kSr);
  set_times(cs, core(kCr));
  const std::size_t client = owner_of(cs.endpoint);
  std::size_t server = owner_of(sr.endpoint);
  if (server == client) server = add_span(sr.endpoint);
  spans_[client].kind = Kind::kClient;
  spans_[server].kind = Kind::kServer;
  spans_[server].shared = true;
  spans_[server].timestamp = micros(sr);
  if (core(kSs) != nullptr) spans_[server].duration = between(sr, *core(kSs));
  const bool is_one_way = core(kCr) == nullptr && source_->duration <= 0;
  if (is_one_way) spans_[client].duration = 0;
}

// A begin tells the time; a lone end stays an annotation.
void ToV2::set_incomplete_rpc() {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    const bool is_client = spans_[i].kind == Kind::kClient;
    if (!is_client && spans_[i].kind != Kind::kServer) continue;
    const Annotation* begin = core(is_client ? kCs : kSr);
    const Annotation* end = core(is_client ? kCr : kSs);
    if (begin != nullptr) spans_[i].timestamp = micros(*begin);
    if (end != nullptr) keep(*end, i);
  }
  if (source_->timestamp > 0) {
    spans_[0].timestamp = source_->timestamp;
    spans_[0].duration = source_->duration;
  }
}

void ToV2::set_messaging() {
  const Annotation* ms = core(kMs);
  const Annotation* mr = core(kMr);
  if (ms != nullptr && mr != nullptr) {
    set_shared_messaging();
  } else if (ms != nullptr) {
    set_times(*ms, core(kWs));
  } else if (mr != nullptr) {
    const Annotation* wr = core(kWr);
    wr != nullptr ? set_times(*wr, mr) : set_times(*mr, nullptr);
  } else {
    if (core(kWs) != nullptr) keep(*core(kWs), owner_of(core(kWs)->endpoint));
    if (core(kWr) != nullptr) keep(*core(kWr), owner_of(core(kWr)->endpoint));
  }
}

// The producer's and the consumer's side in one span.
void ToV2::set_shared_messaging() {
  const Annotation& ms = *core(kMs);
  const Annotation& mr = *core(kMr);
  const Annotation* wr = core(kWr);
  const Annotation* ws = core(kWs);
  const std::size_t producer = owner_of(ms.endpoint);
  std::size_t consumer = owner_of(mr.endpoint);
  if (consumer == producer) consumer = add_span(mr.endpoint);
  spans_[producer].kind = Kind::kProducer;
  spans_[producer].timestamp = micros(ms);
  spans_[producer].duration = ws != nullptr ? between(ms, *ws) : 0;
  spans_[consumer].kind = Kind::kConsumer;
  spans_[consumer].shared = true;
  spans_[consumer].timestamp = micros(wr != nullptr ? *wr : mr);
  spans_[consumer].duration = wr != nullptr ? between(*wr, mr) : 0;
}

void ToV2::read_binary_annotations() {
  for (const BinaryAnnotation& binary : source_->binary_annotations) {
    if (binary.is_address()) {
      Endpoint& address = binary.key == "sa" ? sa_ : binary.key == "ca" ? ca_ : ma_;
      address = binary.endpoint;
      continue;
    }
    const std::size_t owner = owner_of(binary.endpoint);
    // An empty "local component" only carried its endpoint.
    const bool is_marker = binary.key == "lc" && binary.value == model::AnyValue::string("");
    if (!is_marker) tags_.push_back({owner, {binary.key, binary.value}});
  }
}

void ToV2::set_addresses() {
  const Annotation* server = core(kSr) != nullptr ? core(kSr) : core(kSs);
  const Annotation* client = core(kCs) != nullptr ? core(kCs) : core(kCr);
  if (server == nullptr && client == nullptr && (!ca_.empty() || !sa_.empty())) {
    const std::size_t owner = ca_.empty() || sa_.empty() ? 0 : owner_of(ca_);
    spans_[owner].remote = sa_.empty() ? ca_ : sa_;
    if (sa_.empty()) spans_[owner].kind = Kind::kServer;
    return;
  }
  if (!ca_.empty() && server != nullptr && ca_ != server->endpoint) {
    // Some senders give the client's address their own name.
    if (ca_.service_name == server->endpoint.service_name) ca_.service_name = {};
    // Of a service that called itself the server's side is the last span.
    std::size_t owner = owner_of(server->endpoint);
    if (spans_[owner].kind == Kind::kClient) owner = spans_.size() - 1;
    spans_[owner].remote = ca_;
  }
  if (!sa_.empty() && client != nullptr && sa_ != client->endpoint) {
    spans_[owner_of(client->endpoint)].remote = sa_;
  }
  if (ma_.empty()) return;
  for (const Core which : {kMs, kMr}) {
    if (core(which) == nullptr || ma_ == core(which)->endpoint) continue;
    spans_[owner_of(core(which)->endpoint)].remote = ma_;
  }
}

bool ToV2::emit() {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    builder_.begin();
    if (i > 0 && !builder_.further_span()) return false;
    for (const Owned& owned : annotations_) {
      if (owned.span != i) continue;
      if (!builder_.annotation(owned.annotation.timestamp, owned.annotation.value)) return false;
    }
    for (const OwnedTag& owned : tags_) {
      if (owned.span == i && !builder_.tag(owned.tag.key, owned.tag.value)) return false;
    }
    builder_.finish(spans_[i]);
  }
  return true;
}

}  // namespace cairn::wire::zipkin::v1
