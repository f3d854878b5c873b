// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <functional>
#include <string>

namespace cairn::model {

// Whose spans these are. Tenants never see each other's data. The empty name is the default tenant,
// the only one where tenancy is off.
struct TenantId {
  std::string name;

  auto operator<=>(const TenantId&) const = default;
};

}  // namespace cairn::model

template <>
struct std::hash<cairn::model::TenantId> {
  std::size_t operator()(const cairn::model::TenantId& id) const noexcept {
    return std::hash<std::string>()(id.name);
  }
};
