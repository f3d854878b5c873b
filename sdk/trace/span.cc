// SPDX-License-Identifier: Apache-2.0
//
// What is done to a span while it is open. Its end: finish.cc.
#include <cstdlib>

#include <cairn/trace/provider.h>
#include <cairn/trace/span.h>
#include <cxxabi.h>

#include "sdk/trace/record.h"
#include "sdk/trace/runtime.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace::detail {
namespace {

// Runs `change(record)` under the record's lock, unless the span has ended. A record of before a
// fork() may be locked for ever: its epoch tells.
template <class Change>
void with_record(RecordRef span, Change&& change) noexcept {
  Record& record = *span.record;
  if (record.generation.load(std::memory_order_relaxed) != span.generation) return;
  const Runtime* const rt = runtime.load(std::memory_order_acquire);
  if (rt == nullptr ||
      record.epoch.load(std::memory_order_relaxed) != rt->epoch.load(std::memory_order_relaxed)) {
    return;
  }
  record.lock();
  if (record.generation.load(std::memory_order_relaxed) == span.generation) change(record);
  record.unlock();
}

std::uint64_t moment(Timestamp when) noexcept {
  return when.unix_nanos != 0 ? when.unix_nanos : span_clock.now().unix_nanos;
}

}  // namespace

void set_attributes(RecordRef span, Attributes attributes) noexcept {
  with_record(span, [&](Record& record) { write_attributes(record, attributes); });
}

void add_event(RecordRef span, std::string_view name, Attributes attributes,
               Timestamp when) noexcept {
  const std::uint64_t nanos = moment(when);
  with_record(span, [&](Record& record) { write_event(record, name, attributes, nanos); });
}

void add_link(RecordRef span, const Link& link) noexcept {
  with_record(span, [&](Record& record) { write_link(record, link); });
}

void set_status(RecordRef span, StatusCode code, std::string_view description) noexcept {
  with_record(span, [&](Record& record) { write_status(record, code, description); });
}

void update_name(RecordRef span, std::string_view name) noexcept {
  with_record(span, [&](Record& record) { replace_name(record, name); });
}

void record_exception(RecordRef span, const char* mangled_type, std::string_view message,
                      Attributes attributes) noexcept {
  constexpr std::size_t kMost = 30;  // of the caller's: the rest are left out
  int status = 0;
  char* const demangled = abi::__cxa_demangle(mangled_type, nullptr, nullptr, &status);
  Attribute all[kMost + 2];
  std::size_t size = 0;
  all[size++] = {"exception.type", std::string_view(status == 0 ? demangled : mangled_type)};
  all[size++] = {"exception.message", message};
  // Trace API, "Record Exception": the caller's attributes outrank these two.
  for (std::size_t i = 0; i < attributes.size() && i < kMost; ++i) all[size++] = attributes[i];
  add_event(span, "exception", Attributes(all, size), {});
  std::free(demangled);
}

bool is_recording(RecordRef span) noexcept {
  const Runtime* const rt = runtime.load(std::memory_order_acquire);
  return rt != nullptr &&
         span.record->generation.load(std::memory_order_acquire) == span.generation &&
         span.record->epoch.load(std::memory_order_relaxed) ==
             rt->epoch.load(std::memory_order_relaxed);
}

}  // namespace cairn::trace::detail
