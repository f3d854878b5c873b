// SPDX-License-Identifier: Apache-2.0
#include "net/connection/exchange.h"

#include "net/connection/stream_gate.h"
#include "net/http/compress.h"
#include "net/http/dispatch.h"

namespace cairn::net {
namespace {

// Answers smaller than this are not worth a receipt.
constexpr std::size_t kChargedBytes = 4_KiB;
// Larger whole answers are only sent when the budget has room for them.
constexpr std::size_t kRefusableBytes = 1_MiB;

// The same bytes, charged to the budget until they were sent; nullopt when there is no room.
std::optional<PinnedBytes> charged(PinnedBytes bytes, std::shared_ptr<ByteBudget> budget) {
  if (bytes.size() < kChargedBytes) return bytes;
  struct Held {
    PinnedBytes bytes;
    ByteLease lease;
  };
  const ByteView view = bytes.view;
  auto held = std::make_shared<Held>(Held{std::move(bytes), ByteLease(std::move(budget))});
  if (view.size() <= kRefusableBytes) {
    held->lease.add(view.size());
  } else if (!held->lease.try_add(view.size())) {
    return std::nullopt;
  }
  return PinnedBytes{std::move(held), view};
}

class ConnectionStream final : public ResponseStream {
 public:
  ConnectionStream(std::shared_ptr<Mailbox> mailbox, RequestId id, TimePoint until,
                   std::shared_ptr<StreamGate> gate)
      : mailbox_(std::move(mailbox)), id_(id), until_(until), gate_(std::move(gate)) {}

  ~ConnectionStream() override {
    if (finished_) return;
    mailbox_->post([id = id_](Session& session) { session.cancel_stream(id); });
  }

  bool write(PinnedBytes message) override {
    if (!gate_->enter(message.size(), until_)) {
      refused_ = true;
      return false;
    }
    return mailbox_->post([id = id_, piece = gate_->wrap(std::move(message))](Session& session) {
      session.stream_piece(id, piece);
    });
  }

  void finish(Result<void> outcome) override {
    if (finished_) return;
    finished_ = true;
    // What its producer takes for the end may be the middle: the client must notice.
    if (refused_ && outcome) outcome = deadline_exceeded("the streamed answer took too long");
    mailbox_->post([id = id_, outcome = std::move(outcome)](Session& session) {
      session.end_stream(id, outcome);
    });
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  const RequestId id_;
  const TimePoint until_;
  const std::shared_ptr<StreamGate> gate_;
  bool refused_ = false;  // a message was, because the time is up or nobody reads
  bool finished_ = false;
};

class Exchange final : public Responder::Channel {
 public:
  Exchange(std::shared_ptr<Mailbox> mailbox, std::shared_ptr<ByteBudget> budget,
           ExchangeOptions options)
      : mailbox_(std::move(mailbox)), budget_(std::move(budget)), options_(std::move(options)) {}

  void send(Response response) override {
    if (options_.compress && !options_.grpc) compress_if_useful(response);
    if (auto body = charged(std::move(response.body), budget_)) {
      response.body = *std::move(body);
    } else {
      response = busy();
    }
    finish_head(response);
    mailbox_->run_or_post(
        [id = options_.id, response = std::move(response)](Session& session) mutable {
          session.answer(id, std::move(response));
        });
  }

  std::unique_ptr<ResponseStream> start_stream(Response head) override {
    finish_head(head);
    auto gate = std::make_shared<StreamGate>(options_.stream_buffer_bytes, budget_);
    auto stream =
        std::make_unique<ConnectionStream>(mailbox_, options_.id, options_.stream_until, gate);
    // Posted, never run at once: the pieces behind it go the same way and must not overtake it.
    const bool posted =
        mailbox_->post([id = options_.id, head = std::move(head), gate](Session& session) mutable {
          session.start_stream(id, std::move(head), std::move(gate));
        });
    if (!posted) gate->shut();
    return stream;
  }

 private:
  Response busy() const {
    if (!options_.grpc) return refuse_busy().response;
    return Response::failure(unavailable("the server holds too many bytes, try again"));
  }

  void finish_head(Response& response) const {
    if (options_.grpc) return;
    for (const auto& [name, value] : options_.extra_headers) response.headers.add(name, value);
  }

  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<ByteBudget> budget_;
  const ExchangeOptions options_;
};

}  // namespace

Responder make_responder(std::shared_ptr<Mailbox> mailbox, std::shared_ptr<ByteBudget> budget,
                         ExchangeOptions options) {
  return Responder(
      std::make_unique<Exchange>(std::move(mailbox), std::move(budget), std::move(options)));
}

}  // namespace cairn::net
