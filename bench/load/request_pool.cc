// SPDX-License-Identifier: Apache-2.0
#include "bench/load/request_pool.h"

#include <memory>
#include <utility>

#include <libdeflate.h>
#include <zstd.h>

#include "bench/load/request_ids.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

// What exporters use by default: gzip at 6, zstd at 3.
constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;

Result<std::string> gzip(std::string_view plain) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kGzipLevel), &libdeflate_free_compressor);
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), plain.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), plain.data(), plain.size(),
                                         packed.data(), packed.size()));
  if (packed.empty()) return internal_error("gzip failed");
  return packed;
}

Result<std::string> zstd(std::string_view plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) return internal_error(ZSTD_getErrorName(size));
  packed.resize(size);
  return packed;
}

// gRPC over HTTP/2, "Length-Prefixed-Message": a flag byte and a big-endian length.
std::string framed(std::string_view message, bool compressed) {
  std::string out(1, compressed ? '\1' : '\0');
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(message.size() >> shift);
  return out.append(message);
}

}  // namespace

std::string_view to_text(Encoding encoding) {
  switch (encoding) {
    case Encoding::kIdentity:
      return "identity";
    case Encoding::kGzip:
      return "gzip";
    case Encoding::kZstd:
      return "zstd";
  }
  return "identity";
}

Result<Encoding> parse_encoding(std::string_view text) {
  for (const Encoding encoding : {Encoding::kIdentity, Encoding::kGzip, Encoding::kZstd}) {
    if (text == to_text(encoding)) return encoding;
  }
  return invalid_argument("encoding is none of identity, gzip, zstd");
}

Result<RequestPool> RequestPool::prepare(const WorkloadOptions& options, Encoding encoding) {
  RequestPool pool;
  pool.encoding_ = encoding;
  pool.seed_ = options.seed;
  Workload workload(options);
  model::Batch batch;
  while (workload.next(batch)) {
    std::string message;
    wire::otlp::encode_traces(batch, message);
    RETURN_IF_ERROR(pool.add(std::move(message), batch.spans.size()));
  }
  return pool;
}

Result<void> RequestPool::add(std::string message, std::uint64_t spans) {
  Request request;
  request.spans_ = spans;
  request.plain_bytes_ = message.size();
  if (encoding_ == Encoding::kIdentity) {
    request.framed_ = framed(message, false);
    ASSIGN_OR_RETURN(request.ids_, find_ids(message));
    for (std::uint32_t& at : request.ids_) at += Request::kGrpcPrefix;
  } else {
    ASSIGN_OR_RETURN(const std::string packed,
                     encoding_ == Encoding::kGzip ? gzip(message) : zstd(message));
    request.framed_ = framed(packed, true);
  }
  spans_ += spans;
  bytes_ += request.body().size();
  requests_.push_back(std::move(request));
  return {};
}

Request* RequestPool::lend() {
  if (next_ == requests_.size()) {
    next_ = 0;
    ++round_;
    std::uint64_t state = seed_ + round_;
    mask_ = split_mix(state);
  }
  Request& request = requests_[next_];
  if (request.lent_) return nullptr;
  ++next_;
  mask_ids(request.framed_, request.ids_, request.mask_ ^ mask_);
  request.mask_ = mask_;
  request.lent_ = true;
  return &request;
}

}  // namespace cairn::bench
