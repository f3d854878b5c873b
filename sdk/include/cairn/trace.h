// SPDX-License-Identifier: Apache-2.0
//
// What code that is traced includes: tracers, spans, contexts and propagation.
//
//   static const auto tracer = cairn::trace::tracer("shop.checkout");
//   auto span = tracer.start("reserve stock", cairn::trace::SpanKind::kClient, {{"sku", sku}});
//   cairn::trace::Scope scope(span);
#pragma once

#include <cairn/trace/baggage.h>
#include <cairn/trace/context.h>
#include <cairn/trace/propagation.h>
#include <cairn/trace/span.h>
#include <cairn/trace/tracer.h>
