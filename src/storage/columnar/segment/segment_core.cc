// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment_core.h"

#include <array>

#include <fmt/format.h>

#include "storage/columnar/schema/schema_codec.h"
#include "storage/columnar/segment/page/cache_kind.h"

namespace cairn::storage::columnar {
namespace {

using SchemaHolder = std::shared_ptr<const Schema>;

Result<std::pair<SchemaHolder, std::size_t>> load_schema(const SegmentCore& core) {
  ASSIGN_OR_RETURN(const Bytes bytes, read_packed(core.pages(), core.footer().schema, "schema"));
  ByteReader in(bytes);
  auto schema = std::make_shared<Schema>();
  auto decoded = decode_schema(in, *schema);
  if (decoded) decoded = in.finish("schema");
  if (!decoded) return annotate(decoded.error(), core.pages().name());
  schema->publish();
  const std::size_t size = schema->memory_bytes();
  return std::pair(SchemaHolder(std::move(schema)), size);
}

struct Ends {
  SegmentFooter footer;
  std::uint64_t footer_offset = 0;
};

Result<Ends> read_ends(const ReadFile& file, Checksums checksums) {
  if (file.size() < kSegmentHeaderBytes + kSegmentTailBytes) {
    return corruption(fmt::format("a file of {} bytes is too short", file.size()));
  }
  std::array<std::byte, kSegmentHeaderBytes> header;
  RETURN_IF_ERROR(file.read(0, header));
  RETURN_IF_ERROR(decode_segment_header(header, checksums));
  const std::uint64_t tail_offset = file.size() - kSegmentTailBytes;
  std::array<std::byte, kSegmentTailBytes> bytes;
  RETURN_IF_ERROR(file.read(tail_offset, bytes));
  ASSIGN_OR_RETURN(const SegmentTail tail, decode_segment_tail(bytes));
  if (tail.footer_size > tail_offset - kSegmentHeaderBytes) {
    return corruption("tail: the footer does not fit into the file");
  }
  Ends ends;
  ends.footer_offset = tail_offset - tail.footer_size;
  Bytes footer(tail.footer_size);
  RETURN_IF_ERROR(file.read(ends.footer_offset, footer));
  ASSIGN_OR_RETURN(ends.footer, decode_segment_footer(footer, tail, checksums));
  RETURN_IF_ERROR(check_size(ends.footer, file.size()));
  ends.footer.info.bytes = file.size();
  return ends;
}

}  // namespace

Result<std::shared_ptr<const SegmentCore>> SegmentCore::open(FileSystem& fs,
                                                             const std::string& path,
                                                             std::uint64_t id, PageCache& cache,
                                                             Checksums checksums) {
  const std::string name = fmt::format("segment {}", id);
  auto file = fs.open_read(path);
  if (!file) return annotate(file.error(), name);
  PageReader pages(name, cache.new_reader(), *std::move(file), cache, checksums);
  std::shared_ptr<SegmentCore> core(new SegmentCore(std::move(pages)));
  auto ends = read_ends(core->pages_.file(), checksums);
  if (!ends) return annotate(ends.error(), name);
  core->footer_ = std::move(ends->footer);
  core->footer_offset_ = ends->footer_offset;
  if (core->footer_.info.id != id) {
    return core->damaged("footer", fmt::format("this is segment {}", core->footer_.info.id));
  }
  auto dictionaries = SegmentDictionaries::make(core->footer_);
  if (!dictionaries) return annotate(dictionaries.error(), name);
  core->dictionaries_ = *std::move(dictionaries);
  ASSIGN_OR_RETURN(const Bytes filter, core->pages_.read(core->footer_.filter, "trace filter"));
  auto decoded = FuseFilter::decode(filter, core->footer_.mark_bits());
  if (!decoded) return annotate(decoded.error(), name);
  core->filter_ = *std::move(decoded);
  return std::shared_ptr<const SegmentCore>(std::move(core));
}

SegmentCore::~SegmentCore() {
  pages_.cache().drop(pages_.segment());
}

Result<void> SegmentCore::check_ends() const {
  if (auto ends = read_ends(pages_.file(), pages_.checksums()); !ends)
    return annotate(ends.error(), pages_.name());
  return {};
}

std::size_t SegmentCore::memory_bytes() const {
  return sizeof(*this) + footer_.memory_bytes() + filter_.memory_bytes() +
         dictionaries_.memory_bytes();
}

Result<std::shared_ptr<const Schema>> SegmentCore::schema() const {
  {
    const MutexLock lock(mutex_);
    if (auto schema = schema_.lock()) return schema;
  }
  ASSIGN_OR_RETURN(auto held,
                   pages_.cache().get<SchemaHolder>(cache_key(pages_, CacheKind::kSchema),
                                                    [this] { return load_schema(*this); }));
  const MutexLock lock(mutex_);
  if (auto schema = schema_.lock()) return schema;
  schema_ = *held;
  return *held;
}

Result<Pinned<std::string_view>> SegmentCore::dictionary(ColumnId column) const {
  return dictionaries_.all(column, footer_, pages_);
}

Result<Pinned<std::string_view>> SegmentCore::dictionary_value(ColumnId column,
                                                               std::uint32_t code) const {
  return dictionaries_.value(column, code, footer_, pages_);
}

Result<Bytes> SegmentCore::read_directory(std::size_t index) const {
  return read_packed(pages_, footer_.groups[index].directory,
                     fmt::format("directory of group {}", index));
}

Error SegmentCore::damaged(std::string_view what, std::string_view why) const {
  return corruption(fmt::format("{}: {}: {}", pages_.name(), what, why));
}

std::string column_name(const Schema& schema, ColumnId column) {
  static constexpr std::array<std::string_view, kColumnTypes> kTypes = {
      "empty", "bool", "int", "double", "string", "bytes", "array", "kvlist", "name"};
  if (column >= schema.columns.size()) return fmt::format("column {}", column);
  const ColumnKey& key = schema.columns[column];
  if (key.type == ColumnType::kName) return "name";
  std::string name =
      fmt::format("attribute {} {}", key.key, kTypes[static_cast<std::size_t>(key.type)]);
  if (key.occurrence > 0) name += fmt::format(" #{}", key.occurrence);
  return name;
}

}  // namespace cairn::storage::columnar
