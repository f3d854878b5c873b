// SPDX-License-Identifier: Apache-2.0
#include "sdk/auto/library.h"

#include <cstring>
#include <mutex>
#include <string_view>

#include <dlfcn.h>
#include <hiredis/hiredis.h>
#include <link.h>

#include "sdk/adapters/fork_mutex.h"

namespace cairn::trace::zero_code {
namespace {

// The object that `address` lies in; null for code that was made at run time.
const link_map* object_of(const void* address) noexcept {
#if __GLIBC_PREREQ(2, 35)
  dl_find_object found;
  void* const asked = const_cast<void*>(address);
  return _dl_find_object(asked, &found) == 0 ? found.dlfo_link_map : nullptr;
#else
  Dl_info info;
  void* map = nullptr;
  if (dladdr1(address, &info, &map, RTLD_DL_LINKMAP) == 0) return nullptr;
  return static_cast<const link_map*>(map);
#endif
}

std::string_view path_of(const link_map* object) noexcept {
  return object != nullptr && object->l_name != nullptr ? object->l_name : "";
}

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool is_ours(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1).substr(0, 9) == "libcairn-";
}

std::string_view soname_of(const link_map* object) noexcept {
  const char* strings = nullptr;
  const ElfW(Dyn)* soname = nullptr;
  for (const ElfW(Dyn)* entry = object->l_ld; entry->d_tag != DT_NULL; ++entry) {
    // glibc has relocated it already, except where the dynamic section is read-only.
    if (entry->d_tag == DT_STRTAB) strings = reinterpret_cast<const char*>(entry->d_un.d_ptr);
    if (entry->d_tag == DT_SONAME) soname = entry;
  }
  return strings != nullptr && soname != nullptr ? strings + soname->d_un.d_val : "";
}

#define CAIRN_TEXT_OF(macro) CAIRN_TEXT(macro)
#define CAIRN_TEXT(text) #text

// hiredis's structs are read by its adapter, and differ between versions.
bool is_readable(Kind kind, const link_map* object) noexcept {
  return kind != Kind::kHiredis ||
         soname_of(object) == "libhiredis.so." CAIRN_TEXT_OF(HIREDIS_SONAME);
}

void* look_up(void* where, const char* function, const char* version) noexcept {
  return version != nullptr ? dlvsym(where, function, version) : dlsym(where, function);
}

// The object that answers `caller`'s calls of `function`; null: none.
void* find_next(const char* function, const Caller& caller, const link_map* from) noexcept {
  void* found = look_up(RTLD_NEXT, function, caller.version);
  if (found != nullptr || path_of(from).empty()) return found;
  // A plugin that was loaded for itself finds its own libraries after the global ones.
  void* const plugin = dlopen(from->l_name, RTLD_LAZY | RTLD_NOLOAD);
  if (plugin == nullptr) return nullptr;
  found = look_up(plugin, function, caller.version);
  if (object_of(found) == object_of(reinterpret_cast<const void*>(&find_next))) found = nullptr;
  // Whoever has the function must stay: it is called later.
  if (found != nullptr) dlopen(object_of(found)->l_name, RTLD_LAZY | RTLD_NOLOAD);
  dlclose(plugin);
  return found;
}

}  // namespace

void* Library::find(const char* function) const noexcept {
  return dlsym(handle_, function);
}

void* next_function(const char* function, const Caller& caller) noexcept {
  return find_next(function, caller, object_of(caller.address));
}

// The copies of one kind, and who is bound to which. Entries are added, never changed: readers need
// no lock.
class LibraryTable {
 public:
  void list_lock() { mutex_.list(); }

  Binding bind(Kind kind, const char* function, const Caller& caller) noexcept {
    const link_map* const from = object_of(caller.address);
    const std::uint64_t hash = hash_of(path_of(from));
    if (const Entry* known = find(from, hash, caller.version)) return known->binding;
    void* const found = find_next(function, caller, from);
    const link_map* const object = found != nullptr ? object_of(found) : nullptr;
    if (object == nullptr) return {};
    // Never closed, so it stays. Asked for before our lock is taken: the dynamic linker has one of
    // its own, and calls constructors, which may call us, while it holds it.
    void* const handle = dlopen(object->l_name, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return {};
    const std::lock_guard lock(mutex_);
    if (const Entry* known = find(from, hash, caller.version)) return known->binding;
    Binding binding;
    binding.library = library_of(object, handle);
    binding.inner = object == from || is_ours(path_of(from)) || !is_readable(kind, object);
    const std::size_t count = count_.load(std::memory_order_relaxed);
    if (binding.library == nullptr || count == kMaxCallers) return binding;
    entries_[count] = {from, hash, caller.version, binding};
    count_.store(count + 1, std::memory_order_release);
    return binding;
  }

 private:
  static constexpr std::size_t kMaxCallers = 64;
  struct Entry {
    const link_map* from = nullptr;
    std::uint64_t path_hash = 0;  // another object may get the address of one that was closed
    const char* version = nullptr;
    Binding binding;
  };

  const Entry* find(const link_map* from, std::uint64_t hash, const char* version) const noexcept {
    const std::size_t count = count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
      const Entry& entry = entries_[i];
      if (entry.from == from && entry.path_hash == hash && entry.version == version) return &entry;
    }
    return nullptr;
  }

  const Library* library_of(const link_map* object, void* handle) noexcept {
    for (std::size_t i = 0; i < copies_; ++i) {
      if (libraries_[i].map_ == object) return &libraries_[i];
    }
    if (copies_ == Library::kMaxCopies) return nullptr;
    Library& library = libraries_[copies_];
    library.handle_ = handle;
    library.map_ = object;
    library.index_ = copies_;
    ++copies_;
    return &library;
  }

  detail::ForkMutex mutex_;
  std::atomic<std::size_t> count_{0};
  Entry entries_[kMaxCallers];
  std::size_t copies_ = 0;
  Library libraries_[Library::kMaxCopies];
};

namespace {
constinit LibraryTable tables[kKinds];

// As the library is loaded.
[[gnu::constructor]] void list_locks() {
  for (LibraryTable& table : tables) table.list_lock();
}
}  // namespace

Binding bind(Kind kind, const char* function, const Caller& caller) noexcept {
  return tables[static_cast<std::size_t>(kind)].bind(kind, function, caller);
}

}  // namespace cairn::trace::zero_code
