// SPDX-License-Identifier: Apache-2.0
//
// The ways to send what Apache Thrift's library has written: as a datagram in each of its framings,
// and as the body of a POST by its own HTTP client.
// Thread rule: any thread.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <thrift/protocol/TProtocol.h>

namespace cairn::interop {

enum class Framing { kCompact, kBinaryStrict, kBinaryOld };

using ProtocolPtr = std::shared_ptr<apache::thrift::protocol::TProtocol>;
using Write = std::function<void(const ProtocolPtr& protocol)>;

// What `write` makes of a protocol of that framing.
std::string written(Framing framing, const Write& write);
// Sends to "127.0.0.1:PORT".
void send_datagram(const std::string& address, const std::string& bytes);
// POSTs what `write` writes in the binary protocol; the status line that came back.
std::string post(const std::string& address, const std::string& path, const Write& write);

// How one message goes to the agent.
struct Way {
  std::string port;
  Framing framing;
  bool is_call;  // as Go's client says, instead of oneway
};
std::vector<Way> every_way();
std::ostream& operator<<(std::ostream& out, const Way& way);

}  // namespace cairn::interop
