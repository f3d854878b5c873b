// SPDX-License-Identifier: Apache-2.0
//
// Strategies that people wrote into a file, read again when it changes.
// A new content that is broken changes nothing: the last good one holds, a warning says where the
// file is wrong, and cairn_sampling_file_broken is 1 until it is mended.
// Source: wire/sampling/strategy_file.h; docs/operations/sampling.md.
#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "base/mutex.h"
#include "base/result.h"
#include "sampling/strategy_provider.h"
#include "sampling/text_map.h"

namespace cairn::sampling {

struct FileStrategiesOptions {
  std::string path;                // empty: no file, everybody gets the default
  double default_probability = 1;  // where the file says nothing
};

// Thread rule: any thread; reload() by one at a time.
class FileStrategies final : public StrategyProvider {
 public:
  // Errors: of a path that cannot be read, or whose content is broken: kInvalidArgument,
  // "<path>: line 4, column 9: …". A path that is an URL is not fetched: a warning, and defaults.
  static Result<std::unique_ptr<FileStrategies>> open(FileStrategiesOptions options,
                                                      MetricsRegistry& metrics);

  std::shared_ptr<const model::SamplingStrategy> strategy_for(std::string_view service) override;
  // The strategy that the file gives to that very service; null when it names it not.
  std::shared_ptr<const model::SamplingStrategy> own_strategy_of(std::string_view service) const;

  // Looks at the file and takes over what changed.
  void reload();

 private:
  struct Loaded {
    std::shared_ptr<const model::SamplingStrategy> fallback;
    TextMap<std::shared_ptr<const model::SamplingStrategy>> services;
  };

  FileStrategies(FileStrategiesOptions options, MetricsRegistry& metrics);
  Result<void> load(const std::string& content);
  std::shared_ptr<const Loaded> loaded() const;

  const FileStrategiesOptions options_;
  Counter& reloads_;
  Counter& failures_;
  Gauge& broken_;
  std::string content_;  // as last looked at, good or broken; or the error that kept it unread
  mutable Mutex mutex_;
  std::shared_ptr<const Loaded> loaded_ GUARDED_BY(mutex_);
};

}  // namespace cairn::sampling
