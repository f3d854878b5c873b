// SPDX-License-Identifier: Apache-2.0
//
// SelfTracing: Cairn's own requests as spans, in its own store.
//
// Built on the SDK of sdk/. A span for each request that a traced router handles, within the
// sender's trace when it says one. Finished spans go straight to ingest, not through a port, so
// that sending them makes no spans: it cannot feed itself.
#pragma once

#include <memory>
#include <string>

#include "ingest/ingest.h"
#include "net/http/router.h"

namespace cairn::server {

struct SelfTracingOptions {
  bool enabled = false;
  double probability = 1;  // of a trace that begins here; senders decide about theirs
  std::string service_name = "cairn";
};

// Thread rule: made and destroyed by one thread; handlers run on any.
class SelfTracing {
 public:
  // Ownership: `ingest` and `metrics` outlive it.
  SelfTracing(const SelfTracingOptions& options, ingest::Ingest& ingest, MetricsRegistry& metrics);
  // Sends what is left, for at most two seconds.
  ~SelfTracing();
  SelfTracing(const SelfTracing&) = delete;
  SelfTracing& operator=(const SelfTracing&) = delete;

  // Makes each request that the router's handlers get a span: "GET /api/traces/{id}".
  static void trace(net::Router& router);

 private:
  ingest::Door door_;
};

}  // namespace cairn::server
