// SPDX-License-Identifier: Apache-2.0
//
// Reads files piece by piece and sends them until the server has taken each piece or said why not.
// A piece whose answer got lost is sent again: the store keeps equal spans once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/console.h"
#include "cli/import/json_pieces.h"
#include "cli/import/uploader.h"

namespace cairn::cli {

struct ImportOptions {
  std::size_t upload_bytes = 2_MiB;  // of one request; a larger piece goes alone
  std::size_t upload_lines = 5'000;
  Duration retry_for = std::chrono::minutes(5);  // without any answer that counts
};

struct ImportTally {
  struct Broken {
    std::string file;
    std::uint64_t line = 0;  // where the piece begins
    std::string message;
  };
  struct FailedFile {
    std::string file;
    std::string message;
  };

  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // of files, packed where they are
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> rejected;  // reason → spans
  std::uint64_t broken = 0;                       // pieces
  std::vector<Broken> first_broken;               // at most kMostBroken
  std::vector<FailedFile> failed;                 // not read to their end
  std::string stopped;                            // why the rest was not sent; empty: all was
  Duration elapsed{};

  static constexpr std::size_t kMostBroken = 20;
  std::uint64_t rejected_spans() const;
  bool is_clean() const;
};

// Thread rule: one thread. Ownership: all outlive it.
class Importer {
 public:
  // `sleep` waits, as long as it is told.
  Importer(const ImportOptions& options, Uploader& uploader, const Clock& clock,
           std::function<void(Duration)> sleep, const Console& console);

  // Files in their order; "-" is standard input. A file that cannot be read is noted and the next
  // one tried; a server that does not take anything ends it all.
  ImportTally run(const std::vector<std::string>& files);

 private:
  void read_file(const std::string& file);
  void send_pieces(ByteSource& source);
  void add(Piece piece);
  void flush();
  void send(std::size_t first, std::size_t count);
  bool post(std::string_view lines, UploadAnswer& answer);
  void count(const UploadAnswer& answer, std::size_t first);
  void note_broken(std::uint64_t line, std::string message);
  void show_progress(const ByteSource& source);

  const ImportOptions options_;
  Uploader& uploader_;
  const Clock& clock_;
  const std::function<void(Duration)> sleep_;
  Progress progress_;
  ImportTally tally_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point shown_;
  std::string file_;
  std::uint64_t total_bytes_ = 0;   // of all files; 0: not known
  std::uint64_t bytes_before_ = 0;  // of files that are done
  // The upload being filled: lines, and for each the end in lines_ and the line of the file.
  std::string lines_;
  std::vector<std::size_t> ends_;
  std::vector<std::uint64_t> file_lines_;
};

}  // namespace cairn::cli
