// SPDX-License-Identifier: Apache-2.0
//
// One upload to a server and what it answered.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace cairn::cli {

struct UploadAnswer {
  int status = 0;
  std::optional<Duration> retry_after;
  std::string text;  // of the body, when it is no report
  // The report of `POST /api/upload`; present with 200, and with 400 when nothing was readable.
  bool is_report = false;
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> rejected;  // reason → spans
  std::uint64_t broken = 0;                       // documents
  struct Broken {
    std::uint64_t line = 0;  // of the upload, from 1
    std::string message;
  };
  std::vector<Broken> errors;
};

// Thread rule: one thread.
class Uploader {
 public:
  virtual ~Uploader() = default;

  // Sends lines of JSON. Errors: kUnavailable when there was no answer, which a later try may heal;
  // kInvalidArgument when the address cannot be used at all.
  virtual Result<UploadAnswer> post(std::string_view lines) = 0;
};

// Fills the report of `answer` from the body. Nothing happens when it is none.
void read_report(std::string_view body, UploadAnswer& answer);

// Over HTTP(S) to `server`, "http://127.0.0.1:4318"; `format` as the endpoint's parameter.
std::unique_ptr<Uploader> make_http_uploader(const std::string& server, const std::string& format);

}  // namespace cairn::cli
