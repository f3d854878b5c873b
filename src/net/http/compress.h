// SPDX-License-Identifier: Apache-2.0
//
// Compression of answers, for clients that accept it. Source: RFC 9110, "Accept-Encoding".
#pragma once

#include <string_view>

#include "net/http/message.h"

namespace cairn::net {

// True when the field's value lists gzip, or '*', with a weight other than 0.
bool accepts_gzip(std::string_view accept_encoding);

// Compresses text and JSON of more than 1 KiB that carries no content-encoding yet, and says so in
// the headers; leaves everything else alone. Costs about 5 ms per MiB, on the caller's thread.
void compress_if_useful(Response& response);

}  // namespace cairn::net
