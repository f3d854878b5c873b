// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <cairn/export/exporters.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/export/formats/otlp_json.h"
#include "sdk/testing/batch_builder.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace testing;
using Code = ExportResult::Code;

BatchBuilder spans_named(const std::string& name, int count = 1) {
  BatchBuilder builder;
  for (int i = 0; i < count; ++i) builder.span(span_message('\1', '\2', name));
  return builder;
}

std::string line_of(const BatchBuilder& builder) {
  return formats::to_otlp_json(builder.batch());
}

ExportResult send(SpanExporter& exporter, const BatchBuilder& builder,
                  std::chrono::milliseconds wait = std::chrono::seconds(30)) {
  const ExportDeadline deadline(ExportDeadline::Clock::now() + wait);
  return exporter.export_batch(builder.batch(), deadline);
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class FileExporterTest : public ::testing::Test {
 protected:
  FileExporterTest() {
    std::string pattern = ::testing::TempDir() + "cairn-file-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileExporterTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name = "spans.jsonl") const { return folder_ + '/' + name; }
  SpanExporterPtr make(const std::string& to, std::size_t rotate_at = 0, int keep = 5) {
    FileOptions options;
    options.path = to;
    options.rotate_at = rotate_at;
    options.keep = keep;
    return otlp_file(options, error_);
  }

  std::string folder_;
  std::string error_;
};

TEST_F(FileExporterTest, AppendsALineForEachBatch) {
  std::ofstream(path()) << "before\n";
  const auto exporter = make(path());
  ASSERT_NE(exporter, nullptr) << error_;
  EXPECT_EQ(exporter->description(), "otlpfile " + path());
  EXPECT_EQ(send(*exporter, spans_named("a")).code, Code::kSent);
  EXPECT_EQ(send(*exporter, spans_named("b")).code, Code::kSent);
  EXPECT_THAT(lines_of(path()),
              ElementsAre("before", line_of(spans_named("a")), line_of(spans_named("b"))));
}

TEST_F(FileExporterTest, SaysAtOnceWhatCannotWork) {
  EXPECT_EQ(make(""), nullptr);
  EXPECT_THAT(error_, HasSubstr("empty"));
  EXPECT_EQ(make(path("no/such/folder")), nullptr);
  EXPECT_THAT(error_, HasSubstr("No such file or directory"));
  EXPECT_EQ(make(folder_), nullptr);
  EXPECT_THAT(error_, HasSubstr("Is a directory"));
  EXPECT_EQ(make(path(), 100, -1), nullptr);
  EXPECT_EQ(make("-", 100), nullptr);
}

TEST_F(FileExporterTest, AFullDiskIsAFailureByName) {
  const auto exporter = make("/dev/full");
  ASSERT_NE(exporter, nullptr) << error_;
  const ExportResult result = send(*exporter, spans_named("a"));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_THAT(result.message, HasSubstr("/dev/full: No space left on device"));
}

TEST_F(FileExporterTest, FindsTheFileAgainThatWasRenamedOrRemoved) {
  const auto exporter = make(path());
  send(*exporter, spans_named("a"));
  std::filesystem::rename(path(), path("moved"));
  std::ofstream(path()).flush();  // as logrotate's `create` does
  EXPECT_EQ(send(*exporter, spans_named("b")).code, Code::kSent);
  EXPECT_THAT(lines_of(path("moved")), ElementsAre(line_of(spans_named("a"))));
  EXPECT_THAT(lines_of(path()), ElementsAre(line_of(spans_named("b"))));
  std::filesystem::remove(path());
  EXPECT_EQ(send(*exporter, spans_named("c")).code, Code::kSent);
  EXPECT_THAT(lines_of(path()), ElementsAre(line_of(spans_named("c"))));
}

TEST_F(FileExporterTest, FailsWhileTheFolderIsGone) {
  std::filesystem::create_directory(path("sub"));
  const auto exporter = make(path("sub/spans"));
  std::filesystem::remove_all(path("sub"));
  const ExportResult result = send(*exporter, spans_named("a"));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_THAT(result.message, HasSubstr("No such file or directory"));
  std::filesystem::create_directory(path("sub"));
  EXPECT_EQ(send(*exporter, spans_named("b")).code, Code::kSent);
}

TEST_F(FileExporterTest, RotatesAtItsSizeAndKeepsTheNewest) {
  const std::size_t size = line_of(spans_named("0")).size() + 1;
  const auto exporter = make(path(), 2 * size, 2);
  for (const char* name : {"0", "1", "2", "3", "4", "5", "6", "7"}) {
    EXPECT_EQ(send(*exporter, spans_named(name)).code, Code::kSent);
  }
  const auto line = [](const char* name) { return line_of(spans_named(name)); };
  EXPECT_THAT(lines_of(path()), ElementsAre(line("6"), line("7")));
  EXPECT_THAT(lines_of(path("spans.jsonl.1")), ElementsAre(line("4"), line("5")));
  EXPECT_THAT(lines_of(path("spans.jsonl.2")), ElementsAre(line("2"), line("3")));
  EXPECT_FALSE(std::filesystem::exists(path("spans.jsonl.3")));
}

TEST_F(FileExporterTest, ALineLargerThanTheRotationSizeHasAFileOfItsOwn) {
  const auto exporter = make(path(), 10, 0);
  send(*exporter, spans_named("a"));
  send(*exporter, spans_named("b"));
  EXPECT_THAT(lines_of(path()), ElementsAre(line_of(spans_named("b"))));
  EXPECT_FALSE(std::filesystem::exists(path("spans.jsonl.1")));
}

TEST_F(FileExporterTest, WritesOnWhenItCannotRotate) {
  std::filesystem::create_directories(path("spans.jsonl.1/full"));
  const auto exporter = make(path(), 10, 1);
  send(*exporter, spans_named("a"));
  const ExportResult result = send(*exporter, spans_named("b"));
  EXPECT_EQ(result.code, Code::kSent);
  EXPECT_THAT(result.message, HasSubstr("cannot rotate"));
  EXPECT_THAT(lines_of(path()), SizeIs(2));
}

// A named pipe: its reader gets what it wants, when it wants.
class PipeReader {
 public:
  explicit PipeReader(const std::string& path) {
    ::mkfifo(path.c_str(), 0600);
    fd_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~PipeReader() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Until the pipe takes no more; gives up after half a minute.
  void wait_until_full() const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const int capacity = ::fcntl(fd_, F_GETPIPE_SZ);
    for (int held = 0; held < capacity && std::chrono::steady_clock::now() < until;) {
      ::ioctl(fd_, FIONREAD, &held);
      std::this_thread::yield();
    }
  }
  // Until `lines` line ends have come; gives up after half a minute.
  std::string read_lines(std::ptrdiff_t lines) {
    std::string text;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::count(text.begin(), text.end(), '\n') < lines &&
           std::chrono::steady_clock::now() < until) {
      char some[4096];
      const ssize_t size = ::read(fd_, some, sizeof some);
      if (size > 0) text.append(some, static_cast<std::size_t>(size));
      if (size <= 0) std::this_thread::yield();
    }
    return text;
  }

 private:
  int fd_ = -1;
};

TEST_F(FileExporterTest, CompletesALineThatAPipeTakesInPieces) {
  PipeReader reader(path());
  const auto exporter = make(path());
  ASSERT_NE(exporter, nullptr) << error_;
  const auto large = spans_named(std::string(1000, 'n'), 500);
  std::string read;
  std::thread thread([&] { read = reader.read_lines(1); });
  EXPECT_EQ(send(*exporter, large).code, Code::kSent);
  thread.join();
  EXPECT_EQ(read, line_of(large) + "\n");
}

TEST_F(FileExporterTest, IsBackWhenTheDeadlineIsHastenedAndBeginsANewLineAfterATornOne) {
  PipeReader reader(path());
  const auto exporter = make(path());
  ASSERT_NE(exporter, nullptr) << error_;
  const auto large = spans_named(std::string(1000, 'n'), 500);
  ExportDeadline deadline(ExportDeadline::Clock::now() + std::chrono::hours(1));
  std::thread hurry([&] {
    reader.wait_until_full();
    deadline.hasten(ExportDeadline::Clock::now());
  });
  EXPECT_EQ(exporter->export_batch(large.batch(), deadline).code, Code::kRetry);
  hurry.join();

  std::string read;
  std::thread thread([&] { read = reader.read_lines(2); });
  EXPECT_EQ(send(*exporter, spans_named("next")).code, Code::kSent);
  thread.join();
  const std::size_t line_end = read.find('\n');
  EXPECT_EQ(read.substr(0, line_end), line_of(large).substr(0, line_end));
  EXPECT_EQ(read.substr(line_end + 1), line_of(spans_named("next")) + "\n");
}

TEST_F(FileExporterTest, AClosedPipeIsAFailureAndNoSignal) {
  PipeReader reader(path());
  const auto exporter = make(path());
  reader.close();
  const ExportResult result = send(*exporter, spans_named("a"));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_THAT(result.message, HasSubstr("Broken pipe"));
}

TEST_F(FileExporterTest, MinusIsStandardOutput) {
  const auto exporter = make("-");
  ASSERT_NE(exporter, nullptr) << error_;
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(send(*exporter, spans_named("a")).code, Code::kSent);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), line_of(spans_named("a")) + "\n");
}

