// SPDX-License-Identifier: Apache-2.0
//
// Cuts a batch into Kafka messages: OTLP protobuf, one trace a message, so that a trace has one key
// and lies in one partition. A trace too long for a message becomes several with the same key.
// Pure function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::exporters::kafka {

struct CutMessage {
  std::string key;    // the trace id as 32 hex digits, as the OpenTelemetry collector writes it
  std::string value;  // TracesData
  std::uint64_t spans = 0;
};

struct Cut {
  std::vector<CutMessage> messages;  // by trace id; the spans of a trace in the batch's order
  model::Rejections rejected;        // kTooLarge: one span that alone passes the limit
  std::size_t bytes = 0;             // of keys and values
};

// `max_value_bytes` is what a message's value may have.
// Empty: no spans, no messages. The values own their bytes.
Cut cut_messages(const model::Batch& batch, std::size_t max_value_bytes);

}  // namespace cairn::exporters::kafka
