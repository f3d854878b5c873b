// SPDX-License-Identifier: Apache-2.0
//
// Boost.Asio: executors, handlers and coroutines that run in a context.
//
//   boost::asio::post(traced_executor(pool.get_executor()), work);     // in the context of now
//   socket.async_read_some(buffer, trace_handler([](error_code, size_t) { ... }));
//   co_spawn(traced_executor(io.get_executor()), serve(std::move(socket)), detached);
//   auto stock = co_await with_trace(reserve(order), Context::current().with(span));
//
// A coroutine (boost::asio::awaitable) spawned on a traced executor is in its context each time it
// goes on, whichever thread runs it; to work for another span for a while let it await another
// coroutine through with_trace(). A Scope must not be open across a co_await.
// Thread rule: values; as the executor's or handler's own. Source: Boost.Asio 1.81,
// "Executor", "associator", "C++20 Coroutines Support".
#pragma once

#include <boost/asio/associator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <cairn/async/wrap.h>

#if defined(BOOST_ASIO_HAS_CO_AWAIT)
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#endif

#include <type_traits>
#include <utility>

namespace cairn::trace {

// An executor that runs what `Executor` would, where it would, in one context. Equal to one that
// runs things in the same place for the same span.
template <class Executor>
class TracedExecutor {
 public:
  using inner_executor_type = Executor;

  TracedExecutor(Executor inner, Context context) noexcept
      : inner_(std::move(inner)), context_(std::move(context)) {}

  template <class Function>
  void execute(Function&& function) const {
    inner_.execute(wrap_in(context_, std::forward<Function>(function)));
  }

  template <class Property>
  auto query(const Property& property) const
      noexcept(boost::asio::is_nothrow_query<const Executor&, Property>::value) ->
      typename std::enable_if<boost::asio::can_query<const Executor&, Property>::value,
                              boost::asio::query_result<const Executor&, Property>>::type::type {
    return boost::asio::query(inner_, property);
  }
  template <class Property>
  auto require(const Property& property) const
      noexcept(boost::asio::is_nothrow_require<const Executor&, Property>::value)
          -> TracedExecutor<std::decay_t<typename std::enable_if<
              boost::asio::can_require<const Executor&, Property>::value,
              boost::asio::require_result<const Executor&, Property>>::type::type>> {
    return {boost::asio::require(inner_, property), context_};
  }
  template <class Property>
  auto prefer(const Property& property) const
      noexcept(boost::asio::is_nothrow_prefer<const Executor&, Property>::value)
          -> TracedExecutor<std::decay_t<typename std::enable_if<
              boost::asio::can_prefer<const Executor&, Property>::value,
              boost::asio::prefer_result<const Executor&, Property>>::type::type>> {
    return {boost::asio::prefer(inner_, property), context_};
  }

  const Executor& get_inner_executor() const noexcept { return inner_; }
  const Context& context() const noexcept { return context_; }

  friend bool operator==(const TracedExecutor& a, const TracedExecutor& b) noexcept {
    return a.inner_ == b.inner_ &&
           a.context_.span_context().trace_id == b.context_.span_context().trace_id &&
           a.context_.span_context().span_id == b.context_.span_context().span_id;
  }
  friend bool operator!=(const TracedExecutor& a, const TracedExecutor& b) noexcept {
    return !(a == b);
  }

 private:
  Executor inner_;
  Context context_;
};

// `executor`, running in `context`.
template <class Executor>
TracedExecutor<Executor> traced_executor(Executor executor,
                                         Context context = Context::current()) noexcept {
  return {std::move(executor), std::move(context)};
}

// A completion handler that is called in a context, with the executor, allocator and cancellation
// slot of the handler in it.
template <class Handler>
class TracedHandler : public Wrapped<Handler> {
 public:
  using Wrapped<Handler>::Wrapped;
};

// `handler`, called in `context`.
template <class Handler>
TracedHandler<std::decay_t<Handler>> trace_handler(Handler&& handler,
                                                   Context context = Context::current()) {
  return {std::move(context), std::forward<Handler>(handler)};
}

#if defined(BOOST_ASIO_HAS_CO_AWAIT)

// Awaits `work` in `context`; what follows is in the context of the call again.
template <class T, class Executor>
boost::asio::awaitable<T, Executor> with_trace(boost::asio::awaitable<T, Executor> work,
                                               Context context, Context back = Context::current()) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  // The result comes through an executor too, as it comes while the other context is current.
  co_return co_await boost::asio::co_spawn(
      traced_executor(executor, std::move(context)), std::move(work),
      boost::asio::bind_executor(traced_executor(executor, std::move(back)),
                                 boost::asio::use_awaitable_t<Executor>()));
}

#endif

}  // namespace cairn::trace

template <template <typename, typename> class Associator, typename Handler,
          typename DefaultCandidate>
struct boost::asio::associator<Associator, cairn::trace::TracedHandler<Handler>, DefaultCandidate>
    : Associator<Handler, DefaultCandidate> {
  static decltype(auto) get(const cairn::trace::TracedHandler<Handler>& handler) noexcept {
    return Associator<Handler, DefaultCandidate>::get(handler.function());
  }
  static decltype(auto) get(const cairn::trace::TracedHandler<Handler>& handler,
                            const DefaultCandidate& candidate) noexcept {
    return Associator<Handler, DefaultCandidate>::get(handler.function(), candidate);
  }
};
