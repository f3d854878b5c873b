// SPDX-License-Identifier: Apache-2.0
//
// cpp-httplib: a server and a client whose requests are traced. Link cairn::httplib.
//
//   cairn::trace::TracedServer server;                 // in place of httplib::Server
//   server.Get(R"(/user/(\d+))", cairn::trace::traced("/user/:id", handler));
//   server.Post("/order", order);                      // the pattern is the route's name
//
//   cairn::trace::TracedClient shop("http://shop:8080");
//   auto result = shop.Get("/user/7");
//
// All requests of a TracedServer have spans: those that no route matches are named by their path,
// those whose handler throws have the exception, and Error unless an exception handler answers
// below 500. Handlers run with the span current. cpp-httplib 0.11 and newer.
#pragma once

#include <cairn/adapters/httplib_client.h>
#include <cairn/adapters/httplib_server.h>
