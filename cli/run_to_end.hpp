#pragma once
// What a command does with a meter, from its beginning to its end.

#include <exception>
#include <optional>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

namespace dlms::cli {

/// What the work comes to; nothing where it ended in an exception, which is a defect of ours.
template <class T>
std::optional<T> run_to_end(asio::io_context& io, asio::awaitable<T> work) {
    std::optional<T> end;
    asio::co_spawn(io, std::move(work), [&end](const std::exception_ptr& defect, T result) {
        if (!defect) {
            end = std::move(result);
        }
    });
    io.run();
    return end;
}

}  // namespace dlms::cli
