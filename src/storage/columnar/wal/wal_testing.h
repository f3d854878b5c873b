// SPDX-License-Identifier: Apache-2.0
//
// What the writer's tests share: a count of answers one can wait for, and reading a file back.
#pragma once

#include <string>
#include <vector>

#include "base/check.h"
#include "base/mutex.h"
#include "storage/columnar/wal/wal_reader.h"
#include "storage/columnar/wal/wal_writer.h"

namespace cairn::storage::columnar::testing {

// The answers given to appended records, by the number the test gave each.
class Answers {
 public:
  CommitDone take(std::size_t number) {
    return [this, number](const Result<void>& outcome) {
      const MutexLock lock(mutex_);
      if (answers_.size() <= number) answers_.resize(number + 1);
      answers_[number].push_back(outcome ? "ok" : outcome.error().message);
      if (!outcome) codes_.push_back(outcome.error().code);
      ++given_;
      changed_.notify_all();
    };
  }
  void wait_for(std::size_t count) {
    const MutexLock lock(mutex_);
    while (given_ < count) changed_.wait(mutex_);
  }
  std::size_t given() {
    const MutexLock lock(mutex_);
    return given_;
  }
  // "ok", an error's message, or "" when there was no answer; CHECKs that there was only one.
  std::string of(std::size_t number) {
    const MutexLock lock(mutex_);
    if (number >= answers_.size() || answers_[number].empty()) return "";
    CAIRN_CHECK(answers_[number].size() == 1);
    return answers_[number][0];
  }
  std::vector<ErrorCode> codes() {
    const MutexLock lock(mutex_);
    return codes_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::vector<std::string>> answers_ GUARDED_BY(mutex_);
  std::vector<ErrorCode> codes_ GUARDED_BY(mutex_);
  std::size_t given_ GUARDED_BY(mutex_) = 0;
};

inline Bytes bytes_of(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

// The payloads of a file; empty when it is not there or has no header. Damage is an entry of its
// own, so that no test overlooks it.
inline std::vector<std::string> payloads(FileSystem& fs, const std::string& path) {
  std::vector<std::string> out;
  const auto end = read_wal(fs, path, [&](std::uint64_t, ByteView payload) -> Result<void> {
    out.emplace_back(as_text(payload));
    return {};
  });
  if (!end && end.error().code != ErrorCode::kNotFound) out.push_back(end.error().message);
  if (end && !end->damage.empty()) out.push_back(end->damage);
  return out;
}

}  // namespace cairn::storage::columnar::testing
