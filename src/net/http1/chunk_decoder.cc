// SPDX-License-Identifier: Apache-2.0
#include "net/http1/chunk_decoder.h"

namespace cairn::net {
namespace {

// Larger sizes are refused before they could overflow.
constexpr int kMostDigits = 15;

int hex_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(unsigned char c) {
  return c == '\t' || (c >= 0x20 && c != 0x7f);
}

}  // namespace

// A byte that carries nothing for us.
ChunkDecoder::State ChunkDecoder::count(State next) {
  return ++overhead_ > overhead_limit_ ? State::kMalformed : next;
}

ChunkDecoder::State ChunkDecoder::after_size(unsigned char c) {
  if (const int digit = hex_digit(c); digit >= 0) {
    if (++digits_ > kMostDigits) return State::kMalformed;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return State::kSize;
  }
  if (digits_ == 0) return State::kMalformed;
  if (c == '\r') return State::kSizeEnd;
  return c == ';' || c == ' ' || c == '\t' ? count(State::kExtension) : State::kMalformed;
}

// The state that follows when `c` comes outside of data.
ChunkDecoder::State ChunkDecoder::after(unsigned char c) {
  switch (state_) {
    case State::kSize:
      return after_size(c);
    case State::kExtension:
      if (c == '\r') return State::kSizeEnd;
      return is_text(c) ? count(State::kExtension) : State::kMalformed;
    case State::kSizeEnd:
      if (c != '\n') return State::kMalformed;
      return left_ > 0 ? State::kData : State::kLine;
    case State::kDataCr:
      return c == '\r' ? State::kDataLf : State::kMalformed;
    case State::kDataLf:
      left_ = 0;
      digits_ = 0;
      return c == '\n' ? State::kSize : State::kMalformed;
    case State::kLine:
      if (c == '\r') return State::kLastLf;
      return is_text(c) ? count(State::kTrailer) : State::kMalformed;
    case State::kTrailer:
      if (c == '\r') return State::kLineLf;
      return is_text(c) ? count(State::kTrailer) : State::kMalformed;
    case State::kLineLf:
      return c == '\n' ? State::kLine : State::kMalformed;
    case State::kLastLf:
      return c == '\n' ? State::kDone : State::kMalformed;
    default:
      return State::kMalformed;
  }
}

ChunkDecoder::Step ChunkDecoder::feed(ByteView bytes, std::size_t& used, RawBuffer& body,
                                      std::size_t limit) {
  used = 0;
  while (used < bytes.size() && state_ != State::kDone && state_ != State::kMalformed) {
    if (state_ != State::kData) {
      state_ = after(std::to_integer<unsigned char>(bytes[used++]));
      continue;
    }
    if (left_ > limit - body.size()) return Step::kTooLarge;
    const std::size_t count = std::min<std::size_t>(left_, bytes.size() - used);
    if (!body.append(bytes.subspan(used, count), limit)) return Step::kBusy;
    used += count;
    left_ -= count;
    if (left_ == 0) state_ = State::kDataCr;
  }
  if (state_ == State::kMalformed) return Step::kMalformed;
  return state_ == State::kDone ? Step::kDone : Step::kNeedMore;
}

}  // namespace cairn::net
