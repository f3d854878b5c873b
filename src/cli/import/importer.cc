// SPDX-License-Identifier: Apache-2.0
#include "cli/import/importer.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace cairn::cli {
namespace {

constexpr Duration kFirstWait = std::chrono::milliseconds(100);
constexpr Duration kLongestWait = std::chrono::seconds(5);
constexpr Duration kBetweenShows = std::chrono::milliseconds(200);
constexpr int kTooLarge = 413;

bool may_heal(int status) {
  return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

// 0 when one of them cannot tell.
std::uint64_t total_size(const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return 0;
    total += std::filesystem::file_size(file, error);
    if (error) return 0;
  }
  return total;
}

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace

std::uint64_t ImportTally::rejected_spans() const {
  std::uint64_t spans = 0;
  for (const auto& [reason, count] : rejected) spans += count;
  return spans;
}

bool ImportTally::is_clean() const {
  return rejected.empty() && broken == 0 && failed.empty() && stopped.empty();
}

Importer::Importer(const ImportOptions& options, Uploader& uploader, const Clock& clock,
                   std::function<void(Duration)> sleep, const Console& console)
    : options_(options),
      uploader_(uploader),
      clock_(clock),
      sleep_(std::move(sleep)),
      progress_(console) {
}

ImportTally Importer::run(const std::vector<std::string>& files) {
  tally_ = {};
  began_ = shown_ = clock_.steady();
  bytes_before_ = 0;
  total_bytes_ = total_size(files);
  for (const std::string& file : files) {
    read_file(file);
    if (!tally_.stopped.empty()) break;
  }
  progress_.clear();
  tally_.elapsed = clock_.steady() - began_;
  return tally_;
}

void Importer::read_file(const std::string& file) {
  file_ = file;
  ++tally_.files;
  auto source = open_byte_source(file);
  if (!source) {
    tally_.failed.push_back({file, source.error().message});
    return;
  }
  send_pieces(**source);
  bytes_before_ += (*source)->position();
  tally_.bytes = bytes_before_;
}

void Importer::send_pieces(ByteSource& source) {
  JsonPieces pieces(source);
  for (;;) {
    auto piece = pieces.next();
    if (!piece) {
      tally_.failed.push_back({file_, piece.error().message});
      break;
    }
    if (!*piece) break;
    if (!(*piece)->problem.empty()) {
      note_broken((*piece)->line, std::move((*piece)->problem));
      continue;
    }
    add(**std::move(piece));
    if (!tally_.stopped.empty()) return;
    show_progress(source);
  }
  flush();
}

void Importer::add(Piece piece) {
  const bool is_full = lines_.size() + piece.text.size() > options_.upload_bytes ||
                       ends_.size() == options_.upload_lines;
  if (is_full) flush();
  if (!tally_.stopped.empty()) return;
  lines_ += piece.text;
  lines_ += '\n';
  ends_.push_back(lines_.size());
  file_lines_.push_back(piece.line);
}

void Importer::flush() {
  send(0, ends_.size());
  lines_.clear();
  if (lines_.capacity() > 2 * options_.upload_bytes) lines_.shrink_to_fit();
  ends_.clear();
  file_lines_.clear();
}

// Sends `count` of the lines; in halves when they are too much at once.
void Importer::send(std::size_t first, std::size_t count) {
  if (count == 0 || !tally_.stopped.empty()) return;
  const std::size_t begin = first == 0 ? 0 : ends_[first - 1];
  UploadAnswer answer;
  if (!post(std::string_view(lines_).substr(begin, ends_[first + count - 1] - begin), answer)) {
    return;
  }
  if (answer.is_report) {
    this->count(answer, first);
  } else if (answer.status == kTooLarge && count == 1) {
    note_broken(file_lines_[first], "larger than the server takes");
  } else if (answer.status == kTooLarge) {
    send(first, count / 2);
    send(first + count / 2, count - count / 2);
  } else if (answer.status == 404 || answer.status == 405) {
    tally_.stopped = "the server has no /api/upload there; is it Cairn's port for OTLP over HTTP?";
  } else {
    tally_.stopped = fmt::format("the server answered {}: {}", answer.status, answer.text);
  }
}

// False when the server did not answer in time, or never will: then all has stopped.
bool Importer::post(std::string_view lines, UploadAnswer& answer) {
  const auto give_up = clock_.steady() + options_.retry_for;
  for (Duration wait = kFirstWait;; wait = std::min(2 * wait, kLongestWait)) {
    auto posted = uploader_.post(lines);
    if (posted && !may_heal(posted->status)) {
      answer = *std::move(posted);
      return true;
    }
    const bool is_hopeless = !posted && posted.error().code != ErrorCode::kUnavailable;
    const Duration pause = posted ? posted->retry_after.value_or(wait) : wait;
    if (is_hopeless || clock_.steady() + pause > give_up) {
      tally_.stopped =
          !posted ? posted.error().message
                  : fmt::format("the server answered {}: {}", posted->status, posted->text);
      return false;
    }
    sleep_(pause);
  }
}

void Importer::count(const UploadAnswer& answer, std::size_t first) {
  tally_.accepted += answer.accepted;
  for (const auto& [reason, spans] : answer.rejected) tally_.rejected[reason] += spans;
  const std::uint64_t unnamed =
      answer.broken - std::min<std::uint64_t>(answer.broken, answer.errors.size());
  tally_.broken += unnamed;
  for (const UploadAnswer::Broken& error : answer.errors) {
    const std::size_t at = first + error.line - 1;
    note_broken(error.line != 0 && at < file_lines_.size() ? file_lines_[at] : 0, error.message);
  }
}

void Importer::note_broken(std::uint64_t line, std::string message) {
  ++tally_.broken;
  if (tally_.first_broken.size() < ImportTally::kMostBroken) {
    tally_.first_broken.push_back({file_, line, std::move(message)});
  }
}

void Importer::show_progress(const ByteSource& source) {
  const auto now = clock_.steady();
  if (now - shown_ < kBetweenShows) return;
  shown_ = now;
  const double passed = seconds(now - began_);
  const auto read = static_cast<double>(bytes_before_ + source.position());
  const auto total = static_cast<double>(total_bytes_);
  std::string text = fmt::format("{:.1f} MB", read / 1e6);
  if (total_bytes_ != 0)
    text += fmt::format(" of {:.1f} MB, {:.0f} %", total / 1e6, 100 * read / total);
  text += fmt::format(", {} spans, {:.0f} spans/s", tally_.accepted,
                      static_cast<double>(tally_.accepted) / passed);
  if (total_bytes_ != 0 && read > 0) {
    text += fmt::format(", {:.0f} s left", std::max(0.0, passed * (total - read) / read));
  }
  progress_.show(text);
}

}  // namespace cairn::cli
