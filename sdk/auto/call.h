// SPDX-License-Identifier: Apache-2.0
//
// Call: one call of an interposed function, from its entry to its return.
//
// While it lives, what this thread asks of a library of its kind goes to the copy the call is for
// (`current`): so the adapters, which call the libraries' functions by name, get the right one.
//
//   extern "C" CAIRN_INTERPOSED int PQreset(PGconn* connection) {
//     const Call call(Kind::kPq, next_PQreset.name(), CAIRN_CALLER);
//     return call.pass(next_PQreset, 0, connection);
//   }
//
// Thread rule: on one thread's stack.
#pragma once

#include <optional>

#include "sdk/auto/library.h"
#include "sdk/auto/start.h"

// A function that programs find in the place of the original.
#define CAIRN_INTERPOSED __attribute__((visibility("default"), noinline))
// Whoever called the function this is written in.
#define CAIRN_CALLER                     \
  ::cairn::trace::zero_code::Caller {    \
    __builtin_return_address(0), nullptr \
  }

namespace cairn::trace::zero_code {

// The copy that this thread's innermost call of a kind is for; else the first that was found; null
// when there is none.
const Library* current(Kind kind) noexcept;

// Makes a copy the current one while it lives: in a Call, or for callbacks of the library.
class Within {
 public:
  Within(Kind kind, const Library* library) noexcept;
  ~Within();
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;
  // Whether a call of this kind was under way already.
  bool nested() const noexcept { return before_ != nullptr; }

 private:
  const Kind kind_;
  const Library* const before_;
};

class Call {
 public:
  Call(Kind kind, const char* function, const Caller& caller) noexcept
      : binding_(bind(kind, function, caller)), caller_(caller), within_(kind, binding_.library) {}

  // The copy it is for; null when it is passed on and nothing else.
  const Library* library() const noexcept { return binding_.library; }
  // Whether the program made it, on a library that can be traced.
  bool outer() const noexcept { return binding_.library != nullptr && !binding_.inner; }
  // The same outside of another call of this kind: for libraries that do not call back.
  bool outermost() const noexcept { return outer() && !within_.nested(); }

  // The original function, or `otherwise` when the program has no such library.
  template <class Result, class... Parameters, class... Arguments>
  Result pass(Foreign<Result(Parameters...)>& function, Result otherwise,
              Arguments... arguments) const noexcept(false) {
    Result (*const next)(Parameters...) = next_of(function);
    return next != nullptr ? next(arguments...) : otherwise;
  }
  template <class... Parameters, class... Arguments>
  void pass(Foreign<void(Parameters...)>& function, Arguments... arguments) const {
    if (void (*const next)(Parameters...) = next_of(function)) next(arguments...);
  }

  template <class Signature>
  Signature* next_of(Foreign<Signature>& function) const noexcept {
    if (binding_.library != nullptr) return function.in(*binding_.library);
    return reinterpret_cast<Signature*>(next_function(function.name(), caller_));
  }

 private:
  const Binding binding_;
  const Caller caller_;
  const Within within_;
};

// For the adapters: `function` of the current copy, or `otherwise`.
template <class Result, class... Parameters, class... Arguments>
Result forward(Kind kind, Foreign<Result(Parameters...)>& function, Result otherwise,
               Arguments... arguments) {
  const Library* const library = current(kind);
  Result (*const next)(Parameters...) = library != nullptr ? function.in(*library) : nullptr;
  return next != nullptr ? next(arguments...) : otherwise;
}
template <class... Parameters, class... Arguments>
void forward(Kind kind, Foreign<void(Parameters...)>& function, Arguments... arguments) {
  const Library* const library = current(kind);
  void (*const next)(Parameters...) = library != nullptr ? function.in(*library) : nullptr;
  if (next != nullptr) next(arguments...);
}

}  // namespace cairn::trace::zero_code
