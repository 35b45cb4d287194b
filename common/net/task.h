#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace tusk {

/// A coroutine of this project. It starts when it is awaited or spawned, runs on one strand and
/// reports failure by Status or Result, never by an exception that leaves its module.
///
/// Laws: coroutines are named functions; spawned ones take their parameters by value; inside a
/// `co_await` expression stands no braces-built aggregate and no capturing lambda
/// (docs/coroutine-traps.md). After a stop every wait of common/net answers kCancelled at once.
template <class T>
using Task = boost::asio::awaitable<T>;

/// Where a coroutine runs. Coroutines run on strands (IoRuntime::NewStrand), so that two parts of
/// one never run at the same time.
using Executor = boost::asio::any_io_executor;

}  // namespace tusk
