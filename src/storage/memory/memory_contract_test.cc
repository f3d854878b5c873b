// SPDX-License-Identifier: Apache-2.0
#include "storage/api/testing/contract_suite.h"
#include "storage/memory/memory_trace_store.h"

namespace cairn::storage {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  TraceStore& store() override { return store_; }

 private:
  MemoryTraceStore store_;
};

INSTANTIATE_TEST_SUITE_P(Memory, TraceStoreContract,
                         ::testing::Values(Engine{
                             "memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         engine_name);

}  // namespace
}  // namespace cairn::storage