// Two exporters that append to one file, as the workers of a forking server do.
TEST_F(FileExporterTest, LinesOfSeveralWritersDoNotMix) {
  const auto write_many = [this](const char* name) {
    std::string error;
    FileOptions options;
    options.path = path();
    const auto exporter = otlp_file(options, error);
    const auto batch = spans_named(name, 200);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(send(*exporter, batch).code, Code::kSent);
  };
  std::thread other(write_many, "other");
  write_many("mine");
  other.join();
  const std::string mine = line_of(spans_named("mine", 200)),
                    others = line_of(spans_named("other", 200));
  const auto lines = lines_of(path());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), mine), 50);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), others), 50);
  EXPECT_EQ(lines.size(), 100U);
}

// Each of them comes upon a full file while the others rotate it: moved twice, it would be gone.
TEST_F(FileExporterTest, SeveralWritersThatRotateLoseNothing) {
  constexpr int kWriters = 4, kBatches = 200;
  const auto write_many = [this](int writer) {
    std::string error;
    FileOptions options;
    options.path = path();
    options.rotate_at = 3000;
    options.keep = 1000;
    const auto exporter = otlp_file(options, error);
    const auto batch = spans_named("writer " + std::to_string(writer));
    for (int i = 0; i < kBatches; ++i) {
      const ExportResult result = send(*exporter, batch);
      EXPECT_EQ(result.code, Code::kSent);
      EXPECT_EQ(result.message, "");
    }
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back(write_many, i);
  for (std::thread& writer : writers) writer.join();
  std::size_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    lines += lines_of(entry.path()).size();
  }
  EXPECT_EQ(lines, std::size_t{kWriters * kBatches});
  // How often depends on who comes upon whom.
  EXPECT_GT(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FileExporterTest, LeavesTheFileToWhoeverRotatesItNow) {
  const auto exporter = make(path(), 10);
  EXPECT_EQ(send(*exporter, spans_named("a")).code, Code::kSent);
  const int other = ::open(path().c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(send(*exporter, spans_named("b")).code, Code::kSent);
  EXPECT_THAT(lines_of(path()), SizeIs(2));
  ::close(other);
  EXPECT_EQ(send(*exporter, spans_named("c")).code, Code::kSent);
  EXPECT_THAT(lines_of(path()), ElementsAre(line_of(spans_named("c"))));
  EXPECT_THAT(lines_of(path() + ".1"), SizeIs(2));
}

// Parent and child would share what the parent has opened, locks included.
TEST_F(FileExporterTest, RotatesAcrossAFork) {
  const auto exporter = make(path(), 10);
  EXPECT_EQ(send(*exporter, spans_named("a")).code, Code::kSent);
  const pid_t child = ::fork();
  if (child == 0) {
    exporter->after_fork_in_child();
    ::_exit(send(*exporter, spans_named("b")).code == Code::kSent ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(send(*exporter, spans_named("c")).code, Code::kSent);
  EXPECT_THAT(lines_of(path()), ElementsAre(line_of(spans_named("c"))));
  EXPECT_THAT(lines_of(path() + ".1"), ElementsAre(line_of(spans_named("b"))));
  EXPECT_THAT(lines_of(path() + ".2"), ElementsAre(line_of(spans_named("a"))));
}

TEST_F(FileExporterTest, APathWithAZeroByteIsNotTheFileBeforeIt) {
  EXPECT_EQ(make(path() + std::string("\0.gz", 4)), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace cairn::trace
