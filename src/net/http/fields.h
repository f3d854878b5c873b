// SPDX-License-Identifier: Apache-2.0
//
// Small rules about header fields that HTTP/1.1 and HTTP/2 share. Source: RFC 9110, "Fields".
#pragma once

#include <string>
#include <string_view>

namespace cairn::net {

// ASCII letters only.
std::string lower_case(std::string_view text);

// The media type of a content-type field, in lower case and without its parameters:
// "Application/JSON; charset=utf-8" → "application/json".
std::string media_type(std::string_view content_type);

// Appends without control characters, so that no value can start a field of its own.
void append_clean(std::string& out, std::string_view text);

// True for the fields that describe the connection or the framing, which handlers do not set:
// connection, keep-alive, transfer-encoding, content-length, upgrade, date and the like.
bool is_connection_header(std::string_view lower_case_name);

// "Fri, 20 Nov 2026 16:02:11 GMT", now. Valid until this thread calls it again.
const std::string& http_date();

}  // namespace cairn::net
