// SPDX-License-Identifier: Apache-2.0
//
// ResolverTrap: while one lives, getaddrinfo() of this test program does not answer for kHost.
#pragma once

namespace cairn::trace::transport::testing {

class ResolverTrap {
 public:
  static constexpr char kHost[] = "trap.invalid";
  ResolverTrap();
  // Lets go of the caller, and waits until it has left.
  ~ResolverTrap();
  ResolverTrap(const ResolverTrap&) = delete;
  ResolverTrap& operator=(const ResolverTrap&) = delete;

  // Up to 10 s.
  bool wait_until_entered() const;
};

}  // namespace cairn::trace::transport::testing
