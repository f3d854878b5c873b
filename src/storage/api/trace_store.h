// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/api/store_admin.h"
#include "storage/api/trace_reader.h"
#include "storage/api/trace_writer.h"

namespace cairn::storage {

// One engine: its three faces under one owner. Consumers take the face they need by reference.
// Destruction waits for calls under way and completes every pending write.
class TraceStore {
 public:
  virtual ~TraceStore() = default;

  virtual TraceWriter& writer() = 0;
  virtual TraceReader& reader() = 0;
  virtual StoreAdmin& admin() = 0;
};

}  // namespace cairn::storage
