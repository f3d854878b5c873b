// SPDX-License-Identifier: Apache-2.0
//
// Facts of foreign formats for which OTLP has no field, kept as attributes under one prefix so that
// nothing is lost: the format they came from gets them back, every other answer hides them.
// docs/protocols/reserved-attributes.md lists them with their types.
#pragma once

#include <string_view>

namespace cairn::model {

inline constexpr std::string_view kReservedPrefix = "cairn.wire.";

inline bool is_reserved(std::string_view key) {
  return key.starts_with(kReservedPrefix);
}

namespace reserved {

// Zipkin: bool true, absent otherwise.
inline constexpr std::string_view kZipkinDebug = "cairn.wire.zipkin.debug";
inline constexpr std::string_view kZipkinShared = "cairn.wire.zipkin.shared";
// Zipkin: text, the IPv6 address of an endpoint that has an IPv4 address too.
inline constexpr std::string_view kZipkinLocalIpv6 = "cairn.wire.zipkin.local.ipv6";
inline constexpr std::string_view kZipkinRemoteIpv6 = "cairn.wire.zipkin.remote.ipv6";
// Zipkin: what an endpoint says where a tag has taken the attribute that says it otherwise; empty
// text or 0 when the endpoint says nothing.
inline constexpr std::string_view kZipkinLocalAddress = "cairn.wire.zipkin.network.local.address";
inline constexpr std::string_view kZipkinLocalPort = "cairn.wire.zipkin.network.local.port";
inline constexpr std::string_view kZipkinPeerService = "cairn.wire.zipkin.peer.service";
inline constexpr std::string_view kZipkinPeerAddress = "cairn.wire.zipkin.network.peer.address";
inline constexpr std::string_view kZipkinPeerPort = "cairn.wire.zipkin.network.peer.port";
// Jaeger: int, the span's flags when they are more than "sampled" (2 debug, 8 firehose).
inline constexpr std::string_view kJaegerFlags = "cairn.wire.jaeger.flags";
// Jaeger: text array, the warnings of a stored span.
inline constexpr std::string_view kJaegerWarnings = "cairn.wire.jaeger.warnings";

}  // namespace reserved
}  // namespace cairn::model
