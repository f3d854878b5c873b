// SPDX-License-Identifier: Apache-2.0
//
// cairn-store-bench: what a storage engine costs, without a server around it: bytes and CPU a span,
// time to open, latencies of queries. Prints JSON.
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "bench/load/loader.h"
#include "bench/load/process_usage.h"
#include "bench/store/querying.h"
#include "bench/store/replaying.h"
#include "bench/store/store_under_test.h"
#include "bench/store/writing.h"

namespace cairn::bench {
namespace {

struct Flags {
  StoreChoice store;
  WritingOptions writing;
  std::string json;  // a file; empty: standard output
  double seconds_a_question = 5;
  std::size_t fresh_spans = 200;
  std::uint64_t replay_bytes = 0;     // not 0: only the replay is measured
  std::size_t replay_head_bytes = 0;  // what heads may hold then; 0: all of it
};

double per_span(Duration spent, std::uint64_t spans) {
  return static_cast<double>(spent.count()) /
         static_cast<double>(std::max<std::uint64_t>(spans, 1));
}
double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}
double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

// GB/s of copying 32 MiB, the best of five: what the other figures are compared with.
double memcpy_speed() {
  const std::vector<char> from(32_MiB, 'x');
  std::vector<char> to(from.size());
  Duration best = Duration::max();
  for (int i = 0; i < 5; ++i) {
    const Duration before = wall_time();
    std::copy(from.begin(), from.end(), to.begin());
    best = std::min(best, wall_time() - before);
    to.front() = to.back();
  }
  return static_cast<double>(from.size()) / static_cast<double>(best.count());
}

// Thread rule: one thread.
class StoreBench {
 public:
  StoreBench(const Flags& flags, StoreUnderTest& under_test)
      : flags_(flags), test_(under_test), json_(out_) {}

  // The WAL of a store that was not flushed, read back.
  Result<std::string> run_replay() {
    progress("writing, then opening");
    ASSIGN_OR_RETURN(
        const Replaying replayed,
        measure_replay(test_, flags_.writing, flags_.replay_bytes, flags_.replay_head_bytes));
    spans_ = replayed.spans;
    const double gigabytes = static_cast<double>(replayed.wal_bytes) / 1e9;
    json_.begin_object();
    json_.member("high_cardinality", flags_.writing.workload.high_cardinality);
    json_.member("spans", spans_);
    json_.member("wal_bytes", replayed.wal_bytes);
    json_.member("wal_files", replayed.wal_files);
    json_.member("wal_bytes_per_span", of_each(replayed.wal_bytes));
    json_.member("open_seconds", seconds(replayed.opening.wall()));
    json_.member("open_cpu_seconds", seconds(replayed.opening.cpu()));
    json_.member("open_seconds_per_gb", seconds(replayed.opening.wall()) / gigabytes);
    json_.member("open_cpu_seconds_per_gb", seconds(replayed.opening.cpu()) / gigabytes);
    json_.member("open_wall_ns_per_span", per_span(replayed.opening.wall(), spans_));
    json_.member("open_cpu_ns_per_span", per_span(replayed.opening.cpu(), spans_));
    json_.key("engine");
    json_.begin_object();
    for (const auto& [name, value] : replayed.opened.details) json_.member(name, value);
    json_.end_object();
    RETURN_IF_ERROR(memory("rss"));
    json_.member("memcpy_gb_per_second", memcpy_speed());
    json_.end_object();
    return std::move(out_);
  }

  Result<std::string> run() {
    json_.begin_object();
    json_.member("engine", std::string_view(flags_.store.engine));
    json_.member("high_cardinality", flags_.writing.workload.high_cardinality);
    json_.member("background", flags_.store.background);
    RETURN_IF_ERROR(write());
    RETURN_IF_ERROR(compact());
    RETURN_IF_ERROR(reopen());
    RETURN_IF_ERROR(query());
    RETURN_IF_ERROR(freshness());
    RETURN_IF_ERROR(memory("rss_end"));
    json_.member("memcpy_gb_per_second", memcpy_speed());  // last: it takes memory
    json_.end_object();
    return std::move(out_);
  }

 private:
  void progress(std::string_view what) const {
    if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "{} …\n", what);
  }

