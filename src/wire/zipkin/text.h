// SPDX-License-Identifier: Apache-2.0
//
// The small grammars of Zipkin's fields: ids, names and addresses.
// Source: Zipkin's library, Span and Endpoint.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/bytes.h"
#include "model/ids.h"
#include "wire/zipkin/span.h"

namespace cairn::wire::zipkin {

// These read lower-case hex of any length up to the id's, padded with zeros on the left. They
// return what is wrong with the text, in Zipkin's words, or an empty string.
std::string read_trace_id(std::string_view text, model::TraceId& to);
std::string read_span_id(std::string_view text, model::SpanId& to);
// All zeros are no parent.
std::string read_parent_id(std::string_view text, model::SpanId& to);

// In lower case, the same in every locale: ASCII, Latin, Greek and Cyrillic letters.
// Ownership: `text` itself when it has no capital, else in the arena.
std::string_view lower_case(std::string_view text, Arena& arena);

// Adds an address in text to the endpoint: to `ipv4` or to `ipv6`, whichever it is; an IPv4 address
// inside an IPv6 one is the former. What is no address is left out.
void read_address(std::string_view text, Arena& arena, Endpoint& to);
// Likewise of 4 or 16 bytes.
void read_address(ByteView bytes, Arena& arena, Endpoint& to);

// The bytes of a canonical address, or nothing.
std::optional<std::array<std::byte, 4>> ipv4_bytes(std::string_view text);
std::optional<std::array<std::byte, 16>> ipv6_bytes(std::string_view text);

}  // namespace cairn::wire::zipkin
