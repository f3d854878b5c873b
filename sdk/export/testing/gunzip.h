// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <google/protobuf/io/gzip_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace cairn::trace::transport::testing {

// What a gzip stream holds; ends early where it is damaged.
inline std::string gunzip(const std::string& bytes) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::GzipInputStream unpacked(&in, google::protobuf::io::GzipInputStream::GZIP);
  std::string out;
  const void* data = nullptr;
  for (int size = 0; unpacked.Next(&data, &size);) {
    out.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  }
  return out;
}

}  // namespace cairn::trace::transport::testing
