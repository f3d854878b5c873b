// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/schema/schema.h"

#include "base/check.h"

namespace cairn::storage::columnar {

void Schema::publish() {
  names.publish();
  resources.publish();
  scopes.publish();
  classes.publish();
  columns.publish();
  shapes.publish();
}

std::size_t Schema::memory_bytes() const {
  return columns.reserved_bytes() + classes.reserved_bytes() + shapes.reserved_bytes() +
         names.reserved_bytes() + resources.reserved_bytes() + scopes.reserved_bytes() +
         arena.reserved_bytes();
}

SchemaMark SchemaMark::of(const Schema& schema) {
  return {schema.columns.size(), schema.classes.size(),   schema.shapes.size(),
          schema.names.size(),   schema.resources.size(), schema.scopes.size()};
}

}  // namespace cairn::storage::columnar
