// SPDX-License-Identifier: Apache-2.0
#include "bench/load/connection.h"

#include <unistd.h>

#include "wire/protobuf/reader.h"

namespace cairn::bench {

using wire::protobuf::bytes_tag;
using wire::protobuf::Reader;
using wire::protobuf::varint_tag;

Connection::~Connection() {
  ::close(fd_);
}

std::uint64_t rejected_spans(std::string_view response) {
  std::uint64_t rejected = 0;
  Reader reader(response);
  while (reader.next()) {
    if (reader.tag() != bytes_tag(1)) {
      reader.skip();
      continue;
    }
    Reader partial_success(reader.bytes());
    while (partial_success.next()) {
      if (partial_success.tag() == varint_tag(1)) {
        rejected = partial_success.varint();
      } else {
        partial_success.skip();
      }
    }
  }
  return rejected;
}

}  // namespace cairn::bench
