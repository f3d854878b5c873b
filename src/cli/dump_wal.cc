// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/json_writer.h"
#include "cli/data_directory.h"
#include "cli/dump.h"
#include "cli/wal_replay.h"

namespace cairn::cli {
namespace {

using namespace storage::columnar;

std::string quoted(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out;
}

void write_record(JsonWriter& json, const WalRecordFacts& record) {
  json.begin_object();
  json.member("offset", record.offset);
  json.member("payload_bytes", record.payload_bytes);
  json.key("rows");
  if (record.rows) {
    json.number(*record.rows);
  } else {
    json.null();
  }
  json.end_object();
}

Result<WalReplay> dump_as_json(FileSystem& fs, const std::string& path, const Console& console) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("file", path);
  json.key("records");
  json.begin_array();
  ASSIGN_OR_RETURN(const WalReplay replay,
                   replay_wal_file(fs, path, [&json](const WalRecordFacts& record) {
                     write_record(json, record);
                   }));
  json.end_array();
  json.member("tenant", replay.header.tenant);
  json.member("shard", static_cast<std::uint64_t>(replay.header.shard));
  json.member("head", replay.header.head);
  json.member("created_unix_nanos", replay.header.created_unix_nanos);
  json.member("bytes", replay.end.file_bytes);
  json.member("good_bytes", replay.end.good_bytes);
  json.member("rows", replay.rows);
  json.member("torn", replay.end.torn);
  json.member("damage", replay.damage());
  json.end_object();
  console.out(out + "\n");
  return replay;
}

Result<WalReplay> dump_as_text(FileSystem& fs, const std::string& path, const Console& console) {
  ASSIGN_OR_RETURN(const WalHeader header, read_wal_header(fs, path));
  console.out(fmt::format("{}: version {}, tenant {}, shard {}, head {}, created at {} (unix ns)\n",
                          path, kWalVersion, quoted(header.tenant), header.shard, header.head,
                          header.created_unix_nanos));
  console.out(fmt::format("{:>12} {:>10} {:>8}\n", "offset", "bytes", "rows"));
  ASSIGN_OR_RETURN(
      const WalReplay replay, replay_wal_file(fs, path, [&console](const WalRecordFacts& record) {
        console.out(fmt::format("{:>12} {:>10} {:>8}\n", record.offset, record.payload_bytes,
                                record.rows ? std::to_string(*record.rows) : "-"));
      }));
  console.out(fmt::format("{} records, {} rows, {} of {} bytes\n", replay.end.records, replay.rows,
                          replay.end.good_bytes, replay.end.file_bytes));
  if (replay.end.torn) {
    console.out(
        console.paint(Color::kYellow, fmt::format("torn: the last {} bytes were left by a crash\n",
                                                  replay.end.file_bytes - replay.end.good_bytes)));
  }
  if (!replay.damage().empty()) {
    console.out(console.paint(Color::kRed, fmt::format("damage: {}\n", replay.damage())));
  }
  return replay;
}

ExitCode dump_file(FileSystem& fs, const std::string& path, bool json, const Console& console) {
  const auto replay = json ? dump_as_json(fs, path, console) : dump_as_text(fs, path, console);
  if (!replay && replay.error().code == ErrorCode::kNotFound) {
    // It ends within its header: a crash before its first commit.
    console.complain(replay.error().message);
    return kClean;
  }
  if (!replay) return complain(console, annotate(replay.error(), path));
  return replay->damage().empty() ? kClean : kDamaged;
}

}  // namespace

ExitCode dump_wal(FileSystem& fs, const DumpOptions& options, const Console& console) {
  return dump_each(fs, options, console, &DataDirectory::wal_files, dump_file);
}

}  // namespace cairn::cli
