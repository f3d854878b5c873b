// SPDX-License-Identifier: Apache-2.0
#include "cli/wal_replay.h"

#include <fmt/format.h>

#include "storage/columnar/head/head.h"

namespace cairn::cli {

using namespace storage::columnar;

const std::string& WalReplay::damage() const {
  if (!refused.empty() || end.torn) return refused;
  return end.damage;
}

Result<WalReplay> replay_wal_file(FileSystem& fs, const std::string& path,
                                  const std::function<void(const WalRecordFacts&)>& record) {
  WalReplay replay;
  ASSIGN_OR_RETURN(replay.header, read_wal_header(fs, path));
  Head head(replay.header.head);
  const auto one = [&](std::uint64_t offset, ByteView payload) -> Result<void> {
    WalRecordFacts facts{.offset = offset, .payload_bytes = payload.size(), .rows = {}};
    if (replay.refused.empty()) {
      const Result<void> replayed = payload.empty() ? Result<void>{} : head.replay(payload);
      if (replayed) {
        facts.rows = head.rows() - replay.rows;
        replay.rows = head.rows();
      } else {
        replay.refused = fmt::format("record at {}: {}", offset, replayed.error().message);
      }
    }
    record(facts);
    return {};
  };
  ASSIGN_OR_RETURN(replay.end, read_wal(fs, path, one));
  return replay;
}

}  // namespace cairn::cli