  Result<void> write() {
    progress("writing");
    RETURN_IF_ERROR(memory("rss_begin"));
    ASSIGN_OR_RETURN(WritingResult result, write_workload(test_.store(), flags_.writing));
    const storage::StoreStatistics statistics = test_.store().admin().statistics();
    result.flushing.start();
    RETURN_IF_ERROR(test_.store().admin().flush(Deadline::never()));
    result.flushing.stop();
    spans_ = result.spans;
    samples_ = std::move(result.samples);
    json_.member("spans", result.spans);
    json_.member("spans_rejected", result.rejected_spans);
    json_.member("otlp_bytes_per_span", of_each(result.bytes));
    json_.key("write");
    json_.begin_object();
    json_.member("decode_cpu_ns_per_span", per_span(result.decode_cpu, spans_));
    json_.member("append_cpu_ns_per_span", per_span(result.append_cpu, spans_));
    json_.member("engine_threads_cpu_ns_per_span", per_span(result.whole.cpu_of_others(), spans_));
    json_.member("flush_cpu_ns_per_span", per_span(result.flushing.cpu(), spans_));
    json_.member("flush_wall_ns_per_span", per_span(result.flushing.wall(), spans_));
    json_.member("flushes", result.flushes + 1);
    json_.member("wall_seconds", seconds(result.writing.wall()));
    json_.member("spans_per_second", static_cast<double>(spans_) / seconds(result.writing.wall()));
    json_.member("requests_refused", result.refused);
    json_.key("engine");
    json_.begin_object();
    for (const auto& [name, value] : statistics.details) json_.member(name, value);
    json_.end_object();
    json_.end_object();
    disk("after_flush");
    return memory("rss_written");
  }

  Result<void> compact() {
    progress("compacting");
    Stopwatch watch;
    watch.start();
    RETURN_IF_ERROR(test_.store().admin().compact(Deadline::never()));
    watch.stop();
    json_.key("compact");
    json_.begin_object();
    json_.member("cpu_ns_per_span", per_span(watch.cpu(), spans_));
    json_.member("wall_seconds", seconds(watch.wall()));
    json_.end_object();
    disk("after_compaction");
    return memory("rss_compacted");
  }

  Result<void> reopen() {
    progress("opening");
    Stopwatch watch;
    watch.start();
    RETURN_IF_ERROR(test_.reopen());
    watch.stop();
    json_.member("close_and_open_seconds", seconds(watch.wall()));
    json_.member("close_and_open_cpu_seconds", seconds(watch.cpu()));
    return memory("rss_opened");
  }

  Result<void> query() {
    json_.key("queries");
    json_.begin_array();
    const auto longest = Duration(static_cast<std::int64_t>(flags_.seconds_a_question * 1e9));
    for (const Question& question : all_questions(test_.store(), samples_)) {
      progress(question.name);
      ASSIGN_OR_RETURN(const Latencies latencies, measure(question, longest));
      json_.begin_object();
      json_.member("name", std::string_view(latencies.name));
      json_.member("runs", std::uint64_t{latencies.ascending.size()});
      json_.member("results", latencies.results);
      json_.member("first_ms", milliseconds(latencies.first));
      json_.member("p50_ms", milliseconds(quantile(latencies.ascending, 0.50)));
      json_.member("p99_ms", milliseconds(quantile(latencies.ascending, 0.99)));
      json_.end_object();
    }
    json_.end_array();
    return memory("rss_queried");
  }

  Result<void> freshness() {
    progress("freshness");
    ASSIGN_OR_RETURN(const Freshness fresh, measure_freshness(test_.store(), flags_.fresh_spans));
    json_.key("freshness");
    json_.begin_object();
    json_.member("written_to_acknowledged_p50_ms",
                 milliseconds(quantile(fresh.to_acknowledged, 0.5)));
    json_.member("written_to_acknowledged_p99_ms",
                 milliseconds(quantile(fresh.to_acknowledged, 0.99)));
    json_.member("acknowledged_to_found_p50_ms", milliseconds(quantile(fresh.to_found, 0.5)));
    json_.member("acknowledged_to_found_p99_ms", milliseconds(quantile(fresh.to_found, 0.99)));
    json_.end_object();
    return {};
  }

