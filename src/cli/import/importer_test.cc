// SPDX-License-Identifier: Apache-2.0
#include "cli/import/importer.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/import/import_report.h"
#include "cli/import/import_testing.h"

namespace cairn::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ScriptedUploader;

class ImporterTest : public ::testing::Test {
 protected:
  ImporterTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "cairn_import_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    console_.out = [](std::string_view) {};
    console_.err = [this](std::string_view text) { shown_ += text; };
  }
  ~ImporterTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& text) {
    const std::string path = folder_ + "/" + std::to_string(++files_) + ".json";
    std::ofstream(path) << text;
    return path;
  }
  ImportTally import(const std::vector<std::string>& files) {
    Importer importer(
        options_, server_, clock_,
        [this](Duration time) {
          waits_.push_back(time);
          clock_.advance(time);
        },
        console_);
    return importer.run(files);
  }

  ImportOptions options_;
  ScriptedUploader server_;
  ManualClock clock_{1};
  Console console_;
  std::string shown_;
  std::vector<Duration> waits_;
  std::string folder_;
  int files_ = 0;
};

TEST_F(ImporterTest, SendsTheLinesOfAllFiles) {
  const auto tally = import({file("{\"a\":1}\n{\"a\":2}\n"), file("[{}]")});
  EXPECT_THAT(server_.posts, ElementsAre("{\"a\":1}\n{\"a\":2}\n", "[{}]\n"));
  EXPECT_EQ(tally.accepted, 3U);
  EXPECT_EQ(tally.files, 2U);
  EXPECT_EQ(tally.bytes, 20U);
  EXPECT_TRUE(tally.is_clean());
  EXPECT_EQ(shown_, "");
}

TEST_F(ImporterTest, CutsUploadsByLinesAndBytes) {
  options_.upload_lines = 2;
  (void)import({file("1\n2\n3\n")});
  EXPECT_THAT(server_.posts, ElementsAre("1\n2\n", "3\n"));
  server_.posts.clear();
  options_.upload_lines = 100;
  options_.upload_bytes = 8;
  (void)import({file("aaaa\nbbb\nccccccccccccccc\nd\n")});
  EXPECT_THAT(server_.posts, ElementsAre("aaaa\nbbb\n", "ccccccccccccccc\n", "d\n"));
}

TEST_F(ImporterTest, WaitsAsLongAsTheServerAsks) {
  UploadAnswer busy = ScriptedUploader::status(429);
  busy.retry_after = seconds(7);
  server_.script = {busy, ScriptedUploader::status(503), unavailable("connection refused")};
  const auto tally = import({file("{}")});
  EXPECT_THAT(waits_, ElementsAre(seconds(7), milliseconds(200), milliseconds(400)));
  EXPECT_THAT(server_.posts, ElementsAre("{}\n", "{}\n", "{}\n", "{}\n"));
  EXPECT_EQ(tally.accepted, 1U);
  EXPECT_TRUE(tally.is_clean());
}

TEST_F(ImporterTest, GivesUpWhenNobodyAnswers) {
  options_.retry_for = seconds(10);
  for (int i = 0; i < 100; ++i) server_.script.emplace_back(unavailable("connection refused"));
  const auto tally = import({file("{}"), file("{}")});
  EXPECT_EQ(tally.stopped, "connection refused");
  EXPECT_EQ(tally.files, 1U);
  EXPECT_LE(server_.posts.size(), 10U);
}

TEST_F(ImporterTest, DoesNotTryAgainWhatCannotHeal) {
  for (const int status : {400, 401, 404, 500}) {
    server_.posts.clear();
    server_.script = {ScriptedUploader::status(status)};
    const auto tally = import({file("{}"), file("{}")});
    EXPECT_EQ(server_.posts.size(), 1U) << status;
    EXPECT_THAT(tally.stopped,
                HasSubstr(status == 404 ? "OTLP over HTTP" : std::to_string(status)));
  }
  server_.script = {invalid_argument("no such protocol")};
  EXPECT_EQ(import({file("{}")}).stopped, "no such protocol");
}

TEST_F(ImporterTest, NamesBrokenPiecesByTheLineOfTheirFile) {
  options_.upload_lines = 2;
  UploadAnswer answer = ScriptedUploader::report(1);
  answer.broken = 1;
  answer.errors = {{2, "what is this"}};
  answer.rejected = {{"too_large", 3}};
  server_.script = {ScriptedUploader::report(2), answer};
  const std::string path = file("1\n\n2\n3\n\n\n4\n");
  const auto tally = import({path});
  EXPECT_EQ(tally.accepted, 3U);
  EXPECT_EQ(tally.broken, 1U);
  EXPECT_FALSE(tally.is_clean());
  EXPECT_EQ(tally.rejected_spans(), 3U);
  EXPECT_THAT(report_text(tally), HasSubstr("rejected 3 spans: too_large\nbroken 1 piece\n  " +
                                            path + ":7: what is this\n"));
  EXPECT_THAT(report_json(tally), HasSubstr(R"(,"line":7,"message":"what is this"}])"));
}

TEST_F(ImporterTest, HalvesWhatIsTooMuchAtOnce) {
  server_.script = {ScriptedUploader::status(413), ScriptedUploader::report(1),
                    ScriptedUploader::status(413), ScriptedUploader::status(413),
                    ScriptedUploader::report(1)};
  const auto tally = import({file("1\n2\n3\n")});
  EXPECT_THAT(server_.posts, ElementsAre("1\n2\n3\n", "1\n", "2\n3\n", "2\n", "3\n"));
  EXPECT_EQ(tally.accepted, 2U);
  EXPECT_EQ(tally.broken, 1U);
  EXPECT_EQ(tally.first_broken.at(0).line, 2U);
}

TEST_F(ImporterTest, AFileThatCannotBeReadDoesNotStopTheNext) {
  const std::string cut = file(std::string("\x1f\x8b", 2));
  const auto tally = import({folder_ + "/nothing", cut, file("{}")});
  EXPECT_EQ(tally.accepted, 1U);
  ASSERT_EQ(tally.failed.size(), 2U);
  EXPECT_THAT(tally.failed[0].message, HasSubstr("No such file"));
  EXPECT_EQ(tally.failed[1].message, "the compressed file breaks off");
  EXPECT_TRUE(tally.stopped.empty());
}

TEST_F(ImporterTest, ShowsProgressOnATerminalOnly) {
  console_.shows_progress = true;
  options_.upload_lines = 1;
  server_.script = {unavailable("busy"), unavailable("busy"), unavailable("busy")};
  (void)import({file("{}\n{}\n{}\n")});
  EXPECT_THAT(shown_, HasSubstr("spans/s"));
  EXPECT_THAT(shown_, HasSubstr("100 %"));
}

}  // namespace
}  // namespace cairn::cli
