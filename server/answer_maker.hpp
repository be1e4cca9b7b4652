#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include <asio/thread_pool.hpp>

#include "server/responder.hpp"

namespace dlms::service {

// Makes answers out of meters' values. A small value becomes JSON at once; a large one would hold
// up everybody on the I/O thread (a megabyte takes half a second), so a few threads do that. Called
// on the I/O thread.
class AnswerMaker {
public:
    using Make = std::move_only_function<HttpAnswer()>;

    struct Settings {
        std::size_t threads = 1;
        std::size_t small = 4 * 1024;  // octets of a value that is shown at once
        // Octets of all large values that wait to be shown, and of their answers until the clients
        // have taken them.
        std::size_t most_held = 256 * 1024 * 1024;
    };

    explicit AnswerMaker(const Settings& settings);
    // Waits for what is being made; what has not begun is answered 500.
    ~AnswerMaker();
    AnswerMaker(const AnswerMaker&) = delete;
    AnswerMaker& operator=(const AnswerMaker&) = delete;

    // Answers with what `make` returns, which may run on another thread and so must own what it
    // uses. `octets` is the size of the value. 503 when too much is held already.
    void answer(std::size_t octets, Make make, Responder responder);

private:
    class Share;

    Settings settings_;
    // An answer may be on its way for longer than the maker lives.
    std::shared_ptr<std::atomic<std::size_t>> held_;
    asio::thread_pool threads_;
};

}  // namespace dlms::service
