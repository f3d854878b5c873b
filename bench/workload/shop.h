// SPDX-License-Identifier: Apache-2.0
//
// The online shop that the workload pretends to watch: its services, their pods, the libraries that
// make the spans, its goods and its visitors.
//
//   browser ─► frontend-proxy ─► frontend ─► product-catalog ─► postgres
//                                         ├► cart ─► redis     ├► currency, ad, recommendation
//                                         └► checkout ─► payment, shipping, email, kafka ─►
//                                         accounting
//
// Thread rule: immutable once made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/clock.h"
#include "bench/workload/random.h"
#include "model/attribute.h"

namespace cairn::bench {

enum class Service : std::uint8_t {
  kFrontendProxy,
  kFrontend,
  kProductCatalog,
  kCart,
  kCheckout,
  kPayment,
  kCurrency,
  kShipping,
  kEmail,
  kRecommendation,
  kAd,
  kAccounting,
};

struct ServiceInfo {
  std::string_view name;
  std::string_view language;  // as telemetry.sdk.language
  Duration clock_step;        // what this language's SDK can tell apart
  int pods;
};
const ServiceInfo& info(Service service);

// What an instrumentation scope names.
enum class Library : std::uint8_t {
  kEnvoy,
  kNodeHttp,
  kNodeGrpc,
  kNext,
  kGoGrpc,
  kGoHttp,
  kGoSql,
  kGoKafka,
  kDotnetAspNet,
  kDotnetRedis,
  kDotnetSql,
  kDotnetKafka,
  kJavaGrpc,
  kPythonGrpc,
  kRustTonic,
  kRubySinatra,
  kCppCurrency,
  kCheckoutCode,
  kPaymentCode,
  kEmailCode,
  kRecommendationCode,
  kAdCode,
};
inline constexpr std::size_t kLibraries = 22;

struct LibraryInfo {
  std::string_view name;
  std::string_view version;
};
const LibraryInfo& info(Library library);

struct Pod {
  Service service = Service::kFrontend;
  std::uint32_t index = 0;  // in Shop::pods()
  std::string name;
  std::string ip;
  Duration flush_phase{};  // when within each second it sends its spans
  std::span<const model::Attribute> resource_attributes;  // in the shop's arena
};

struct Product {
  std::string id;
  std::string name;
};

class Shop {
 public:
  explicit Shop(std::size_t products);

  const std::vector<Pod>& pods() const { return pods_; }
  const Pod& any_pod(Service service, Random& random) const;
  const Product& popular_product(Random& random) const;
  std::size_t product_count() const { return products_.size(); }
  const std::string& popular_user(Random& random) const;
  const std::string& session(Random& random) const;
  const std::string& popular_user_agent(Random& random) const;

 private:
  void open_service(Service service, Random& random);
  std::vector<model::Attribute> describe(const Pod& pod, Random& random);

  Arena arena_;
  std::vector<Pod> pods_;
  std::vector<Product> products_;
  std::vector<std::string> users_;
  std::vector<std::string> sessions_;
  std::vector<std::string> user_agents_;
};

}  // namespace cairn::bench
