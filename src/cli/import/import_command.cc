// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_command.h"

#include <thread>

#include <CLI/CLI.hpp>

#include "base/duration_text.h"
#include "cli/import/import_report.h"
#include "cli/import/importer.h"

namespace cairn::cli {

struct ImportCommand::Flags {
  CLI::App* command = nullptr;
  std::string to = "http://127.0.0.1:4318";
  std::string format = "auto";
  std::string retry_for = "5m";
  bool json = false;
  std::vector<std::string> files;
};

ImportCommand::ImportCommand(CLI::App& app) : flags_(std::make_unique<Flags>()) {
  Flags& flags = *flags_;
  flags.command = app.add_subcommand(
      "import",
      "Send files of traces to a running server; exit 0 all taken, 1 some not, 2 could not go on");
  flags.command->add_option("--to", flags.to, "The server's address for OTLP over HTTP")
      ->capture_default_str();
  flags.command
      ->add_option("--format", flags.format, "What the files hold; auto looks at each piece")
      ->check(CLI::IsMember({"auto", "otlp", "jaeger", "zipkin"}))
      ->capture_default_str();
  flags.command
      ->add_option("--retry-for", flags.retry_for,
                   "How long to try again while the server does not answer or is busy")
      ->capture_default_str();
  flags.command->add_flag("--json", flags.json, "The summary as JSON");
  flags.command
      ->add_option("file", flags.files,
                   "OTLP JSON, Jaeger UI JSON or Zipkin JSON, also as lines, gzip or zstd; - is "
                   "standard input")
      ->required();
}

ImportCommand::~ImportCommand() = default;

std::optional<int> ImportCommand::run() const {
  if (!flags_->command->parsed()) return std::nullopt;
  const Console console = make_console();
  const Result<Duration> retry_for = parse_duration(flags_->retry_for);
  if (!retry_for) {
    console.complain("--retry-for: " + retry_for.error().message);
    return 2;
  }
  ImportOptions options;
  options.retry_for = *retry_for;
  const SystemClock clock;
  const auto uploader = make_http_uploader(flags_->to, flags_->format);
  Importer importer(
      options, *uploader, clock, [](Duration time) { std::this_thread::sleep_for(time); }, console);
  const ImportTally tally = importer.run(flags_->files);
  console.out(flags_->json ? report_json(tally) : report_text(tally));
  if (!tally.stopped.empty()) return 2;
  return tally.is_clean() ? 0 : 1;
}

}  // namespace cairn::cli
