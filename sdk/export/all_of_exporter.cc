// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include <cairn/export/exporters.h>

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;

// Knows a batch again. Its memory may be used for another one after the recorder gave it up, so
// addresses are not enough: a span begins with its ids, which are random.
class BatchMark {
 public:
  BatchMark() = default;
  explicit BatchMark(const SpanBatch& batch)
      : spans_(batch.span_count), bytes_(batch.byte_count), first_(beginning(batch)) {}
  friend bool operator==(const BatchMark& a, const BatchMark& b) {
    return a.spans_ == b.spans_ && a.bytes_ == b.bytes_ && a.first_ == b.first_;
  }

 private:
  static std::string beginning(const SpanBatch& batch) {
    constexpr std::size_t kEnough = 64;  // of a tag, a length, a trace id and a span id
    for (const ScopeSpans& scope : batch.scopes) {
      for (const SpanBytes& spans : scope.spans) {
        if (spans.size == 0) continue;
        return {reinterpret_cast<const char*>(spans.data), std::min(spans.size, kEnough)};
      }
    }
    return {};
  }

  std::size_t spans_ = 0, bytes_ = 0;
  std::string first_;
};

// How far the members are with one batch. In one piece, to be left behind in the child of a fork().
struct Round {
  explicit Round(std::size_t members) : results(members), in_trouble(members, false) {}
  BatchMark mark;
  bool unfinished = false;            // mark's batch is to be tried again
  std::vector<ExportResult> results;  // kRetry: has not taken it
  std::vector<bool> in_trouble;
};

class AllOfExporter final : public SpanExporter {
 public:
  explicit AllOfExporter(std::vector<SpanExporterPtr> members)
      : members_(std::move(members)), round_(std::make_unique<Round>(members_.size())) {}

  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    try {
      return send(batch, deadline);
    } catch (...) {
      return {};  // no memory, not even for a message
    }
  }
  void interrupt() noexcept override {
    for (const SpanExporterPtr& member : members_) member->interrupt();
  }
  void after_fork_in_child() noexcept override {
    (void)round_.release();
    round_ = std::make_unique<Round>(members_.size());
    for (const SpanExporterPtr& member : members_) member->after_fork_in_child();
  }
  std::string description() const override {
    std::string text = "all of ";
    for (const SpanExporterPtr& member : members_) {
      if (member != members_.front()) text += ", ";
      text += member->description();
    }
    return text;
  }

 private:
  ExportResult send(const SpanBatch& batch, const ExportDeadline& deadline) {
    BatchMark mark(batch);
    if (!round_->unfinished || !(mark == round_->mark)) {
      for (ExportResult& result : round_->results) result.code = Code::kRetry;
      round_->mark = std::move(mark);
    }
    for (const std::size_t i : order()) {
      ExportResult& result = round_->results[i];
      if (result.code != Code::kRetry) continue;
      result = members_[i]->export_batch(batch, deadline);
      round_->in_trouble[i] = result.code == Code::kRetry;
    }
    ExportResult out = outcome();
    round_->unfinished = out.code == Code::kRetry;
    return out;
  }

  // Whoever could not be reached the last time comes last: it may use up the time of all.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> order;
    for (const bool in_trouble : {false, true}) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (round_->in_trouble[i] == in_trouble) order.push_back(i);
      }
    }
    return order;
  }

  // Retried while one may still take it; then failed when one refused it.
  ExportResult outcome() const {
    ExportResult out;
    out.code = Code::kSent;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const ExportResult& one = round_->results[i];
      if (one.code == Code::kRetry || out.code == Code::kSent) out.code = one.code;
      if (one.code == Code::kRetry) out.retry_after = std::max(out.retry_after, one.retry_after);
      if (one.code == Code::kSent) out.rejected = std::max(out.rejected, one.rejected);
      if (one.message.empty()) continue;
      if (!out.message.empty()) out.message += "; ";
      out.message += members_[i]->description() + ": " + one.message;
    }
    if (out.code != Code::kSent) out.rejected = 0;
    return out;
  }

  const std::vector<SpanExporterPtr> members_;
  std::unique_ptr<Round> round_;
};

}  // namespace

SpanExporterPtr all_of(std::vector<SpanExporterPtr> exporters) {
  exporters.erase(std::remove(exporters.begin(), exporters.end(), nullptr), exporters.end());
  if (exporters.empty()) return nullptr;
  if (exporters.size() == 1) return exporters.front();
  return std::make_shared<AllOfExporter>(std::move(exporters));
}

}  // namespace cairn::trace
