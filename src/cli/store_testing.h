// SPDX-License-Identifier: Apache-2.0
//
// A small store on a disk in memory, made of its parts, and a console that keeps what was printed.
#pragma once

#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "cli/console.h"
#include "model/testing.h"
#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/head/head.h"
#include "storage/columnar/manifest/manifest.h"
#include "storage/columnar/segment/segment_writer.h"
#include "storage/columnar/wal/wal_format.h"

namespace cairn::cli {

struct KeptConsole {
  std::string out;
  std::string err;
  Console console{.out = [this](std::string_view text) { out += text; },
                  .err = [this](std::string_view text) { err += text; }};
};

// Segments 1 and 2 of head 10 (finished, file gone), with two traces of three spans each; WAL file
// of head 11 with two records of one span. All is durable, the lock is free.
class TestStore {
 public:
  storage::columnar::FaultFileSystem disk;

  TestStore() {
    using namespace storage::columnar;
    EXPECT_TRUE(disk.make_directories("d/wal") && disk.make_directories("d/segments"));
    EXPECT_TRUE(disk.lock("d"));
    auto manifest = Manifest::open(disk, "d");
    EXPECT_TRUE(manifest);
    ManifestEdit edit;
    edit.add_segments = {write_segment(1), write_segment(2)};
    edit.finished_heads = {10};
    edit.next_id = 12;
    EXPECT_TRUE((*manifest)->publish(edit));
    write_wal(11);
  }

  static std::string segment(std::uint64_t id) {
    return "d/segments/" + storage::columnar::segment_file_name(id);
  }
  static std::string wal(std::uint64_t head) {
    return "d/wal/" + storage::columnar::wal_file_name(head);
  }
  static std::string manifest() { return "d/MANIFEST-000001"; }

  storage::columnar::SegmentInfo write_segment(std::uint64_t id) {
    using namespace storage::columnar;
    Head head(10);
    append(head, 2, 3);
    head.seal();
    SegmentInfo info;
    info.id = id;
    info.tenant = "acme";
    info.partition = 472'222;
    auto written = storage::columnar::write_segment(*head.table(), info, disk, segment(id), {});
    EXPECT_TRUE(written);
    EXPECT_TRUE(disk.sync_directory("d/segments"));
    return *written;
  }

  void write_wal(std::uint64_t id) {
    using namespace storage::columnar;
    Bytes file;
    encode_wal_header(
        {.tenant = "acme", .shard = 3, .head = id, .created_unix_nanos = 1'700'000'000'000'000'000},
        file);
    Head head(id);
    for (std::size_t i = 1; i <= 2; ++i) {
      append(head, i, 1);
      Bytes payload;
      head.record(payload);
      encode_wal_record(id, file.size(), payload, file);
    }
    disk.put(wal(id), file);
  }

  void cut(const std::string& path, std::size_t bytes) {
    Bytes file = disk.content(path);
    file.resize(file.size() - bytes);
    disk.put(path, file);
  }

 private:
  // Traces t1, t2 … of `spans` spans each; those that the head has already are not added again.
  static void append(storage::columnar::Head& head, std::size_t traces, std::size_t spans) {
    model::TestBatch batch;
    batch.resource("shop");
    for (std::size_t trace = 1; trace <= traces; ++trace) {
      for (std::size_t span = 1; span <= spans; ++span) {
        batch.span("a" + std::to_string(trace), std::to_string(10 * trace + span), "op");
      }
    }
    std::vector<std::uint32_t> all(traces * spans);
    std::iota(all.begin(), all.end(), 0U);
    head.append(batch.batch(), all, nullptr);
  }
};

}  // namespace cairn::cli
