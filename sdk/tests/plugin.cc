// SPDX-License-Identifier: Apache-2.0
//
// A plugin that traces what it does, for a program that knows nothing of it: see dlopen_test.cc.
#include <memory>
#include <thread>

#include <cairn/testing.h>
#include <cairn/trace.h>

// Makes a span here and one on a thread of its own; returns how many spans have arrived in all.
extern "C" __attribute__((visibility("default"))) int trace_something() {
  using namespace cairn::trace;
  static const auto memory = std::make_shared<MemoryExporter>();
  Options options;
  options.exporter = memory;
  start(options);  // the first time
  const Tracer tracer = cairn::trace::tracer("plugin");
  tracer.start("here").end();
  std::thread([&] { tracer.start("there").end(); }).join();
  flush();
  return static_cast<int>(stats().sent);
}
