// SPDX-License-Identifier: Apache-2.0
//
// A plugin that traces comes and goes; its threads, its half-filled chunks and the exporting thread
// stay harmless, and the next one finds the same recorder.
#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace {

int open_run_close() {
  void* const plugin = dlopen(CAIRN_TEST_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) {
    ADD_FAILURE() << dlerror();
    return -1;
  }
  auto* const run = reinterpret_cast<int (*)()>(dlsym(plugin, "trace_something"));
  const int sent = run == nullptr ? -1 : run();
  dlclose(plugin);
  return sent;
}

TEST(SdkPlugin, ComesAndGoesAndItsSpansArrive) {
  for (int round = 1; round <= 20; ++round) EXPECT_EQ(open_run_close(), 2 * round);
}

TEST(SdkPlugin, IsClosedOnAnotherThreadThanItTracedOn) {
  int before = 0;
  std::thread([&] { before = open_run_close(); }).join();
  EXPECT_EQ(open_run_close(), before + 2);
}

}  // namespace
