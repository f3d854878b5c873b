// SPDX-License-Identifier: Apache-2.0
//
// What an OTLP exporter is told, by transport and encoding.
// Source: OTLP specification, "OTLP/gRPC Response", "OTLP/HTTP Response", "Partial Success",
// "Throttling".
#pragma once

#include "base/result.h"
#include "ingest/ingest.h"
#include "net/http/message.h"

namespace cairn::receivers::otlp {

enum class ReplyForm { kGrpc, kHttpProtobuf, kHttpJson };

// Success, full or partial: an Error of the store asks the client to retry when that can help
// (429/RESOURCE_EXHAUSTED and 503/UNAVAILABLE carry a retry hint).
net::Response export_reply(ReplyForm form, const Result<ingest::Outcome>& outcome);

// A refusal of the whole request.
net::Response export_refusal(ReplyForm form, const Error& error);

}  // namespace cairn::receivers::otlp
