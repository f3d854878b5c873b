// SPDX-License-Identifier: Apache-2.0
#include "cairn_ui/ui_assets.h"

namespace cairn::ui {

std::span<const Asset> assets() {
  return {};
}

}  // namespace cairn::ui
