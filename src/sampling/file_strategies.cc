// SPDX-License-Identifier: Apache-2.0
#include "sampling/file_strategies.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/log.h"
#include "wire/sampling/strategy_file.h"

namespace cairn::sampling {
namespace {

using model::SamplingStrategy;

Result<std::string> read_whole(const std::string& path) {
  constexpr std::size_t kMost = wire::sampling::kMaxStrategyFileBytes + 1;
  // Anything else (a pipe, a terminal) may keep its reader waiting for ever.
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    return invalid_argument(fmt::format("open {}: not a file", path));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found(fmt::format("open {}: {}", path, std::strerror(errno)));
  std::string content(kMost, '\0');
  file.read(content.data(), static_cast<std::streamsize>(kMost));
  if (file.bad()) return unavailable(fmt::format("read {}: {}", path, std::strerror(errno)));
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

bool is_url(std::string_view path) {
  return path.starts_with("http://") || path.starts_with("https://");
}

}  // namespace

FileStrategies::FileStrategies(FileStrategiesOptions options, MetricsRegistry& metrics)
    : options_(std::move(options)),
      reloads_(metrics.counter("cairn_sampling_file_reloads_total",
                               "Changes of the sampling strategies file, by what became of them.",
                               {{"outcome", "loaded"}})),
      failures_(metrics.counter("cairn_sampling_file_reloads_total", {}, {{"outcome", "failed"}})),
      broken_(metrics.gauge("cairn_sampling_file_broken",
                            "1 while the sampling strategies file cannot be used.")) {
  auto made = std::make_shared<Loaded>();
  made->fallback = std::make_shared<const SamplingStrategy>(
      SamplingStrategy::probabilistic(options_.default_probability));
  loaded_ = std::move(made);
}

Result<std::unique_ptr<FileStrategies>> FileStrategies::open(FileStrategiesOptions options,
                                                             MetricsRegistry& metrics) {
  std::unique_ptr<FileStrategies> made(new FileStrategies(std::move(options), metrics));
  const std::string& path = made->options_.path;
  if (is_url(path)) {
    log_warn("sampling strategies are not fetched from an URL: every service gets the default",
             {{"url", path}});
    return made;
  }
  if (path.empty()) return made;
  ASSIGN_OR_RETURN(made->content_, read_whole(path));
  RETURN_IF_ERROR(made->load(made->content_));
  return made;
}

Result<void> FileStrategies::load(const std::string& content) {
  auto decoded =
      wire::sampling::decode_strategy_file(as_bytes(content), options_.default_probability);
  if (!decoded) return annotate(decoded.error(), options_.path);
  for (const std::string& warning : decoded->warnings) {
    log_warn("sampling strategies", {{"file", options_.path}, {"warning", warning}});
  }
  auto fresh = std::make_shared<Loaded>();
  fresh->fallback = std::make_shared<const SamplingStrategy>(std::move(decoded->default_strategy));
  for (auto& [service, strategy] : decoded->services) {
    fresh->services.emplace(service, std::make_shared<const SamplingStrategy>(std::move(strategy)));
  }
  log_info("sampling strategies loaded",
           {{"file", options_.path}, {"services", std::to_string(fresh->services.size())}});
  const MutexLock lock(mutex_);
  loaded_ = std::move(fresh);
  return {};
}

void FileStrategies::reload() {
  if (options_.path.empty() || is_url(options_.path)) return;
  auto content = read_whole(options_.path);
  const std::string& seen = content ? *content : content.error().message;
  if (seen == content_) return;
  content_ = seen;
  const Result<void> outcome = content ? load(content_) : Result<void>(content.error());
  broken_.set(outcome ? 0 : 1);
  (outcome ? reloads_ : failures_).add();
  if (!outcome) {
    log_warn("sampling strategies not taken over: those from before still hold",
             {{"error", outcome.error().message}});
  }
}

std::shared_ptr<const FileStrategies::Loaded> FileStrategies::loaded() const {
  const MutexLock lock(mutex_);
  return loaded_;
}

std::shared_ptr<const SamplingStrategy> FileStrategies::own_strategy_of(
    std::string_view service) const {
  const auto now = loaded();
  const auto found = now->services.find(service);
  return found == now->services.end() ? nullptr : found->second;
}

std::shared_ptr<const SamplingStrategy> FileStrategies::strategy_for(std::string_view service) {
  const auto now = loaded();
  const auto found = now->services.find(service);
  return found == now->services.end() ? now->fallback : found->second;
}

}  // namespace cairn::sampling
