// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_sampling(std::vector<Setting>& table) {
  add_endpoint(table, "sampling.http", "remote sampling, as Jaeger's agent did",
               [](auto& c) -> auto& { return c.sampling.http; });
  add_endpoint(table, "sampling.grpc", "remote sampling over gRPC",
               [](auto& c) -> auto& { return c.sampling.grpc; });
  table.push_back(text("sampling.file", "Strategies in Jaeger's JSON; empty: the default for all.",
                       [](auto& c) -> auto& { return c.sampling.file.path; }));
  table.push_back(duration("sampling.reload_interval", "How often that file is looked at.",
                           [](auto& c) -> auto& { return c.sampling.reload_interval; }));
  table.push_back(
      probability("sampling.default_probability", "Told to services that the file does not name.",
                  [](auto& c) -> auto& { return c.sampling.file.default_probability; }));
  table.push_back(flag("sampling.adaptive.enabled",
                       "Tell services that the file does not name what their traffic asks for.",
                       [](auto& c) -> auto& { return c.sampling.is_adaptive; }));
  const auto adaptive = [](auto& c) -> auto& { return c.sampling.adaptive; };
  table.push_back(
      real("sampling.adaptive.target", "Traces a second of each operation that are aimed at.",
           [adaptive](auto& c) -> auto& { return adaptive(c).target_traces_per_second; }));
  table.push_back(
      probability("sampling.adaptive.initial_probability", "Told for what is not known yet.",
                  [adaptive](auto& c) -> auto& { return adaptive(c).initial_probability; }));
  table.push_back(
      probability("sampling.adaptive.min_probability", "The least that is told.",
                  [adaptive](auto& c) -> auto& { return adaptive(c).min_probability; }));
  table.push_back(real("sampling.adaptive.min_traces_per_second",
                       "Traces a second of each operation that clients sample at least.",
                       [adaptive](auto& c) -> auto& { return adaptive(c).min_traces_per_second; }));
  table.push_back(
      duration("sampling.adaptive.interval", "How often probabilities are computed anew.",
               [adaptive](auto& c) -> auto& { return adaptive(c).calculation_interval; }));
}

}  // namespace cairn::server
