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

Result<void> read_edits(std::uint64_t number, ByteView bytes, ManifestFile& file) {
  ASSIGN_OR_RETURN(const ManifestRecords records, split_manifest_file(number, bytes));
  for (const auto& [offset, payload] : records.records) {
    auto edit = decode_edit(payload);
    if (!edit) return annotate(edit.error(), fmt::format("record at {}", offset));
    const auto applied = apply(file.state, *edit);
    if (!applied) return annotate(applied.error(), fmt::format("record at {}", offset));
    file.edits.emplace_back(offset, *std::move(edit));
  }
  file.good_bytes = records.good_bytes;
  file.bytes = bytes.size();
  file.torn = records.torn;
  return {};
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

Result<ManifestFile> read_manifest(FileSystem& fs, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::uint64_t number, current_number(fs, directory));
  ManifestFile file;
  file.name = manifest_file_name(number);
  const std::string path = fmt::format("{}/{}", directory, file.name);
  auto bytes = read_file(fs, path, kMaxManifestBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    return corruption(fmt::format("{}: CURRENT names it, but it is missing", path));
  }
  if (!bytes) return std::move(bytes).error();
  const auto read = read_edits(number, *bytes, file);
  if (!read) return annotate(read.error(), path);
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
