// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <utility>

#include <cairn/export/exporters.h>

#include "sdk/export/formats/otlp_json.h"
#include "sdk/export/local/append_file.h"

namespace cairn::trace {
namespace {

class FileExporter final : public SpanExporter {
 public:
  explicit FileExporter(FileOptions options) : file_(std::move(options)) {}

  bool open(std::string& error) { return file_.open(error); }

  // A full disk does not get better by waiting with spans in memory: what it refuses is lost.
  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    using Code = ExportResult::Code;
    ExportResult result;
    try {
      std::string line = formats::to_otlp_json(batch);
      line += '\n';
      switch (file_.append(line, deadline, result.message)) {
        case local::AppendFile::Outcome::kWritten:
          result.code = Code::kSent;
          break;
        case local::AppendFile::Outcome::kTimeUp:
          result.code = Code::kRetry;
          break;
        case local::AppendFile::Outcome::kFailed:
          result.code = Code::kFailed;
          break;
      }
    } catch (const std::exception&) {  // no memory
      result.code = Code::kFailed;
    }
    return result;
  }

  void after_fork_in_child() noexcept override { file_.after_fork_in_child(); }

  std::string description() const override { return "otlpfile " + file_.path(); }

 private:
  local::AppendFile file_;
};

}  // namespace

SpanExporterPtr otlp_file(const FileOptions& options, std::string& error) {
  if (options.path.empty()) {
    error = "the path of the file is empty";
    return nullptr;
  }
  if (options.path.find('\0') != std::string::npos) {
    error = "the path of the file has a zero byte in it";
    return nullptr;
  }
  if (options.rotate_at != 0 && options.path == "-") {
    error = "standard output cannot be rotated";
    return nullptr;
  }
  if (options.keep < 0 || options.keep > local::AppendFile::kMostKept) {
    error =
        "from 0 to " + std::to_string(local::AppendFile::kMostKept) + " rotated files can be kept";
    return nullptr;
  }
  auto exporter = std::make_shared<FileExporter>(options);
  if (!exporter->open(error)) return nullptr;
  return exporter;
}

}  // namespace cairn::trace
