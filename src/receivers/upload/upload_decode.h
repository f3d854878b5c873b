// SPDX-License-Identifier: Apache-2.0
//
// The body of an upload becomes spans: good documents are kept, bad ones named. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "receivers/upload/document_format.h"

namespace cairn::receivers::upload {

struct UploadForm {
  bool is_protobuf = false;      // OTLP's; else JSON
  bool is_lines = false;         // one document a line, even if the body does not look so
  std::string_view format = "";  // "otlp", "jaeger", "zipkin"; empty: each document tells
};

struct BrokenDocument {
  std::uint64_t line = 0;  // of the body, from 1, where the document begins
  std::string message;
};

struct Upload {
  std::shared_ptr<model::Batch> batch;
  model::Rejections rejected;
  std::optional<DocumentFormat> format;  // of the first document that was read; not of protobuf
  std::uint64_t documents = 0;           // that were read
  std::uint64_t broken = 0;
  std::vector<BrokenDocument> errors;  // of `broken`, the first kMostErrors
};

inline constexpr std::size_t kMostErrors = 1000;
inline constexpr std::size_t kMostLines = 100'000;

// Ownership: the batch pins what its views point at, `body` included.
// Empty: a body of nothing but blank lines is an Upload without documents.
// Errors: kInvalidArgument when protobuf does not parse, when there are more than kMostLines, or
// when what was read takes many times the memory of the body.
Result<Upload> decode_upload(const PinnedBytes& body, const UploadForm& form);

}  // namespace cairn::receivers::upload
