// SPDX-License-Identifier: Apache-2.0
//
// Cuts a stream of JSON into pieces that can be sent alone, in bounded memory:
//   lines       one document a line; a broken line costs nothing but itself
//   documents   the elements of a list, of "data":[…] (Jaeger) and of "resourceSpans":[…] (OTLP);
//               an object with none of them is one piece
// The first line decides: when it is whole (or broken in the middle of a value) these are lines;
// when it breaks off after a bracket, comma or colon, or is longer than a piece may be, documents.
// Only brackets and strings are looked at: whether a piece is JSON is for its reader to find out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "cli/import/byte_source.h"

namespace cairn::cli {

struct Piece {
  std::string text;        // one line, without its end; line breaks within are made spaces
  std::uint64_t line = 0;  // of the stream, from 1, where the piece begins
  std::string problem;     // not empty: why there is no text
};

// Thread rule: one thread. Ownership: the source outlives it.
class JsonPieces {
 public:
  static constexpr std::size_t kMostBytes = 16_MiB;  // of a piece; below what a server takes

  explicit JsonPieces(ByteSource& source, std::size_t most_bytes = kMostBytes)
      : source_(source), most_bytes_(most_bytes) {}

  // The next piece; nothing at the end. Never an empty text without a problem.
  // Errors: the source's; then there is no next one.
  Result<std::optional<Piece>> next();

 private:
  enum class Form { kUnknown, kLines, kDocuments };
  enum class At { kTop, kElements, kRestOfObject, kEnd };

  Result<void> fill();
  Result<void> decide();
  Result<std::optional<Piece>> next_line();
  Result<std::optional<Piece>> next_of_documents();
  Result<std::optional<Piece>> piece_at(char first);
  Result<Piece> read_value(bool watch_names);
  Result<void> skip_rest_of_object();
  // The next byte, which take() then passes; nothing at the end.
  Result<std::optional<char>> peek();
  Result<std::optional<char>> peek_after_space();
  void take();
  Piece stop(std::string problem);

  ByteSource& source_;
  const std::size_t most_bytes_;
  std::string buffer_;
  std::size_t at_ = 0;  // in buffer_
  bool is_at_end_ = false;
  std::uint64_t line_ = 1;
  Form form_ = Form::kUnknown;
  At where_ = At::kTop;
  bool in_object_ = false;  // the elements are those of a member
  bool wraps_ = false;      // …of resourceSpans
  bool found_list_ = false;
};

}  // namespace cairn::cli
