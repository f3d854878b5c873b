// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/data_directory.h"
#include "cli/dump.h"
#include "cli/segment_json.h"
#include "storage/columnar/segment/segment.h"

namespace cairn::cli {
namespace {

using namespace storage::columnar;

constexpr std::size_t kCacheBytes = 16_MiB;

Result<std::string> as_json(const Segment& segment, const std::string& path) {
  ASSIGN_OR_RETURN(const auto columns, segment.column_bytes());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("file", path);
  write_segment_info(json, segment.info());
  json.key("columns");
  json.begin_array();
  for (const ColumnBytes& column : columns) {
    json.begin_object();
    json.member("column", column.column);
    json.member("encoding", column.encoding);
    json.member("bytes", column.bytes);
    json.member("pages", column.pages);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

Result<std::string> describe(FileSystem& fs, const std::string& path, bool json) {
  const auto id = file_id(path, ".seg");
  if (!id) {
    return invalid_argument(
        fmt::format("{}: a segment's name is <16 hex digits>.seg, its id", path));
  }
  PageCache cache(kCacheBytes);
  ASSIGN_OR_RETURN(const auto segment, Segment::open(fs, path, *id, cache));
  if (json) return as_json(*segment, path);
  ASSIGN_OR_RETURN(const std::string text, segment->describe());
  return fmt::format("{}\n{}", path, text);
}

ExitCode dump_file(FileSystem& fs, const std::string& path, bool json, const Console& console) {
  const auto text = describe(fs, path, json);
  if (!text) return complain(console, annotate(text.error(), path));
  console.out(*text);
  return kClean;
}

}  // namespace

ExitCode dump_segments(FileSystem& fs, const DumpOptions& options, const Console& console) {
  return dump_each(fs, options, console, &DataDirectory::segments, dump_file);
}

}  // namespace cairn::cli
