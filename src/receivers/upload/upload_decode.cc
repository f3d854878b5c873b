// SPDX-License-Identifier: Apache-2.0
#include "receivers/upload/upload_decode.h"

#include <algorithm>

#include <fmt/format.h>

#include "wire/jaeger/json_decode.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::receivers::upload {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Zipkin's decoder wants a list; a file of lines may hold a bare span on each.
ByteView as_list(std::string_view json, model::Batch& batch) {
  if (json.starts_with('[')) return as_bytes(json);
  const PinnedBytes list = PinnedBytes::own(fmt::format("[{}]", json));
  batch.pin(list);
  return list.view;
}

Result<model::Rejections> decode_document(DocumentFormat format, std::string_view json,
                                          model::Batch& batch) {
  switch (format) {
    case DocumentFormat::kOtlp:
      return wire::otlp::decode_traces_json(as_bytes(json), batch);
    case DocumentFormat::kJaeger:
      return wire::jaeger::decode_ui_json(as_bytes(json), batch);
    case DocumentFormat::kZipkinV2:
      return wire::zipkin::decode(wire::zipkin::Format::kJsonV2, as_list(json, batch), batch);
    case DocumentFormat::kZipkinV1:
      return wire::zipkin::decode(wire::zipkin::Format::kJsonV1, as_list(json, batch), batch);
  }
  return invalid_argument("no such format");
}

// Thread rule: one thread.
class DocumentReader {
 public:
  DocumentReader(std::string_view format, Upload& upload) : named_(format), upload_(upload) {}

  void read(std::string_view json, std::uint64_t line) {
    const auto format = named_.empty() ? sniff_document(json) : named_format(named_, json);
    if (!format) return fail(line, "neither OTLP JSON nor Jaeger's nor Zipkin's");
    auto rejected = decode_document(*format, json, *upload_.batch);
    if (!rejected) return fail(line, rejected.error().message);
    upload_.rejected.add(*rejected);
    if (!upload_.format) upload_.format = format;
    ++upload_.documents;
  }

 private:
  void fail(std::uint64_t line, std::string message) {
    ++upload_.broken;
    if (upload_.errors.size() < kMostErrors) upload_.errors.push_back({line, std::move(message)});
  }

  std::string_view named_;
  Upload& upload_;
};

// A line's padding and the decoders' room for small documents add up over many short lines.
bool is_bloated(const model::Batch& batch, std::size_t body_bytes) {
  return batch.memory_bytes() > 16 * body_bytes + 4_MiB;
}

Result<void> decode_lines(std::string_view body, DocumentReader& reader, const Upload& upload) {
  std::uint64_t line = 0;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    if (++line > kMostLines) {
      return invalid_argument(fmt::format("more than {} lines in one upload", kMostLines));
    }
    if (line % 256 == 0 && is_bloated(*upload.batch, body.size())) {
      return invalid_argument("the upload takes too much memory; send it in parts");
    }
    std::string_view text = body.substr(at, end - at);
    at = end + 1;
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) continue;
    text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
    reader.read(text, line);
  }
  return {};
}

}  // namespace

Result<Upload> decode_upload(const PinnedBytes& body, const UploadForm& form) {
  Upload upload;
  upload.batch = std::make_shared<model::Batch>();
  upload.batch->pin(body);
  if (form.is_protobuf) {
    ASSIGN_OR_RETURN(upload.rejected, wire::otlp::decode_traces(body.view, *upload.batch));
    ++upload.documents;
    return upload;
  }
  std::string_view json = body.text();
  if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);  // a byte order mark
  DocumentReader reader(form.format, upload);
  if (form.is_lines || looks_like_lines(json)) {
    RETURN_IF_ERROR(decode_lines(json, reader, upload));
    return upload;
  }
  const std::size_t first = json.find_first_not_of(kSpace);
  if (first != std::string_view::npos) reader.read(json.substr(first), 1);
  return upload;
}

}  // namespace cairn::receivers::upload
