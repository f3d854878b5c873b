// SPDX-License-Identifier: Apache-2.0
//
// The C++ service beside go-zero's: it is asked over HTTP, gRPC or Kafka which stops are left, and
// asks the next one. Usage:
//   interop_services <configuration> <go-zero's http://host:port> <its zrpc host:port>
//                    [<Kafka broker> <topic to read> <topic to write>]
// Prints its ports as one line of JSON when it is ready; runs until SIGTERM.
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <cairn/telemetry.h>

#include "grpc.h"
#include "http.h"
#include "kafka.h"
#include "stop.h"

// Where nobody listens.
constexpr char kNobody[] = "127.0.0.1:1";

int main(int argc, char** argv) {
  if (argc != 4 && argc != 7) return 2;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are threads: sigwait takes it
  const auto started = cairn::telemetry::start_from_file(argv[1]);
  if (!started || !started.warnings.empty()) {
    std::fprintf(stderr, "not as configured: %s\n", started.error.c_str());
    return 1;
  }
  {
    interop::Stop stop;
    stop.add("http-go", interop::get_by_httplib(argv[2]));
    stop.add("curl-go", interop::get_by_curl(argv[2]));
    stop.add("grpc-go", interop::reserve_at(argv[3]));
    stop.add("stream-go", interop::watch_at(argv[3]));
    stop.add("http-nobody", interop::get_by_httplib(std::string("http://") + kNobody));
    stop.add("curl-nobody", interop::get_by_curl(std::string("http://") + kNobody));
    stop.add("grpc-nobody", interop::reserve_at(kNobody));
    if (argc == 7) stop.add("kafka-go", interop::produce_to(argv[4], argv[6]));

    const interop::HttpStop http(stop);
    const interop::GrpcStop grpc(stop);
    std::optional<interop::KafkaStop> kafka;
    if (argc == 7) kafka.emplace(stop, argv[4], argv[5]);
    std::printf("{\"http\": %d, \"grpc\": %d}\n", http.port(), grpc.port());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
  }
  return cairn::telemetry::stop() == cairn::trace::FlushResult::kOk ? 0 : 1;
}
