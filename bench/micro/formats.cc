// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/formats.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>

#include "base/mutex.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/thrift.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kRequestsAtOnce = 20;

using BatchPointer = std::shared_ptr<model::Batch>;
using Messages = std::vector<PinnedBytes>;

WireFormat zipkin(std::string_view name, wire::zipkin::Format format) {
  return {name,
          [format](const model::Batch& batch) {
            return std::vector{wire::zipkin::encode(format, batch)};
          },
          [format](ByteView body, model::Batch& batch) {
            return wire::zipkin::decode(format, body, batch);
          }};
}

// Answers that are still to come. Thread rule: any thread.
class Pending {
 public:
  void add() {
    const MutexLock lock(mutex_);
    ++count_;
  }
  void answered(const Result<storage::WriteOutcome>& outcome) {
    const MutexLock lock(mutex_);
    --count_;
    if (outcome) {
      accepted_ += outcome->accepted;
    } else if (!error_) {
      error_ = outcome.error();
    }
    changed_.notify_all();
  }
  // All spans accepted so far.
  Result<std::uint64_t> wait_for_all() {
    const MutexLock lock(mutex_);
    while (count_ > 0) changed_.wait(mutex_);
    if (error_) return *error_;
    return accepted_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

class FormatRun {
 public:
  FormatRun(const WireFormat& format, storage::TraceStore& store, const WorkloadOptions& options)
      : format_(format), store_(store), workload_(options) {}

  Result<FormatCost> run() {
    while (prepare()) {
      cost_.whole.start();
      for (const Messages& request : prepared_) RETURN_IF_ERROR(write(request));
      ASSIGN_OR_RETURN(const std::uint64_t accepted, pending_.wait_for_all());
      cost_.whole.stop();
      if (accepted != cost_.spans || cost_.spans != made_) {
        return internal_error("spans were lost: " + std::string(format_.name));
      }
    }
    return cost_;
  }

 private:
  bool prepare() {
    prepared_.clear();
    model::Batch batch;
    while (prepared_.size() < kRequestsAtOnce && workload_.next(batch)) {
      made_ += batch.spans.size();
      Messages& request = prepared_.emplace_back();
      for (std::string& message : format_.encode(batch)) {
        cost_.bytes += message.size();
        request.push_back(PinnedBytes::own(std::move(message)));
      }
    }
    return !prepared_.empty();
  }

  Result<void> write(const Messages& request) {
    const BatchPointer batch = free_batch();
    const Duration begin = thread_cpu();
    for (const PinnedBytes& message : request) {
      batch->pin(message);
      ASSIGN_OR_RETURN(const model::Rejections rejected, format_.decode(message.view, *batch));
      if (rejected.any()) return internal_error("the workload has bad spans");
    }
    const Duration decoded = thread_cpu();
    cost_.spans += batch->spans.size();
    pending_.add();
    store_.writer().write({}, batch, [this, batch](const Result<storage::WriteOutcome>& outcome) {
      pending_.answered(outcome);
    });
    cost_.decode_cpu += decoded - begin;
    cost_.append_cpu += thread_cpu() - decoded;
    return {};
  }

  // A batch that the store has let go of: its memory is used again.
  BatchPointer free_batch() {
    const auto free = std::ranges::find(batches_, 1, &BatchPointer::use_count);
    if (free == batches_.end()) return batches_.emplace_back(std::make_shared<model::Batch>());
    std::atomic_thread_fence(std::memory_order_acquire);  // use_count() promises no order
    (*free)->clear();
    return *free;
  }

  const WireFormat& format_;
  storage::TraceStore& store_;
  Workload workload_;
  FormatCost cost_;
  Pending pending_;
  std::uint64_t made_ = 0;
  std::vector<Messages> prepared_;
  std::vector<BatchPointer> batches_;
};

}  // namespace

std::vector<WireFormat> all_formats() {
  using wire::jaeger::ThriftProtocol;
  using wire::zipkin::Format;
  return {
      {"OTLP protobuf",
       [](const model::Batch& batch) {
         std::vector<std::string> one(1);
         wire::otlp::encode_traces(batch, one.front());
         return one;
       },
       wire::otlp::decode_traces},
      {"OTLP JSON",
       [](const model::Batch& batch) {
         std::vector<std::string> one(1);
         wire::otlp::encode_traces_json(batch, one.front());
         return one;
       },
       wire::otlp::decode_traces_json},
      {"Jaeger Thrift compact",
       [](const model::Batch& batch) {
         return wire::jaeger::encode_agent_messages(ThriftProtocol::kCompact, batch);
       },
       wire::jaeger::decode_agent_message},
      {"Jaeger Thrift binary",
       [](const model::Batch& batch) {
         return wire::jaeger::encode_thrift_batches(ThriftProtocol::kBinary, batch);
       },
       wire::jaeger::decode_thrift_batch},
      {"Jaeger protobuf",
       [](const model::Batch& batch) {
         return std::vector{wire::jaeger::encode_post_spans(batch)};
       },
       wire::jaeger::decode_post_spans},
      zipkin("Zipkin JSON v2", Format::kJsonV2),
      zipkin("Zipkin protobuf", Format::kProtobuf),
      zipkin("Zipkin JSON v1", Format::kJsonV1),
      zipkin("Zipkin Thrift", Format::kThrift),
  };
}

Result<FormatCost> measure_format(const WireFormat& format, storage::TraceStore& store,
                                  const WorkloadOptions& options) {
  return FormatRun(format, store, options).run();
}

}  // namespace cairn::bench
