// SPDX-License-Identifier: Apache-2.0
#include "wire/sampling/strategy_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>

#include "wire/json/document.h"
#include "wire/json/reader.h"

namespace cairn::wire::sampling {
namespace {

using json::Value;
using model::OperationSampling;
using model::PerOperationSampling;
using model::SamplingStrategy;
using model::SamplingType;

constexpr std::string_view kFormat = "sampling strategies";

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

Place place_of(std::string_view text, const char* at) {
  const std::string_view before =
      text.substr(0, std::min(text.size(), static_cast<std::size_t>(at - text.data())));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          before.size() - line_start + 1};
}

// One strategy as it is written: of a service, of an operation, or the default.
struct Entry {
  const char* at = nullptr;  // in the text
  std::string_view name;     // service or operation
  std::string_view type;
  const char* type_at = nullptr;
  double param = 0;
  const char* param_at = nullptr;  // null: absent
  std::vector<Entry> operations;
};

class Decoder {
 public:
  Decoder(std::string_view text, Arena& arena, double default_probability)
      : text_(text), reader_(kFormat, text, arena), default_probability_(default_probability) {}

  Result<StrategyFile> run(simdjson::ondemand::document& root);

 private:
  bool read_file(Value value);
  bool read_entry(Value value, std::string_view name_key, Entry& entry);
  bool read_list(Value value, std::string_view name_key, std::vector<Entry>& entries);

  Result<void> build();
  Result<SamplingStrategy> service_strategy(const Entry& entry);
  Result<SamplingStrategy> own_strategy(const Entry& entry);
  Result<void> add_operations(const Entry& entry, PerOperationSampling& sampling);
  Result<void> inherit_operations(SamplingStrategy& strategy);
  Result<void> count_operations(std::size_t more);

  Error error_at(const char* at, std::string message) const {
    const Place place = place_of(text_, at);
    return invalid_argument(
        fmt::format("line {}, column {}: {}", place.line, place.column, message));
  }
  void warn(const char* at, std::string_view message) {
    if (file_.warnings.size() == kMaxWarnings) return;
    file_.warnings.push_back(fmt::format("line {}: {}", place_of(text_, at).line, message));
  }
  // False, and the reason with its place is kept.
  bool refuse(const char* at, std::string message) {
    if (!refused_) refused_ = error_at(at, std::move(message));
    return false;
  }
  Error syntax_error(simdjson::ondemand::document& root) const;

  static constexpr std::size_t kMaxWarnings = 100;

  std::string_view text_;
  json::Reader reader_;
  double default_probability_;
  std::optional<Entry> default_entry_;
  std::vector<Entry> service_entries_;
  std::optional<Error> refused_;
  std::size_t entries_ = 0;     // as written
  std::size_t operations_ = 0;  // merged
  StrategyFile file_;
};

bool Decoder::read_list(Value value, std::string_view name_key, std::vector<Entry>& entries) {
  const char* at = json::Reader::token(value).data();
  simdjson::ondemand::array array;
  const auto error = value.get_array().get(array);
  if (error == simdjson::INCORRECT_TYPE) return refuse(at, "must be a list");
  if (error) return reader_.fatal(error);
  return reader_.each_element(array, [&](Value element) {
    if (++entries_ > kMaxOperations) return refuse(at, "too many strategies");
    return read_entry(element, name_key, entries.emplace_back());
  });
}

bool Decoder::read_entry(Value value, std::string_view name_key, Entry& entry) {
  entry.at = json::Reader::token(value).data();
  simdjson::ondemand::object object;
  const auto error = value.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) return refuse(entry.at, "must be an object");
  if (error) return reader_.fatal(error);
  return reader_.each_member(object, [&](std::string_view name, Value member) {
    const char* at = json::Reader::token(member).data();
    if (name == "type") {
      entry.type_at = at;
      return reader_.string(member, entry.type) || refuse(at, "type must be a string");
    }
    if (name == "param") {
      entry.param_at = at;
      const auto number = member.get_double();
      if (number.error() == simdjson::SUCCESS) {
        entry.param = number.value_unsafe();
        return true;
      }
      return refuse(at, "param must be a number");
    }
    if (!name_key.empty() && name == name_key) {
      return reader_.string(member, entry.name) ||
             refuse(at, fmt::format("{} must be a string", name_key));
    }
    if (name == "operationStrategies" && name_key != "operation") {
      return read_list(member, "operation", entry.operations);
    }
    warn(at, fmt::format("'{}' is not known here and is ignored", name));
    return true;
  });
}

