#include "server/answer_maker.hpp"

#include <exception>
#include <utility>

#include <asio/post.hpp>

namespace dlms::service {

// What one value, and then its answer, holds of all that may be held.
class AnswerMaker::Share {
public:
    Share(std::shared_ptr<std::atomic<std::size_t>> held, std::size_t octets)
        : held_(std::move(held)), octets_(octets) {
        *held_ += octets_;
    }
    ~Share() { *held_ -= octets_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    void change(std::size_t octets) {
        *held_ += octets - octets_;
        octets_ = octets;
    }

private:
    std::shared_ptr<std::atomic<std::size_t>> held_;
    std::size_t octets_;
};

AnswerMaker::AnswerMaker(const Settings& settings)
    : settings_(settings),
      held_(std::make_shared<std::atomic<std::size_t>>(0)),
      threads_(settings.threads) {}

AnswerMaker::~AnswerMaker() {
    threads_.stop();
    threads_.join();
}

void AnswerMaker::answer(std::size_t octets, Make make, Responder responder) {
    if (octets <= settings_.small) {
        responder.answer(make());
        return;
    }
    if (*held_ + octets > settings_.most_held) {
        responder.answer(busy_answer(503, "The service holds as many large values as it can", 1));
        return;
    }
    asio::post(threads_, [share = std::make_shared<Share>(held_, octets), make = std::move(make),
                          responder = std::move(responder)]() mutable {
        try {
            HttpAnswer answer = make();
            share->change(answer.body.size());
            answer.until_written = std::move(share);
            responder.answer(std::move(answer));
        } catch (const std::exception&) {
            // Lack of memory: the responder answers 500 as it is destroyed.
        }
    });
}

}  // namespace dlms::service
