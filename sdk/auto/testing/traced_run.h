// SPDX-License-Identifier: Apache-2.0
//
// TracedRun: a program run with libcairn-auto.so before it, and the spans it left in a file.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sdk/adapters/db/testing/server_process.h"

namespace cairn::trace::zero_code {

// As it lies in the file: OTLP JSON.
struct SpanText {
  std::string trace_id, span_id, parent_span_id, name;
  std::string json;  // all of it
  bool has(const std::string& text) const { return json.find(text) != std::string::npos; }
};

struct Outcome {
  int exit_code = -1;
  std::string out, err;
  std::vector<SpanText> spans;  // in the order they ended
  std::string resources;        // the file as it is
  std::vector<std::string> names() const;
};

class TracedRun {
 public:
  TracedRun();
  // Replaces the configuration; $FILE in it is the file of the spans.
  void configure(const std::string& yaml);
  // One more variable for the program.
  void set(const std::string& name, const std::string& value) { variables_[name] = value; }
  // Runs a command line of a shell, whose one program is traced; waits for its end.
  Outcome operator()(const std::string& command);
  const std::string& folder() const { return folder_.path(); }

 private:
  testing::TempFolder folder_;
  std::map<std::string, std::string> variables_;
};

// Answers 200 to every request, and keeps the head of each.
class HeadRecorder {
 public:
  HeadRecorder();
  ~HeadRecorder();
  HeadRecorder(const HeadRecorder&) = delete;
  HeadRecorder& operator=(const HeadRecorder&) = delete;
  std::string url() const;
  // In lower case.
  std::vector<std::string> heads() const;
  // The values of a header (lower case) in all requests.
  std::vector<std::string> values(const std::string& name) const;

 private:
  void serve();
  void answer(int client);

  int port_ = 0;
  int listener_;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::thread thread_;
};

// Takes connections and says nothing.
class SilentServer {
 public:
  SilentServer();
  ~SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  std::string url() const;

 private:
  int port_ = 0;
  int listener_;
};

}  // namespace cairn::trace::zero_code
