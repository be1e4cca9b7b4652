#pragma once

#include <memory>
#include <utility>

#include "server/http_message.hpp"

namespace dlms::service {

// Where the one answer to a request goes. `deliver` may be called from any thread, once.
class AnswerSink {
public:
    AnswerSink() = default;
    AnswerSink(const AnswerSink&) = delete;
    AnswerSink& operator=(const AnswerSink&) = delete;
    virtual ~AnswerSink() = default;
    virtual void deliver(HttpAnswer answer) = 0;
};

// The right and the duty to answer one request: move-only, usable from any thread, at any time
// after the handler has returned. Destroyed without an answer it answers 500, so that no client
// waits for ever. It may outlive the HTTP front; the answer is then dropped.
class Responder {
public:
    explicit Responder(std::shared_ptr<AnswerSink> sink) : sink_(std::move(sink)) {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&& other) noexcept {
        Responder old(std::exchange(sink_, std::move(other.sink_)));
        std::swap(headers_, other.headers_);
        std::swap(origin_, other.origin_);
        return *this;
    }
    ~Responder() {
        if (sink_) {
            answer(error_answer(500, "Internal Server Error"));
        }
    }

    // Header fields that go onto the answer, whoever makes it.
    void add_headers(NamedTexts headers) {
        for (auto& field : headers) {
            headers_.push_back(std::move(field));
        }
    }

    // What the answer's origin will say.
    [[nodiscard]] RequestOrigin& origin() { return origin_; }

    // Answers; later calls do nothing.
    void answer(HttpAnswer answer) {
        if (const auto sink = std::exchange(sink_, nullptr)) {
            for (auto& field : headers_) {
                answer.headers.push_back(std::move(field));
            }
            answer.origin = std::move(origin_);
            sink->deliver(std::move(answer));
        }
    }

    // False once answered or moved from.
    [[nodiscard]] bool is_open() const { return sink_ != nullptr; }

private:
    std::shared_ptr<AnswerSink> sink_;
    NamedTexts headers_;
    RequestOrigin origin_;
};

}  // namespace dlms::service
