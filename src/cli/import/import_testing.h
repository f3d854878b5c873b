// SPDX-License-Identifier: Apache-2.0
//
// For tests: bytes that come in steps, and a server of which each answer is scripted.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "cli/import/byte_source.h"
#include "cli/import/uploader.h"

namespace cairn::cli::testing {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t step = SIZE_MAX)
      : text_(std::move(text)), step_(step) {}

  Result<std::size_t> read(std::span<char> to) override {
    const std::size_t count = std::min({to.size(), step_, text_.size() - at_});
    std::memcpy(to.data(), text_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::uint64_t position() const override { return at_; }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

// Answers as scripted; after the script with one accepted span a line.
class ScriptedUploader final : public Uploader {
 public:
  Result<UploadAnswer> post(std::string_view lines) override {
    posts.emplace_back(lines);
    if (!script.empty()) {
      Result<UploadAnswer> answer = std::move(script.front());
      script.pop_front();
      return answer;
    }
    return report(static_cast<std::uint64_t>(std::ranges::count(lines, '\n')));
  }

  static UploadAnswer report(std::uint64_t accepted) {
    UploadAnswer answer;
    answer.status = 200;
    answer.is_report = true;
    answer.accepted = accepted;
    return answer;
  }
  static UploadAnswer status(int status) {
    UploadAnswer answer;
    answer.status = status;
    answer.text = "no";
    return answer;
  }

  std::deque<Result<UploadAnswer>> script;
  std::vector<std::string> posts;
};

}  // namespace cairn::cli::testing
