// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>

#include <cairn/testing.h>
#include <cairn/trace.h>

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(options);
  cairn::trace::tracer("consumer").start("installed").end();
  cairn::trace::flush();
  std::puts(memory->span("installed").name.c_str());
  return memory->spans().size() == 1 ? 0 : 1;
}