  void disk(std::string_view when) {
    const storage::StoreStatistics statistics = test_.store().admin().statistics();
    json_.key(when);
    json_.begin_object();
    json_.member("bytes_per_span", of_each(test_.disk_bytes()));
    json_.member("bytes_per_span_of_store", of_each(statistics.disk_bytes));
    if (const auto found = statistics.details.find("segments"); found != statistics.details.end()) {
      json_.member("segments", found->second);
    }
    json_.key("columns");
    json_.begin_object();
    for (const auto& column : test_.store().admin().columns()) {
      json_.member(column.column + ": " + column.encoding, of_each(column.bytes));
    }
    json_.end_object();
    json_.end_object();
  }

  Result<void> memory(std::string_view when) {
    ASSIGN_OR_RETURN(const ProcessUsage usage, usage_of(::getpid()));
    json_.key(when);
    json_.begin_object();
    json_.member("now_bytes", usage.rss_bytes);
    json_.member("peak_bytes", usage.peak_bytes);
    json_.end_object();
    return {};
  }

  double of_each(std::uint64_t amount) const {
    return static_cast<double>(amount) / static_cast<double>(std::max<std::uint64_t>(spans_, 1));
  }

  const Flags& flags_;
  StoreUnderTest& test_;
  std::string out_;
  JsonWriter json_;
  std::uint64_t spans_ = 0;
  Samples samples_;
};

Result<void> run(const Flags& flags) {
  ASSIGN_OR_RETURN(const auto test, StoreUnderTest::make(flags.store));
  StoreBench bench(flags, *test);
  ASSIGN_OR_RETURN(const std::string report,
                   flags.replay_bytes != 0 ? bench.run_replay() : bench.run());
  std::FILE* const file = flags.json.empty() ? stdout : std::fopen(flags.json.c_str(), "w");
  if (file == nullptr) return unavailable("cannot write " + flags.json);
  fmt::print(file, "{}\n", report);
  if (file != stdout) std::fclose(file);
  return {};
}

int main_of(int argc, char** argv) {
  Flags flags;
  flags.writing.workload.spans = 10'000'000;
  flags.writing.flush_every = 125'000;  // two heads' worth
  CLI::App app("Writes the shop workload into a storage engine and asks it questions.");
  app.add_option("--engine", flags.store.engine)->check(CLI::IsMember({"columnar", "memory"}));
  app.add_option("--directory", flags.store.directory,
                 "where the store's own directory is made, and removed again");
  app.add_option("--shards", flags.store.shards, "0: as many as the engine likes");
  app.add_flag("--background", flags.store.background,
               "the engine flushes and compacts when it likes; without, when it is asked, so that "
               "each step can be measured alone");
  app.add_option("--flush-every", flags.writing.flush_every, "spans, without --background");
  app.add_option("--spans", flags.writing.workload.spans, "at least that many");
  app.add_option("--spans-per-request", flags.writing.workload.spans_per_request)
      ->check(CLI::Range(1, 100'000));
  app.add_option("--in-flight", flags.writing.in_flight, "requests")->check(CLI::Range(1, 1'000));
  app.add_option("--seed", flags.writing.workload.seed, "of the workload");
  app.add_flag("--high-cardinality", flags.writing.workload.high_cardinality,
               "the workload that dislikes dictionaries");
  app.add_option("--seconds-a-question", flags.seconds_a_question, "for all runs of one kind");
  app.add_option("--replay", flags.replay_bytes,
                 "write so many bytes of WAL, flush nothing, and measure only how long it takes to "
                 "open the store again");
  app.add_option("--replay-head-bytes", flags.replay_head_bytes,
                 "what heads may hold when it is opened; default: all of it");
  app.add_option("--json", flags.json, "the file for the report; default: standard output");
  CLI11_PARSE(app, argc, argv);
  if (flags.store.background) flags.writing.flush_every = 0;
  if (flags.replay_bytes != 0) {
    flags.store.background = false;
    flags.store.head_bytes = 64_GiB;  // heads are sealed as ever, and wait
  }
  const Result<void> done = run(flags);
  if (done) return 0;
  fmt::print(stderr, "cairn-store-bench: {}\n", done.error().message);
  return 1;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  try {
    return cairn::bench::main_of(argc, argv);
  } catch (const std::exception& failure) {  // CLI11's and fmt's
    std::fputs(failure.what(), stderr);
    return 1;
  }
}
