// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/jaeger_thrift.h"

namespace cairn::trace::formats {

std::string to_jaeger_binary(const SpanBatch& batch) {
  (void)batch;
  return {};
}

std::vector<std::string> to_jaeger_datagrams(const SpanBatch& batch, std::size_t max,
                                             std::size_t& dropped) {
  (void)max;
  dropped += batch.span_count;
  return {};
}

}  // namespace cairn::trace::formats
