// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks what libcairn shows to the programs that link it; everything else is hidden.
#define CAIRN_API __attribute__((visibility("default")))
