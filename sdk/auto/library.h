// SPDX-License-Identifier: Apache-2.0
//
// Library: one loaded copy of a library that is traced; Foreign: a function of it.
//
// Nothing here is linked against the traced libraries: what the program would have called without
// us is looked up when it calls. A process may hold several copies of one library (libcurl with
// OpenSSL and with GnuTLS, a Python wheel with its own libpq), whose handles must not be mixed, so
// each call is answered by the copy that its caller is bound to: the next in the global order of
// the dynamic linker, in the version the caller asks for, else the one the caller brought along.
//
// Thread rule: any thread. Copies that were found stay loaded and are never forgotten.
// Source: ELF gABI, "Dynamic Linking"; ld.so(8); dlsym(3), "RTLD_NEXT".
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace cairn::trace::zero_code {

enum class Kind : std::uint8_t { kCurl, kPq, kSqlite, kHiredis, kKafka };
inline constexpr std::size_t kKinds = 5;

class Library {
 public:
  // Of one kind; more than these are passed through and not traced.
  static constexpr std::size_t kMaxCopies = 8;

  // Null: none.
  void* find(const char* function) const noexcept;
  std::size_t index() const noexcept { return index_; }

 private:
  friend class LibraryTable;
  void* handle_ = nullptr;
  const void* map_ = nullptr;
  std::size_t index_ = 0;
};

// A function by its name, in each copy; one constinit variable for each function.
template <class Signature>
class Foreign {
 public:
  explicit constexpr Foreign(const char* name) noexcept : name_(name) {}
  const char* name() const noexcept { return name_; }

  // Null when this copy has no such function.
  Signature* in(const Library& library) noexcept {
    std::atomic<void*>& place = found_[library.index()];
    void* function = place.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = library.find(name_);
      place.store(function, std::memory_order_relaxed);
    }
    return reinterpret_cast<Signature*>(function);
  }

 private:
  const char* name_;
  std::atomic<void*> found_[Library::kMaxCopies] = {};
};

// Who calls: the return address of the interposed function, and the symbol version that the caller
// was linked with (null: none).
struct Caller {
  const void* address = nullptr;
  const char* version = nullptr;
};

// What a caller's calls go to.
struct Binding {
  const Library* library = nullptr;  // null: not to be traced; `next` is all there is
  // Called by the traced library itself or by Cairn: passed on as it is.
  bool inner = false;
};

// Where `caller` gets the functions of `kind` from; `function` is the one it calls.
Binding bind(Kind kind, const char* function, const Caller& caller) noexcept;

// The function itself, when there is no Library for it. Null: the program has no such library.
void* next_function(const char* function, const Caller& caller) noexcept;

}  // namespace cairn::trace::zero_code
