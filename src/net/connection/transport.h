// SPDX-License-Identifier: Apache-2.0
//
// What carries a connection's bytes, without ever blocking. Plain TCP here; TLS is one more
// implementation over the same descriptor, and nothing above it changes.
// Thread rule: used by the connection's I/O thread alone.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <sys/uio.h>

namespace cairn::net {

class Transport {
 public:
  enum class State {
    kMoved,      // `bytes` > 0 were read or written
    kWantRead,   // nothing moved: wait until the descriptor is readable
    kWantWrite,  // nothing moved: wait until it is writable
    kEnd,        // the peer will send no more (reads only)
    kBroken,     // the connection is of no more use
  };
  struct Outcome {
    State state = State::kBroken;
    std::size_t bytes = 0;
    bool drained = false;  // a read that saw there was no more: waiting comes next
  };

  virtual ~Transport() = default;
  // REQUIRES: `to` is not empty.
  virtual Outcome read(std::span<std::byte> to) = 0;
  // REQUIRES: `from` holds at least one byte.
  virtual Outcome write(std::span<const iovec> from) = 0;
  // Tells the peer that no more bytes follow; it may still send.
  virtual void end_writing() = 0;
};

// Over a non-blocking TCP socket, which outlives it and is closed by its owner.
std::unique_ptr<Transport> make_tcp_transport(int descriptor);

}  // namespace cairn::net