bool Decoder::read_file(Value value) {
  simdjson::ondemand::object object;
  const char* start = json::Reader::token(value).data();
  const auto error = value.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) return refuse(start, "the file must be one object");
  if (error) return reader_.fatal(error);
  return reader_.each_member(object, [&](std::string_view name, Value member) {
    if (name == "defaultStrategy") {
      return read_entry(member, {}, default_entry_.emplace());
    }
    if (name == "serviceStrategies") return read_list(member, "service", service_entries_);
    warn(json::Reader::token(member).data(),
         fmt::format("'{}' is not known here and is ignored", name));
    return true;
  });
}

// The parser's own words, and where it stood when it has a place.
Error Decoder::syntax_error(simdjson::ondemand::document& root) const {
  const Error error = reader_.error();
  const char* at = nullptr;
  if (root.current_location().get(at) != simdjson::SUCCESS || at == nullptr) return error;
  if (at < text_.data() || at > text_.data() + text_.size()) return error;
  return error_at(at, error.message);
}

Result<StrategyFile> Decoder::run(simdjson::ondemand::document& root) {
  const auto scalar = root.is_scalar();
  if (scalar.error() != simdjson::SUCCESS) {
    return invalid_argument(
        fmt::format("{}: {}", kFormat, simdjson::error_message(scalar.error())));
  }
  if (scalar.value_unsafe()) {
    const auto null = root.is_null();
    if (null.error() != simdjson::SUCCESS || !null.value_unsafe()) {
      return error_at(text_.data(), "the file must be one object");
    }
  } else {
    Value value;
    if (const auto error = root.get_value().get(value)) {
      return invalid_argument(fmt::format("{}: {}", kFormat, simdjson::error_message(error)));
    }
    if (!read_file(value)) return refused_ ? *refused_ : syntax_error(root);
    const char* at = nullptr;  // nowhere once all was read
    if (root.current_location().get(at) == simdjson::SUCCESS) {
      return error_at(at, "text after the end of the object");
    }
  }
  RETURN_IF_ERROR(build());
  return std::move(file_);
}

// A strategy without its operations.
Result<SamplingStrategy> Decoder::own_strategy(const Entry& entry) {
  if (entry.type_at == nullptr) {
    if (entry.param_at != nullptr) {
      warn(entry.at, fmt::format("no type: probability {} is used", default_probability_));
    }
    return SamplingStrategy::probabilistic(default_probability_);
  }
  const char* at = entry.param_at != nullptr ? entry.param_at : entry.at;
  if (entry.param_at == nullptr) warn(entry.at, "no param: 0 is used");
  if (entry.type == "probabilistic") {
    if (!(entry.param >= 0 && entry.param <= 1)) {
      return error_at(at,
                      fmt::format("a probability lies between 0 and 1, not at {}", entry.param));
    }
    return SamplingStrategy::probabilistic(entry.param);
  }
  if (entry.type == "ratelimiting") {
    if (!(entry.param >= 0 && entry.param <= std::numeric_limits<std::int32_t>::max())) {
      return error_at(at, fmt::format("not a number of traces per second: {}", entry.param));
    }
    if (entry.param != std::floor(entry.param)) {
      warn(at,
           fmt::format("traces per second are whole numbers: {} is used", std::floor(entry.param)));
    }
    return SamplingStrategy::rate_limiting(static_cast<std::int32_t>(entry.param));
  }
  return error_at(entry.type_at,
                  fmt::format("type must be probabilistic or ratelimiting, not '{}'", entry.type));
}

