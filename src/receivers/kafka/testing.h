// SPDX-License-Identifier: Apache-2.0
//
// For tests: messages of one span in every encoding, and a store that does what it is told.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "ingest/ingest.h"
#include "model/testing.h"
#include "receivers/kafka/encoding.h"
#include "wire/jaeger/protobuf.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::receivers::kafka {

inline constexpr Encoding kTestEncodings[] = {
    Encoding::kOtlpProto,   Encoding::kOtlpJson,   Encoding::kJaegerProto, Encoding::kJaegerJson,
    Encoding::kZipkinProto, Encoding::kZipkinJson, Encoding::kZipkinThrift};

inline std::string test_span_hex(int number) {
  return fmt::format("{:016x}", number + 1);
}
inline model::SpanId test_span_id(int number) {
  return model::span_id(test_span_hex(number));
}

// A message of one span of the service "cart", known by its number.
inline std::string test_message(Encoding encoding, int number) {
  model::TestBatch t;
  t.resource("cart").span("4bf92f3577b34da6a3ce929d0e0e4736", test_span_hex(number), "get");
  std::string text;
  switch (encoding) {
    case Encoding::kOtlpJson:
      wire::otlp::encode_traces_json(t.batch(), text);
      return text;
    case Encoding::kJaegerProto:
      return wire::jaeger::encode_span(t.batch(), t.last());
    case Encoding::kJaegerJson:
      return fmt::format(
          R"({{"traceId":"{}","spanId":"{}","operationName":"get",)"
          R"("startTime":"2023-11-14T22:13:20Z","duration":"0.001s","process":{{"serviceName":"cart"}}}})",
          to_base64(t.last().trace_id.bytes), to_base64(t.last().span_id.bytes));
    case Encoding::kZipkinProto:
      return wire::zipkin::encode(wire::zipkin::Format::kProtobuf, t.batch());
    case Encoding::kZipkinJson:
      return wire::zipkin::encode(wire::zipkin::Format::kJsonV2, t.batch());
    case Encoding::kZipkinThrift:
      return wire::zipkin::encode(wire::zipkin::Format::kThrift, t.batch());
    default:
      wire::otlp::encode_traces(t.batch(), text);
      return text;
  }
}

// Thread rule: every method may be called from any thread.
class FakeStore final : public storage::TraceWriter {
 public:
  // Asked for each batch: an Error refuses it.
  using Judge = std::function<std::optional<Error>(const model::Batch&)>;

  void write(const model::TenantId&, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override {
    std::optional<Error> refusal;
    {
      const std::lock_guard lock(mutex_);
      ++writes_;
      if (judge_) refusal = judge_(*batch);
      if (!refusal && holds_) {
        held_.emplace_back(std::move(batch), std::move(done));
        most_held_ = std::max(most_held_, held_.size());
        changed_.notify_all();
        return;
      }
      if (!refusal) keep(*batch);
    }
    changed_.notify_all();
    if (refusal) return done(*refusal);
    done(storage::WriteOutcome{batch->spans.size(), {}});
  }

  void judge(Judge judge) {
    const std::lock_guard lock(mutex_);
    judge_ = std::move(judge);
  }
  // From now on answers wait for answer().
  void hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
  }
  // Answers the held write of that number.
  void answer(std::size_t index) {
    std::unique_lock lock(mutex_);
    auto [batch, done] = std::move(held_[index]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
    keep(*batch);
    lock.unlock();
    changed_.notify_all();
    done(storage::WriteOutcome{batch->spans.size(), {}});
  }
  // Answers all that is held and holds nothing more.
  void release() {
    std::unique_lock lock(mutex_);
    holds_ = false;
    while (!held_.empty()) {
      lock.unlock();
      answer(0);
      lock.lock();
    }
  }

  // Waits until so many different spans are stored; false after a minute.
  [[nodiscard]] bool wait_for_spans(std::size_t count) {
    return wait([&] { return spans_.size() >= count; });
  }
  [[nodiscard]] bool wait_for_held(std::size_t count) {
    return wait([&] { return held_.size() >= count; });
  }
  [[nodiscard]] bool wait_for_writes(std::size_t count) {
    return wait([&] { return writes_ >= count; });
  }
  std::set<model::SpanId> spans() {
    const std::lock_guard lock(mutex_);
    return spans_;
  }
  std::size_t most_held() {
    const std::lock_guard lock(mutex_);
    return most_held_;
  }

 private:
  void keep(const model::Batch& batch) {
    for (const model::Span& span : batch.spans) spans_.insert(span.span_id);
  }
  template <typename Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Judge judge_;
  bool holds_ = false;
  std::vector<std::pair<std::shared_ptr<const model::Batch>, storage::WriteDone>> held_;
  std::size_t most_held_ = 0;
  std::size_t writes_ = 0;
  std::set<model::SpanId> spans_;
};

}  // namespace cairn::receivers::kafka
