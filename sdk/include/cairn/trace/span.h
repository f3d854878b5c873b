// SPDX-License-Identifier: Apache-2.0
//
// Span: one operation, recorded while it runs, ended once.
//
// A move-only handle of 56 bytes: the span's context, and, when it is recorded, a reference into
// the recorder. Every method may be called from any thread at any time, also after end(): then it
// does nothing. Nothing throws, blocks or fails; what cannot be kept is dropped and counted.
// Attributes given at the start cost least; set({...}) with several costs one lock for all.
// Source: OpenTelemetry Trace API, "Span".
#pragma once

#include <typeinfo>

#include <cairn/trace/attributes.h>
#include <cairn/trace/span_context.h>
#include <cairn/trace/timestamp.h>

namespace cairn::trace {

enum class SpanKind : std::uint8_t { kInternal = 1, kServer, kClient, kProducer, kConsumer };
enum class StatusCode : std::uint8_t { kUnset = 0, kOk = 1, kError = 2 };

struct Link {
  SpanContext context;
  Attributes attributes;  // borrowed for the call
};

namespace detail {

struct Record;

// A span that is being recorded, or was: `generation` tells. Records are reused, never freed, so a
// stale reference is harmless.
struct RecordRef {
  Record* record = nullptr;
  std::uint32_t generation = 0;
};

CAIRN_API void set_attributes(RecordRef span, Attributes attributes) noexcept;
CAIRN_API void add_event(RecordRef span, std::string_view name, Attributes attributes,
                         Timestamp when) noexcept;
CAIRN_API void add_link(RecordRef span, const Link& link) noexcept;
CAIRN_API void set_status(RecordRef span, StatusCode code, std::string_view description) noexcept;
CAIRN_API void update_name(RecordRef span, std::string_view name) noexcept;
CAIRN_API void record_exception(RecordRef span, const char* mangled_type, std::string_view message,
                                Attributes attributes) noexcept;
CAIRN_API bool is_recording(RecordRef span) noexcept;
CAIRN_API void end_span(RecordRef span, Timestamp when) noexcept;

}  // namespace detail

// What can be done with a span that someone else owns: the current one, or a Span's reference for
// another thread. Copies freely; harmless when the span has ended.
class SpanRef {
 public:
  SpanRef() noexcept = default;
  explicit SpanRef(detail::RecordRef ref) noexcept : ref_(ref) {}

  // Sets one attribute. A key that is there already is replaced.
  void set(KeyRef key, Value value) const noexcept {
    if (ref_.record == nullptr) return;
    const Attribute attribute{key, value};
    detail::set_attributes(ref_, Attributes(&attribute, 1));
  }
  // Sets several under one lock. Of two with one key the last wins.
  void set(Attributes attributes) const noexcept {
    if (ref_.record != nullptr) detail::set_attributes(ref_, attributes);
  }
  void add_event(std::string_view name, Attributes attributes = {},
                 Timestamp when = {}) const noexcept {
    if (ref_.record != nullptr) detail::add_event(ref_, name, attributes, when);
  }
  void add_link(const Link& link) const noexcept {
    if (ref_.record != nullptr) detail::add_link(ref_, link);
  }
  // Ok is final and outranks Error, which outranks Unset; the description is kept for Error only.
  void set_status(StatusCode code, std::string_view description = {}) const noexcept {
    if (ref_.record != nullptr) detail::set_status(ref_, code, description);
  }
  // Adds the event `exception` with exception.type and exception.message. Anything with what().
  template <class Exception>
  void record_exception(const Exception& error, Attributes attributes = {}) const noexcept {
    if (ref_.record != nullptr) {
      detail::record_exception(ref_, type_name_of(error), error.what(), attributes);
    }
  }
  void update_name(std::string_view name) const noexcept {
    if (ref_.record != nullptr) detail::update_name(ref_, name);
  }
  // False once it has ended, and for spans that are not sampled.
  bool is_recording() const noexcept {
    return ref_.record != nullptr && detail::is_recording(ref_);
  }
  detail::RecordRef record() const noexcept { return ref_; }

 private:
  template <class Exception>
  static const char* type_name_of(const Exception& error) noexcept {
#ifdef __cpp_rtti
    return typeid(error).name();
#else
    (void)error;
    return "exception";
#endif
  }
  detail::RecordRef ref_;
};

class Span {
 public:
  // A span that does nothing and has no identity.
  Span() noexcept = default;
  // A span that records nothing and carries `context` on (Trace API, "Wrapping a SpanContext").
  explicit Span(SpanContext context) noexcept : context_(static_cast<SpanContext&&>(context)) {}
  Span(SpanContext context, detail::RecordRef record) noexcept
      : context_(static_cast<SpanContext&&>(context)), ref_(record) {}
  Span(Span&& other) noexcept
      : context_(static_cast<SpanContext&&>(other.context_)), ref_(other.ref_) {
    other.ref_ = SpanRef();
  }
  Span& operator=(Span&& other) noexcept {
    if (this == &other) return *this;
    end();
    context_ = static_cast<SpanContext&&>(other.context_);
    ref_ = other.ref_;
    other.ref_ = SpanRef();
    return *this;
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  // Ends the span if nobody has.
  ~Span() { end(); }

  void set(KeyRef key, Value value) const noexcept { ref_.set(key, value); }
  void set(Attributes attributes) const noexcept { ref_.set(attributes); }
  void add_event(std::string_view name, Attributes attributes = {},
                 Timestamp when = {}) const noexcept {
    ref_.add_event(name, attributes, when);
  }
  void add_link(const Link& link) const noexcept { ref_.add_link(link); }
  void set_status(StatusCode code, std::string_view description = {}) const noexcept {
    ref_.set_status(code, description);
  }
  template <class Exception>
  void record_exception(const Exception& error, Attributes attributes = {}) const noexcept {
    ref_.record_exception(error, attributes);
  }
  void update_name(std::string_view name) const noexcept { ref_.update_name(name); }
  bool is_recording() const noexcept { return ref_.is_recording(); }
  // Ends it now, or at `when`. The first call counts; later ones, and later changes, do nothing.
  void end(Timestamp when = {}) const noexcept {
    if (ref_.record().record != nullptr) detail::end_span(ref_.record(), when);
  }

  // Valid also after end().
  const SpanContext& context() const noexcept { return context_; }
  // For another thread, while this handle keeps the ownership.
  SpanRef ref() const noexcept { return ref_; }

 private:
  friend class Tracer;
  SpanContext context_;
  SpanRef ref_;
};

}  // namespace cairn::trace
