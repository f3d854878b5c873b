// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/kafka/headers.h"

#include <string>

namespace cairn::trace::kafka_adapter {

bool HeaderReader::get(std::string_view name, std::size_t index, std::string_view& value) const {
  if (headers_ == nullptr || index != 0) return false;
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers_, std::string(name).c_str(), &bytes, &size) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      bytes == nullptr) {
    return false;
  }
  value = std::string_view(static_cast<const char*>(bytes), size);
  return true;
}

void HeaderWriter::set(std::string_view name, std::string_view value) {
  rd_kafka_header_remove(&headers_, std::string(name).c_str());
  rd_kafka_header_add(&headers_, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                      static_cast<ssize_t>(value.size()));
}

}  // namespace cairn::trace::kafka_adapter
