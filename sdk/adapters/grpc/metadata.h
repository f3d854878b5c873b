// SPDX-License-Identifier: Apache-2.0
//
// Propagation headers in gRPC metadata.
#pragma once

#include <map>
#include <string>

#include <cairn/trace/propagation.h>
#include <grpcpp/support/string_ref.h>

namespace cairn::trace::grpc_adapter {

class MetadataReader final : public TextMapReader {
 public:
  using Map = std::multimap<grpc::string_ref, grpc::string_ref>;
  explicit MetadataReader(const Map& map) noexcept : map_(map) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override;

 private:
  const Map& map_;
};

// Leaves out what gRPC would refuse (it aborts the program for a metadata value with a control
// character) and what would make the metadata larger than `max_size`, counted as HTTP/2 does.
class MetadataWriter final : public TextMapWriter {
 public:
  using Map = std::multimap<std::string, std::string>;
  MetadataWriter(Map& map, std::size_t max_size) noexcept;
  void set(std::string_view name, std::string_view value) override;

 private:
  Map& map_;
  std::size_t size_ = 0;
  std::size_t max_size_;
};

}  // namespace cairn::trace::grpc_adapter
