// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/data_directory.h"
#include "cli/dump.h"
#include "cli/segment_json.h"
#include "storage/columnar/manifest/manifest.h"

namespace cairn::cli {
namespace {

using namespace storage::columnar;

void write_ids(JsonWriter& json, const auto& ids) {
  json.begin_array();
  for (const std::uint64_t id : ids) json.number(id);
  json.end_array();
}

void write_edit(JsonWriter& json, std::uint64_t offset, const ManifestEdit& edit) {
  json.begin_object();
  json.member("offset", offset);
  json.key("add_segments");
  json.begin_array();
  for (const SegmentInfo& segment : edit.add_segments) {
    json.begin_object();
    write_segment_info(json, segment);
    json.end_object();
  }
  json.end_array();
  json.key("remove_segments");
  write_ids(json, edit.remove_segments);
  json.key("finished_heads");
  write_ids(json, edit.finished_heads);
  json.key("forgotten_heads");
  write_ids(json, edit.forgotten_heads);
  json.member("next_id", edit.next_id);
  json.end_object();
}

std::string as_json(const ManifestFile& file) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("file", file.name);
  json.member("bytes", file.bytes);
  json.member("good_bytes", file.good_bytes);
  json.member("torn", file.torn);
  json.member("damage", file.damage);
  json.key("edits");
  json.begin_array();
  for (const auto& [offset, edit] : file.edits) write_edit(json, offset, edit);
  json.end_array();
  json.member("segments", static_cast<std::uint64_t>(file.state.segments.size()));
  json.key("finished_heads");
  write_ids(json, file.state.finished_heads);
  json.member("next_id", file.state.next_id);
  json.end_object();
  return out + "\n";
}

void print(const ManifestFile& file, const Console& console) {
  console.out(fmt::format("{}: {} bytes, {} records\n", file.name, file.bytes, file.edits.size()));
  for (const auto& [offset, edit] : file.edits) {
    const bool first = &edit == &file.edits.front().second;
    console.out(
        fmt::format("\nrecord at {}{}\n{}\n", offset, first ? ": the state" : "", to_text(edit)));
  }
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (const auto& [id, segment] : file.state.segments) {
    rows += segment.rows;
    bytes += segment.bytes;
  }
  console.out(
      fmt::format("\ntogether: {} segments, {} rows, {} bytes; {} finished heads; next id {}\n",
                  file.state.segments.size(), rows, bytes, file.state.finished_heads.size(),
                  file.state.next_id));
  const std::uint64_t rest = file.bytes - file.good_bytes;
  if (file.torn) {
    console.out(console.paint(Color::kYellow,
                              fmt::format("torn: the last {} bytes were left by a crash\n", rest)));
  }
  if (!file.damage.empty()) {
    console.out(console.paint(
        Color::kRed, fmt::format("damage: {}; {} bytes from there on\n", file.damage, rest)));
  }
}

// Of a directory the manifest in use, as far as it can be read.
Result<ManifestFile> read(FileSystem& fs, const std::string& path) {
  if (is_file(fs, path)) return read_manifest_file(fs, path);
  auto found = read_manifest(fs, path);
  if (found || found.error().code != ErrorCode::kCorruption) return found;
  ASSIGN_OR_RETURN(const Bytes current, read_file(fs, path + "/CURRENT", 64));
  std::string name(as_text(current));
  if (name.ends_with('\n')) name.pop_back();
  if (name.empty() || name.find('/') != std::string::npos) return found;
  auto damaged = read_manifest_file(fs, path + "/" + name);
  if (!damaged) return found;
  if (damaged->damage.empty()) damaged->damage = found.error().message;
  return damaged;
}

}  // namespace

ExitCode dump_manifest(FileSystem& fs, const DumpOptions& options, const Console& console) {
  const auto file = read(fs, options.path);
  if (!file) return complain(console, file.error());
  if (options.json) {
    console.out(as_json(*file));
  } else {
    print(*file, console);
  }
  return file->damage.empty() ? kClean : kDamaged;
}

}  // namespace cairn::cli
