// SPDX-License-Identifier: Apache-2.0
#include "cli/check_report.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace cairn::cli {
namespace {

using Findings = std::vector<CheckReport::Finding>;

void print(const Findings& findings, std::string_view kind, Color color, const Console& console) {
  for (const auto& [path, what] : findings) {
    console.out(
        fmt::format("{} {}: {}\n", console.paint(color, fmt::format("{}:", kind)), path, what));
  }
}

std::string count(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string verdict(const CheckReport& report, const Console& console) {
  switch (report.exit_code()) {
    case kClean:
      return console.paint(Color::kGreen, "clean");
    case kDamaged:
      return console.paint(Color::kRed, count(report.damage.size(), "damaged place"));
    case kCouldNotLook:
      break;
  }
  return console.paint(Color::kRed, "not everything could be looked at");
}

void write(JsonWriter& json, const Findings& findings) {
  json.begin_array();
  for (const auto& [path, what] : findings) {
    json.begin_object();
    json.member("path", path);
    json.member("what", what);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

ExitCode CheckReport::exit_code() const {
  if (!damage.empty()) return kDamaged;
  return unseen.empty() ? kClean : kCouldNotLook;
}

void print(const CheckReport& report, const Console& console) {
  if (!report.shared.empty()) {
    console.out(fmt::format("{} {}; what is being written now may look like damage\n",
                            console.paint(Color::kYellow, "in use:"), report.shared));
  }
  print(report.warnings, "warning", Color::kYellow, console);
  print(report.unseen, "not seen", Color::kRed, console);
  print(report.damage, "damage", Color::kRed, console);
  const auto& [segments, rows, traces, bytes] = report.segments;
  console.out(
      fmt::format("{:>12} {:>14} {:>12} {:>12} {:>14}\n", "", "files", "rows", "traces", "bytes"));
  console.out(fmt::format("{:<12} {:>14} {:>12} {:>12} {:>14}\n", "segments", segments, rows,
                          traces, bytes));
  console.out(fmt::format("{:<12} {:>14} {:>12} {:>12} {:>14}   {}\n", "WAL", report.wal.files,
                          report.wal.rows, "", report.wal.bytes,
                          count(report.wal.records, "record")));
  console.out(
      fmt::format("{}: {}{}\n", report.directory, verdict(report, console),
                  report.warnings.empty() ? "" : ", " + count(report.warnings.size(), "warning")));
}

std::string as_json(const CheckReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("directory", report.directory);
  json.member("clean", report.exit_code() == kClean);
  json.member("in_use", report.shared);
  json.key("segments");
  json.begin_object();
  json.member("files", report.segments.files);
  json.member("rows", report.segments.rows);
  json.member("traces", report.segments.traces);
  json.member("bytes", report.segments.bytes);
  json.end_object();
  json.key("wal");
  json.begin_object();
  json.member("files", report.wal.files);
  json.member("records", report.wal.records);
  json.member("rows", report.wal.rows);
  json.member("bytes", report.wal.bytes);
  json.end_object();
  json.key("damage");
  write(json, report.damage);
  json.key("not_seen");
  write(json, report.unseen);
  json.key("warnings");
  write(json, report.warnings);
  json.end_object();
  return out + "\n";
}

}  // namespace cairn::cli
