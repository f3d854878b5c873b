// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/json_writer.h"
#include "storage/columnar/manifest/manifest.h"
#include "storage/columnar/manifest/manifest_format.h"

namespace cairn::storage::columnar {
namespace {

// The number of the manifest that CURRENT names. kNotFound when there is no CURRENT.
Result<std::uint64_t> current_number(FileSystem& fs, const std::string& directory) {
  constexpr std::uint64_t kMostBytes = 64;
  const std::string path = fmt::format("{}/{}", directory, kCurrentName);
  ASSIGN_OR_RETURN(const Bytes bytes, read_file(fs, path, kMostBytes));
  std::string_view text = as_text(bytes);
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (const auto number = manifest_file_number(text)) return *number;
  }
  return corruption(fmt::format("{}: it does not name a manifest", path));
}

// What is wrong with the record, or nothing; then `file` has its edit.
std::string take(const ManifestRecords::Record& record, ManifestFile& file) {
  auto edit = decode_edit(record.payload);
  const auto applied = edit ? apply(file.state, *edit) : std::move(edit).error();
  if (!applied) return fmt::format("record at {}: {}", record.offset, applied.error().message);
  file.edits.emplace_back(record.offset, *std::move(edit));
  return "";
}

std::string quoted(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out;
}

std::string time_text(model::Timestamp time) {
  constexpr std::uint64_t kNanosASecond = 1'000'000'000;
  const auto seconds = static_cast<std::time_t>(time.unix_nanos / kNanosASecond);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(seconds),
                     time.unix_nanos % kNanosASecond);
}

}  // namespace

Result<ManifestFile> read_manifest_file(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, read_file(fs, path, kMaxManifestBytes));
  ManifestFile file;
  file.name = path.substr(path.rfind('/') + 1);
  file.bytes = bytes.size();
  const auto number = decode_manifest_header(bytes);
  if (!number) return annotate(number.error(), path);
  file.number = *number;
  const ManifestRecords found = split_manifest_file(file.number, bytes);
  file.good_bytes = found.good_bytes;
  file.torn = found.torn;
  file.damage = found.damage;
  for (const ManifestRecords::Record& record : found.records) {
    std::string damage = take(record, file);
    if (damage.empty()) continue;
    file.damage = std::move(damage);
    file.good_bytes = record.offset;
    file.torn = false;
    break;
  }
  return file;
}

Result<ManifestFile> read_manifest(FileSystem& fs, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::uint64_t number, current_number(fs, directory));
  const std::string path = fmt::format("{}/{}", directory, manifest_file_name(number));
  auto file = read_manifest_file(fs, path);
  if (!file && file.error().code == ErrorCode::kNotFound) {
    return corruption(fmt::format("{}: CURRENT names it, but it is missing", path));
  }
  if (!file) return std::move(file).error();
  if (file->number != number) {
    return corruption(fmt::format("{}: header: this is file number {}", path, file->number));
  }
  if (!file->damage.empty()) return corruption(fmt::format("{}: {}", path, file->damage));
  return file;
}

std::string to_text(const SegmentInfo& segment) {
  return fmt::format(
      "segment {}: tenant {}, hour {}, level {}, {} rows, {} traces, {} bytes, {} to {}",
      segment.id, quoted(segment.tenant), segment.partition, segment.level, segment.rows,
      segment.traces, segment.bytes, time_text(segment.min_start), time_text(segment.max_start));
}

std::string to_text(const ManifestEdit& edit) {
  std::string text;
  const auto line = [&text](const std::string& what) {
    if (!text.empty()) text += '\n';
    text += what;
  };
  for (const SegmentInfo& segment : edit.add_segments) line("+ " + to_text(segment));
  for (const std::uint64_t id : edit.remove_segments) line(fmt::format("- segment {}", id));
  for (const std::uint64_t id : edit.finished_heads) line(fmt::format("finished head {}", id));
  for (const std::uint64_t id : edit.forgotten_heads) line(fmt::format("forgotten head {}", id));
  if (edit.next_id != 0) line(fmt::format("next id {}", edit.next_id));
  return text.empty() ? "nothing" : text;
}

}  // namespace cairn::storage::columnar
