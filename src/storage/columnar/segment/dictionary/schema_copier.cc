// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/dictionary/schema_copier.h"

namespace cairn::storage::columnar {
namespace {

// Copies `text` when it has not been; an empty text is copied for nothing each time.
std::string_view once(std::vector<std::string_view>& copies, std::size_t index,
                      std::string_view text, Arena& arena) {
  if (copies.size() <= index) copies.resize(index + 1);
  if (copies[index].empty()) copies[index] = arena.copy(text);
  return copies[index];
}

}  // namespace

std::string_view SchemaCopier::key(ColumnId column) {
  return once(keys_, column, schema_.columns[column].key, out_.arena);
}

std::string_view SchemaCopier::name(NameId name) {
  return once(names_, name, schema_.names[name], out_.arena);
}

std::uint32_t SchemaCopier::scope(ResourceId resource, ScopeId scope) {
  const auto [found, is_new] = scopes_.try_emplace(std::uint64_t{resource} << 32 | scope,
                                                   static_cast<std::uint32_t>(out_.scopes.size()));
  if (!is_new) return found->second;
  const auto [known, first] =
      resources_.try_emplace(resource, static_cast<std::uint32_t>(out_.resources.size()));
  if (first) out_.resources.push_back(model::deep_copy(out_.arena, schema_.resources[resource]));
  out_.scopes.push_back(model::deep_copy(out_.arena, schema_.scopes[scope]));
  out_.scopes.back().resource = known->second;
  return found->second;
}

}  // namespace cairn::storage::columnar
