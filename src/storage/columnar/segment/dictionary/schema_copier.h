// SPDX-License-Identifier: Apache-2.0
//
// SchemaCopier: brings what rows share (keys, names, scopes, resources) from a schema into a batch,
// each once.
// Thread rule: one thread. Ownership: borrows both; the batch owns what it was given.
#pragma once

#include <unordered_map>
#include <vector>

#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

class SchemaCopier {
 public:
  SchemaCopier(const Schema& schema, model::Batch& out) : schema_(schema), out_(out) {}

  std::string_view key(ColumnId column);
  std::string_view name(NameId name);
  // Index into the batch's scopes.
  std::uint32_t scope(ResourceId resource, ScopeId scope);

 private:
  const Schema& schema_;
  model::Batch& out_;
  std::vector<std::string_view> keys_;
  std::vector<std::string_view> names_;
  std::unordered_map<std::uint64_t, std::uint32_t> scopes_;  // resource and scope → batch's
  std::unordered_map<ResourceId, std::uint32_t> resources_;  // → batch's
};

}  // namespace cairn::storage::columnar
