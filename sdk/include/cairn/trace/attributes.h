// SPDX-License-Identifier: Apache-2.0
//
// Key, Value, Attribute: what a span is told, as views that live for one call.
//
// The span encodes them at once, so nothing here owns anything. Declare keys that are used often as
// constants: `inline constexpr cairn::trace::Key kUserTier{"user.tier"};` they are encoded when the
// program is compiled.
// Source: OpenTelemetry common, "Attribute".
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace cairn::trace {

namespace detail {

// One hash for constant and for runtime keys: length, and up to eight bytes from each end. Equal
// hashes are only a hint; the encoder compares the keys.
constexpr std::uint64_t load_bytes(const char* from, std::size_t count) noexcept {
  std::uint64_t word = 0;
#if defined(__x86_64__) || defined(__aarch64__)  // little-endian: one move does what the loop does
  if (!__builtin_is_constant_evaluated() && count == 8) {
    __builtin_memcpy(&word, from, 8);
    return word;
  }
#endif
  for (std::size_t i = 0; i < count; ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return word;
}
constexpr std::uint32_t key_hash(const char* key, std::size_t size) noexcept {
  const std::size_t part = size < 8 ? size : 8;
  const std::uint64_t head = load_bytes(key, part);
  const std::uint64_t tail = load_bytes(key + size - part, part);
  const std::uint64_t mixed =
      (head ^ (tail * 0x9E3779B97F4A7C15ULL) ^ (tail >> 29) ^ size) * 0xD6E8FEB86659FD93ULL;
  const auto hash = static_cast<std::uint32_t>(mixed >> 32);
  // Its highest six bits are never all 0, which therefore means "not hashed yet".
  return hash >> 26 != 0 ? hash : hash | 1U << 26;
}

}  // namespace detail

// A key known when the program is compiled, with its hash and with its bytes as they stand in an
// attribute of a span, padded so that they can be copied by wide moves:
//
//   0x4A  room for a length  0x0A  size  key  0x12      (Span.attributes, KeyValue.key, .value)
class Key {
 public:
  static constexpr std::size_t kMaxSize = 59;
  static constexpr std::size_t kEncodedSize = 64;
  static constexpr std::size_t kTextAt = 4;

  template <std::size_t N>
  constexpr Key(const char (&text)[N]) noexcept  // NOLINT(google-explicit-constructor)
      : size_(static_cast<std::uint8_t>(N - 1)), hash_(detail::key_hash(text, N - 1)) {
    static_assert(N > 1, "an attribute key is not empty");
    static_assert(N - 1 <= kMaxSize, "use a std::string_view for keys this long");
    encoded_[0] = 0x4A;
    encoded_[2] = 0x0A;
    encoded_[3] = static_cast<char>(N - 1);
    for (std::size_t i = 0; i + 1 < N; ++i) encoded_[kTextAt + i] = text[i];
    encoded_[kTextAt + N - 1] = 0x12;
    // What may not be UTF-8 is not copied as it stands: such a key is as any text.
    for (std::size_t i = 0; i + 1 < N; ++i) {
      if (static_cast<unsigned char>(text[i]) >= 0x80) hash_ = 0;
    }
  }

  constexpr std::string_view text() const noexcept { return {encoded_ + kTextAt, size_}; }
  constexpr const char* encoded() const noexcept { return encoded_; }
  // 0: of a key that is not ASCII, which is hashed with each attribute.
  constexpr std::uint32_t hash() const noexcept { return hash_; }

 private:
  std::uint8_t size_;
  std::uint32_t hash_;
  char encoded_[kEncodedSize] = {};
};

// Either a Key or any text; text is hashed when it is encoded.
class KeyRef {
 public:
  constexpr KeyRef() noexcept : text_(""), size_(0) {}
  constexpr KeyRef(const Key& key) noexcept  // NOLINT(google-explicit-constructor)
      : text_(key.encoded() + Key::kTextAt),
        size_(static_cast<std::uint32_t>(key.text().size())),
        hash_(key.hash()) {}
  constexpr KeyRef(std::string_view text) noexcept  // NOLINT(google-explicit-constructor)
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {}
  template <std::size_t N>
  constexpr KeyRef(const char (&text)[N]) noexcept  // NOLINT(google-explicit-constructor)
      : KeyRef(std::string_view(text)) {}
  constexpr KeyRef(const char* text) noexcept  // NOLINT(google-explicit-constructor)
      : KeyRef(text != nullptr ? std::string_view(text) : std::string_view()) {}
  template <class String, class = decltype(static_cast<const String*>(nullptr)->c_str())>
  KeyRef(const String& text) noexcept  // NOLINT(google-explicit-constructor): std::string
      : KeyRef(std::string_view(text.data(), text.size())) {}

  constexpr std::string_view text() const noexcept { return {text_, size_}; }
  // Whether text() lies in a Key, with what stands before and after it there.
  constexpr bool is_constant() const noexcept { return hash_ != 0; }
  constexpr std::uint32_t constant_hash() const noexcept { return hash_; }
  constexpr std::uint32_t hash() const noexcept {
    return hash_ != 0 ? hash_ : detail::key_hash(text_, size_);
  }

 private:
  const char* text_;
  std::uint32_t size_;
  std::uint32_t hash_ = 0;  // of a Key; 0: any text
};

// A borrowed run of elements: from an initializer list, an array or anything with data() and
// size().
template <class T>
class ListView {
 public:
  constexpr ListView() noexcept = default;
  constexpr ListView(const T* data, std::size_t size) noexcept : data_(data), size_(size) {}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winit-list-lifetime"  // a view for one call, as std::span is
#endif
  constexpr ListView(std::initializer_list<T> list) noexcept  // NOLINT(google-explicit-constructor)
      : data_(list.begin()), size_(list.size()) {}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
  template <std::size_t N>
  constexpr ListView(const T (&array)[N]) noexcept  // NOLINT(google-explicit-constructor)
      : data_(array), size_(N) {}
  template <class Container,
            class = decltype(static_cast<const T*>(static_cast<const Container*>(nullptr)->data()))>
  constexpr ListView(const Container& container) noexcept  // NOLINT(google-explicit-constructor)
      : data_(container.data()), size_(container.size()) {}

  constexpr const T* begin() const noexcept { return data_; }
  constexpr const T* end() const noexcept { return data_ + size_; }
  constexpr const T* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T& operator[](std::size_t i) const noexcept { return data_[i]; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};

// Bytes, as opposed to text.
struct BytesView {
  const void* data = nullptr;
  std::size_t size = 0;
};

class Value {
 public:
  enum class Type : std::uint8_t {
    kEmpty,
    kBool,
    kInt,
    kDouble,
    kString,
    kBytes,
    kBools,
    kInts,
    kDoubles,
    kStrings
  };

  constexpr Value() noexcept : int_(0) {}
  constexpr Value(bool value) noexcept : type_(Type::kBool), int_(value ? 1 : 0) {}  // NOLINT
  constexpr Value(int value) noexcept : type_(Type::kInt), int_(value) {}            // NOLINT
  constexpr Value(unsigned value) noexcept : type_(Type::kInt), int_(value) {}       // NOLINT
  constexpr Value(long value) noexcept : type_(Type::kInt), int_(value) {}           // NOLINT
  constexpr Value(long long value) noexcept : type_(Type::kInt), int_(value) {}      // NOLINT
  // Numbers above 2^63 - 1 wrap: OTLP's integers are signed.
  constexpr Value(unsigned long value) noexcept  // NOLINT
      : type_(Type::kInt), int_(static_cast<std::int64_t>(value)) {}
  constexpr Value(unsigned long long value) noexcept  // NOLINT
      : type_(Type::kInt), int_(static_cast<std::int64_t>(value)) {}
  constexpr Value(double value) noexcept : type_(Type::kDouble), double_(value) {}  // NOLINT
  constexpr Value(std::string_view value) noexcept                                  // NOLINT
      : type_(Type::kString), size_(value.size()), pointer_(value.data()) {}
  // Null is empty text: `{"user", std::getenv("USER")}`.
  constexpr Value(const char* value) noexcept  // NOLINT
      : Value(value != nullptr ? std::string_view(value) : std::string_view()) {}
  template <class String, class = decltype(static_cast<const String*>(nullptr)->c_str())>
  Value(const String& value) noexcept
      : Value(std::string_view(value.data(), value.size())) {}  // NOLINT
  constexpr Value(BytesView value) noexcept                     // NOLINT
      : type_(Type::kBytes), size_(value.size), pointer_(value.data) {}
  constexpr Value(ListView<bool> values) noexcept  // NOLINT
      : type_(Type::kBools), size_(values.size()), pointer_(values.data()) {}
  constexpr Value(ListView<std::int64_t> values) noexcept  // NOLINT
      : type_(Type::kInts), size_(values.size()), pointer_(values.data()) {}
  constexpr Value(ListView<double> values) noexcept  // NOLINT
      : type_(Type::kDoubles), size_(values.size()), pointer_(values.data()) {}
  constexpr Value(ListView<std::string_view> values) noexcept  // NOLINT
      : type_(Type::kStrings), size_(values.size()), pointer_(values.data()) {}

  constexpr Type type() const noexcept { return type_; }
  constexpr bool as_bool() const noexcept { return int_ != 0; }
  constexpr std::int64_t as_int() const noexcept { return int_; }
  constexpr double as_double() const noexcept { return double_; }
  constexpr std::string_view as_string() const noexcept {
    return {static_cast<const char*>(pointer_), size_};
  }
  constexpr BytesView as_bytes() const noexcept { return {pointer_, size_}; }
  template <class T>
  constexpr ListView<T> as_list() const noexcept {
    return ListView<T>(static_cast<const T*>(pointer_), size_);
  }

 private:
  Type type_ = Type::kEmpty;
  std::size_t size_ = 0;
  union {
    std::int64_t int_;
    double double_;
    const void* pointer_;
  };
};

struct Attribute {
  KeyRef key;
  Value value;
};

// Borrowed; an initializer list `{{kMethod, "GET"}, {"http.status_code", 200}}` is one.
using Attributes = ListView<Attribute>;

}  // namespace cairn::trace