Result<void> Decoder::count_operations(std::size_t more) {
  operations_ += more;
  if (operations_ <= kMaxOperations) return {};
  return resource_exhausted(
      fmt::format("{}: more than {} operations over all services, with those "
                  "of the default strategy",
                  kFormat, kMaxOperations));
}

Result<void> Decoder::add_operations(const Entry& entry, PerOperationSampling& sampling) {
  RETURN_IF_ERROR(count_operations(entry.operations.size()));
  std::unordered_map<std::string_view, std::size_t> seen;
  for (const Entry& operation : entry.operations) {
    if (operation.name.empty()) return error_at(operation.at, "an operation needs a name");
    ASSIGN_OR_RETURN(const SamplingStrategy strategy, own_strategy(operation));
    if (strategy.type == SamplingType::kRateLimiting) {
      warn(operation.at, fmt::format("an operation can only be sampled by probability: '{}' is "
                                     "left to its service's default, {}",
                                     operation.name, sampling.default_probability));
      continue;
    }
    const auto [it, is_new] = seen.emplace(operation.name, sampling.operations.size());
    if (is_new) {
      sampling.operations.push_back({std::string(operation.name), strategy.probability});
    } else {
      warn(operation.at, fmt::format("operation '{}' again: this one counts", operation.name));
      sampling.operations[it->second].probability = strategy.probability;
    }
  }
  return {};
}

Result<SamplingStrategy> Decoder::service_strategy(const Entry& entry) {
  ASSIGN_OR_RETURN(SamplingStrategy strategy, own_strategy(entry));
  if (entry.operations.empty()) return strategy;
  PerOperationSampling& sampling = strategy.per_operation.emplace();
  sampling.default_probability =
      strategy.type == SamplingType::kProbabilistic ? strategy.probability : default_probability_;
  RETURN_IF_ERROR(add_operations(entry, sampling));
  return strategy;
}

// The default strategy's operations hold for every service that does not name them itself.
Result<void> Decoder::inherit_operations(SamplingStrategy& strategy) {
  if (!file_.default_strategy.per_operation) return {};
  const PerOperationSampling& inherited = *file_.default_strategy.per_operation;
  RETURN_IF_ERROR(count_operations(inherited.operations.size()));
  if (!strategy.per_operation) {
    strategy.per_operation = inherited;
    if (strategy.type == SamplingType::kProbabilistic) {
      strategy.per_operation->default_probability = strategy.probability;
    }
    return {};
  }
  std::vector<OperationSampling>& own = strategy.per_operation->operations;
  std::unordered_set<std::string> named;
  for (const OperationSampling& operation : own) named.insert(operation.operation);
  for (const OperationSampling& operation : inherited.operations) {
    if (!named.contains(operation.operation)) own.push_back(operation);
  }
  return {};
}

Result<void> Decoder::build() {
  file_.default_strategy = SamplingStrategy::probabilistic(default_probability_);
  if (default_entry_) {
    ASSIGN_OR_RETURN(file_.default_strategy, service_strategy(*default_entry_));
  }
  for (const Entry& entry : service_entries_) {
    if (entry.name.empty()) return error_at(entry.at, "a service needs a name");
    ASSIGN_OR_RETURN(SamplingStrategy strategy, service_strategy(entry));
    RETURN_IF_ERROR(inherit_operations(strategy));
    const auto [it, is_new] =
        file_.services.insert_or_assign(std::string(entry.name), std::move(strategy));
    if (!is_new) warn(entry.at, fmt::format("service '{}' again: this one counts", entry.name));
  }
  return {};
}

}  // namespace

Result<StrategyFile> decode_strategy_file(ByteView text, double default_probability) {
  if (text.size() > kMaxStrategyFileBytes) {
    return resource_exhausted(
        fmt::format("{}: more than {} bytes", kFormat, kMaxStrategyFileBytes));
  }
  Arena arena;
  ASSIGN_OR_RETURN(json::Document document, json::Document::parse(kFormat, text, arena));
  return Decoder(document.text(), arena, default_probability).run(document.root());
}

}  // namespace cairn::wire::sampling
