// SPDX-License-Identifier: Apache-2.0
//
// A JSON text ready for Reader's visitors: copied into an arena with the padding that the parser
// reads past the end. One a thread at a time: parsing another one ends the former.
// Source: simdjson, "On Demand".
#pragma once

#include <string_view>

#include <simdjson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

namespace cairn::wire::json {

class Document {
 public:
  // `format` begins the error's message: "OTLP JSON".
  // Ownership: the text lives in `arena`; views that a Reader gives point there.
  // Errors: kInvalidArgument when it is empty or not JSON from its first bytes on; the rest is seen
  // while it is read.
  static Result<Document> parse(std::string_view format, ByteView text, Arena& arena);

  std::string_view text() const { return text_; }
  simdjson::ondemand::document& root() { return root_; }

 private:
  Document() = default;

  std::string_view text_;
  simdjson::ondemand::document root_;
};

}  // namespace cairn::wire::json
