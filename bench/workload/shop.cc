// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/shop.h"

#include <array>
#include <span>

namespace cairn::bench {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using Attribute = model::Attribute;

// The shop looks the same for every seed: only the visits differ.
constexpr std::uint64_t kShopSeed = 7;
constexpr std::size_t kUsers = 20'000;
constexpr std::size_t kSessions = 8'000;
constexpr int kUserAgents = 120;
constexpr std::size_t kServices = 12;

constexpr std::array<ServiceInfo, kServices> kServiceTable = {{
    {"frontend-proxy", "cpp", microseconds(1), 2},
    {"frontend", "nodejs", nanoseconds(1), 3},
    {"product-catalog", "go", nanoseconds(1), 3},
    {"cart", "dotnet", nanoseconds(100), 3},
    {"checkout", "go", nanoseconds(1), 3},
    {"payment", "nodejs", nanoseconds(1), 3},
    {"currency", "cpp", nanoseconds(1), 3},
    {"shipping", "rust", nanoseconds(1), 3},
    {"email", "ruby", nanoseconds(1), 3},
    {"recommendation", "python", nanoseconds(1), 3},
    {"ad", "java", microseconds(1), 3},
    {"accounting", "dotnet", nanoseconds(100), 3},
}};

constexpr std::array<LibraryInfo, kLibraries> kLibraryTable = {{
    {"envoy", "1.32.0"},
    {"@opentelemetry/instrumentation-http", "0.57.2"},
    {"@opentelemetry/instrumentation-grpc", "0.57.2"},
    {"next.js", "0.0.1"},
    {"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc", "0.60.0"},
    {"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "0.60.0"},
    {"github.com/XSAM/otelsql", "0.38.0"},
    {"checkout-kafka", "2.1.0"},
    {"Microsoft.AspNetCore", "8.0.0"},
    {"OpenTelemetry.Instrumentation.StackExchangeRedis", "1.11.0"},
    {"Npgsql", "9.0.2"},
    {"Accounting.Consumer", "2.1.0"},
    {"io.opentelemetry.grpc-1.6", "2.14.0-alpha"},
    {"opentelemetry.instrumentation.grpc", "0.51b0"},
    {"tonic-tracing-opentelemetry", "0.24"},
    {"OpenTelemetry::Instrumentation::Sinatra", "0.25.0"},
    {"currency", "2.1.0"},
    {"checkout.app", "2.1.0"},
    {"payment.app", "2.1.0"},
    {"email.app", "2.1.0"},
    {"recommendation.app", "2.1.0"},
    {"ad.app", "2.1.0"},
}};

std::string user_agent(int i) {
  static constexpr std::array<std::string_view, 3> kSystems = {
      "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"};
  return "Mozilla/5.0 (" + std::string(kSystems[static_cast<std::size_t>(i % 3)]) +
         ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + std::to_string(110 + i / 3) +
         ".0.0.0 Safari/537.36";
}

std::string product_id(Random& random) {
  std::string id;
  for (int i = 0; i < 10; ++i) id += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[random.below(36)];
  return id;
}

}  // namespace

const ServiceInfo& info(Service service) {
  return kServiceTable[static_cast<std::size_t>(service)];
}

const LibraryInfo& info(Library library) {
  return kLibraryTable[static_cast<std::size_t>(library)];
}

Shop::Shop(std::size_t products) {
  Random random(kShopSeed);
  for (std::size_t i = 0; i < kServices; ++i) open_service(static_cast<Service>(i), random);
  for (std::size_t i = 0; i < kUsers; ++i) users_.push_back(random.uuid());
  for (std::size_t i = 0; i < kSessions; ++i) sessions_.push_back(random.uuid());
  for (int i = 0; i < kUserAgents; ++i) user_agents_.push_back(user_agent(i));
  for (std::size_t i = 0; i < products; ++i) {
    products_.push_back({product_id(random), "Telescope model " + std::to_string(i)});
  }
}

void Shop::open_service(Service service, Random& random) {
  // One draw per statement: C++ leaves the order of operands to the compiler.
  const std::string replica_set = random.hex(9);
  for (int i = 0; i < info(service).pods; ++i) {
    Pod pod;
    pod.service = service;
    pod.index = static_cast<std::uint32_t>(pods_.size());
    pod.name = std::string(info(service).name) + '-' + replica_set + '-' + random.hex(5);
    pod.ip = "10.244." + std::to_string(random.below(6));
    pod.ip += '.' + std::to_string(2 + random.below(250));
    pod.flush_phase = microseconds(random.below(1'000'000));
    const std::vector<Attribute> attributes = describe(pod, random);
    pod.resource_attributes = arena_.copy(std::span<const Attribute>(attributes));
    pods_.push_back(std::move(pod));
  }
}

std::vector<Attribute> Shop::describe(const Pod& pod, Random& random) {
  const ServiceInfo& service = info(pod.service);
  const auto text = [this](std::string_view key, std::string_view value) {
    return Attribute{key, model::AnyValue::string(arena_.copy(value))};
  };
  const auto digit = [&random](std::uint64_t n) { return std::to_string(random.below(n)); };
  std::string node = "ip-10-0-" + digit(4);
  node += '-' + digit(250) + ".eu-west-1.compute.internal";
  const auto minor = std::to_string(static_cast<int>(pod.service) % 4);
  return {
      text("service.name", service.name),
      text("service.namespace", "shop"),
      text("service.version", "2.1." + minor),
      text("service.instance.id", random.uuid()),
      text("deployment.environment.name", "production"),
      text("host.name", pod.name),
      text("k8s.cluster.name", "prod-eu1"),
      text("k8s.namespace.name", "shop"),
      text("k8s.deployment.name", service.name),
      text("k8s.pod.name", pod.name),
      text("k8s.pod.uid", random.uuid()),
      text("k8s.pod.ip", pod.ip),
      text("k8s.node.name", node),
      text("k8s.container.name", service.name),
      text("k8s.pod.start_time", "2025-10-0" + std::to_string(1 + random.below(8)) + "T08:12:22Z"),
      text("cloud.provider", "aws"),
      text("cloud.region", "eu-west-1"),
      text("cloud.availability_zone", "eu-west-1" + std::string(1, "abc"[random.below(3)])),
      text("os.type", "linux"),
      text("telemetry.sdk.language", service.language),
      text("telemetry.sdk.name", "opentelemetry"),
      text("telemetry.sdk.version", "1.3" + minor + ".0"),
      {"process.pid", model::AnyValue::integer(1 + static_cast<std::int64_t>(random.below(30)))},
      text("container.id", random.hex(64)),
  };
}

const Pod& Shop::any_pod(Service service, Random& random) const {
  std::size_t first = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(service); ++i) {
    first += static_cast<std::size_t>(kServiceTable[i].pods);
  }
  return pods_[first + random.below(static_cast<std::uint64_t>(info(service).pods))];
}

const Product& Shop::popular_product(Random& random) const {
  return products_[random.skewed(products_.size())];
}
const std::string& Shop::popular_user(Random& random) const {
  return users_[random.skewed(users_.size())];
}
const std::string& Shop::session(Random& random) const {
  return sessions_[random.below(sessions_.size())];
}
const std::string& Shop::popular_user_agent(Random& random) const {
  return user_agents_[random.skewed(user_agents_.size())];
}

}  // namespace cairn::bench
