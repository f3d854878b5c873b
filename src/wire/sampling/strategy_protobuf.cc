// SPDX-License-Identifier: Apache-2.0
#include "wire/sampling/strategy_protobuf.h"

#include <bit>

#include "base/utf8.h"
#include "wire/protobuf/backward_writer.h"
#include "wire/protobuf/reader.h"

namespace cairn::wire::sampling {
namespace {

using protobuf::BackwardWriter;

// proto3 leaves zeros out.
void write_double(BackwardWriter& out, std::uint32_t field, double value) {
  if (value != 0) out.fixed64_field(field, std::bit_cast<std::uint64_t>(value));
}

void write_rate(BackwardWriter& out, std::uint32_t field, double probability) {
  const std::size_t end = out.size();
  write_double(out, 1, probability);
  out.close_message(field, end);
}

// Names come from peers' spans. One bad byte, and a client could not read any of the answer.
void write_name(BackwardWriter& out, std::string_view name) {
  if (name.empty()) return;
  if (is_valid_utf8(name)) return out.bytes_field(1, name);
  out.bytes_field(1, replace_invalid_utf8(name));
}

void write_operations(BackwardWriter& out, const model::PerOperationSampling& sampling) {
  const std::size_t end = out.size();
  write_double(out, 4, sampling.upper_bound_traces_per_second);
  for (auto it = sampling.operations.rbegin(); it != sampling.operations.rend(); ++it) {
    const std::size_t operation_end = out.size();
    write_rate(out, 2, it->probability);
    write_name(out, it->operation);
    out.close_message(3, operation_end);
  }
  write_double(out, 2, sampling.lower_bound_traces_per_second);
  write_double(out, 1, sampling.default_probability);
  out.close_message(4, end);
}

}  // namespace

Result<std::string_view> decode_strategy_request(ByteView request) {
  std::string_view service;
  protobuf::Reader reader(as_text(request));
  while (reader.next()) {
    if (reader.tag() == protobuf::bytes_tag(1)) {
      service = reader.bytes();
    } else {
      reader.skip();
    }
  }
  if (!reader.ok()) return invalid_argument("not a SamplingStrategyParameters message");
  return service;
}

std::string encode_strategy(const model::SamplingStrategy& strategy) {
  BackwardWriter out;
  if (strategy.per_operation) write_operations(out, *strategy.per_operation);
  if (strategy.type == model::SamplingType::kRateLimiting) {
    const std::size_t end = out.size();
    if (strategy.max_traces_per_second != 0) {
      out.varint_field(1, static_cast<std::uint64_t>(strategy.max_traces_per_second));
    }
    out.close_message(3, end);
    out.varint_field(1, 1);
  } else {
    write_rate(out, 2, strategy.probability);
  }
  return std::string(out.written());
}

}  // namespace cairn::wire::sampling
