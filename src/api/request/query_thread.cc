// SPDX-License-Identifier: Apache-2.0
#include "api/request/query_thread.h"

namespace cairn::api::request {
namespace {

struct Call {
  net::Request request;
  net::Responder responder;
};

}  // namespace

net::Handler on_query_thread(WorkerPool& pool, Work work, Refuse refuse) {
  return [&pool, work = std::move(work), refuse = std::move(refuse)](net::Request request,
                                                                     net::Responder responder) {
    // Shared, since a job must be copyable, and since a refused job must still be answered.
    auto call = std::make_shared<Call>(Call{std::move(request), std::move(responder)});
    const bool taken = pool.submit([call, work, refuse] {
      if (call->request.deadline.passed()) {
        refuse(std::move(call->responder), deadline_exceeded("the query waited for its turn"));
      } else {
        work(call->request, std::move(call->responder));
      }
    });
    if (!taken) {
      refuse(std::move(call->responder), unavailable("too many queries are waiting; try again"));
    }
  };
}

}  // namespace cairn::api::request
