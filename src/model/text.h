// SPDX-License-Identifier: Apache-2.0
//
// A Batch as text for people: golden files and test failures share this one form. Every field that
// is set shows; nothing that is not. Times are nanoseconds.
//
//   resource service.name="cart" pod=7
//     scope "io.http" "1.2"
//       span 0102…0f10/0a0b0c0d0e0f1011 parent=… "GET /cart" server
//         time 1700000000000000000 +1500000
//         status error "boom"
//         attribute http.status=200
//         event +1000 "cache miss" key="v"
//         link 0102…/0a0b… state="a=b"
#pragma once

#include <string>

#include "model/batch.h"

namespace cairn::model {

std::string to_text(const Batch& batch);
// `"text"`, `true`, `7`, `1.5`, `bytes:0a0b`, `[1, 2]`, `{a=1, b="x"}`, `empty`; doubles always
// have a point, an exponent or a name, so that 1 and 1.0 differ.
std::string to_text(const AnyValue& value);

}  // namespace cairn::model
