// SPDX-License-Identifier: Apache-2.0
//
// What an import came to, for people and for programs. Pure.
#pragma once

#include <string>

#include "cli/import/importer.h"

namespace cairn::cli {

std::string report_text(const ImportTally& tally);
// One object; docs/operations/import.md lists its members.
std::string report_json(const ImportTally& tally);

}  // namespace cairn::cli
