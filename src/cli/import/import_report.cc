// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_report.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace cairn::cli {
namespace {

double seconds(const ImportTally& tally) {
  return static_cast<double>(tally.elapsed.count()) / 1e9;
}

std::string_view plural(std::uint64_t count) {
  return count == 1 ? "" : "s";
}

void write_broken(const ImportTally& tally, JsonWriter& json) {
  json.member("broken", tally.broken);
  json.key("broken_pieces");
  json.begin_array();
  for (const ImportTally::Broken& broken : tally.first_broken) {
    json.begin_object();
    json.member("file", std::string_view(broken.file));
    json.member("line", broken.line);
    json.member("message", std::string_view(broken.message));
    json.end_object();
  }
  json.end_array();
}

void write_failed(const ImportTally& tally, JsonWriter& json) {
  json.key("failed_files");
  json.begin_array();
  for (const ImportTally::FailedFile& failed : tally.failed) {
    json.begin_object();
    json.member("file", std::string_view(failed.file));
    json.member("message", std::string_view(failed.message));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string report_text(const ImportTally& tally) {
  std::string text =
      fmt::format("accepted {} span{} of {} file{}, {:.1f} MB in {:.1f} s\n", tally.accepted,
                  plural(tally.accepted), tally.files, plural(tally.files),
                  static_cast<double>(tally.bytes) / 1e6, seconds(tally));
  for (const auto& [reason, spans] : tally.rejected) {
    text += fmt::format("rejected {} span{}: {}\n", spans, plural(spans), reason);
  }
  if (tally.broken != 0)
    text += fmt::format("broken {} piece{}\n", tally.broken, plural(tally.broken));
  for (const ImportTally::Broken& broken : tally.first_broken) {
    text += fmt::format("  {}:{}: {}\n", broken.file, broken.line, broken.message);
  }
  if (tally.broken > tally.first_broken.size()) {
    text += fmt::format("  and {} more\n", tally.broken - tally.first_broken.size());
  }
  for (const ImportTally::FailedFile& failed : tally.failed) {
    text += fmt::format("failed {}: {}\n", failed.file, failed.message);
  }
  if (!tally.stopped.empty()) text += fmt::format("stopped: {}\n", tally.stopped);
  return text;
}

std::string report_json(const ImportTally& tally) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("files", tally.files);
  json.member("bytes", tally.bytes);
  json.member("seconds", seconds(tally));
  json.member("accepted", tally.accepted);
  json.key("rejected");
  json.begin_object();
  for (const auto& [reason, spans] : tally.rejected) json.member(reason, spans);
  json.end_object();
  write_broken(tally, json);
  write_failed(tally, json);
  json.key("stopped");
  if (tally.stopped.empty()) {
    json.null();
  } else {
    json.string(tally.stopped);
  }
  json.end_object();
  text += '\n';
  return text;
}

}  // namespace cairn::cli
