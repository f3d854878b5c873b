// SPDX-License-Identifier: Apache-2.0
#include "wire/protobuf/backward_writer.h"

#include <algorithm>

namespace cairn::wire::protobuf {

void BackwardWriter::grow(std::size_t bytes) {
  constexpr std::size_t kSmallest = 4096;
  const std::string_view old = written();
  const std::size_t capacity = std::max({kSmallest, 2 * this->capacity(), old.size() + bytes});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  char* end = larger.get() + capacity;
  if (!old.empty()) std::memcpy(end - old.size(), old.data(), old.size());
  at_ = end - old.size();
  end_ = end;
  buffer_ = std::move(larger);
}

}  // namespace cairn::wire::protobuf
