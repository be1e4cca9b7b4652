#include "server/answer_maker.hpp"

#include <future>
#include <optional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

using namespace dlms::service;

namespace {

class Caller : public AnswerSink {
public:
    void deliver(HttpAnswer answer) override { answer_.set_value(std::move(answer)); }
    HttpAnswer answer() { return answer_.get_future().get(); }

private:
    std::promise<HttpAnswer> answer_;
};

HttpAnswer body_of(std::size_t octets) {
    HttpAnswer answer;
    answer.body = std::string(octets, 'x');
    return answer;
}

constexpr AnswerMaker::Settings small_settings{2, 10, 1000};

// The answer to a value of so many octets that is shown in `shown` octets.
HttpAnswer show(AnswerMaker& maker, std::size_t octets, std::size_t shown) {
    const auto caller = std::make_shared<Caller>();
    maker.answer(octets, [shown] { return body_of(shown); }, Responder(caller));
    return caller->answer();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_maker)

BOOST_AUTO_TEST_CASE(only_a_large_value_is_shown_on_another_thread) {
    AnswerMaker maker(small_settings);
    const auto shown_on = [&](std::size_t octets) {
        const auto caller = std::make_shared<Caller>();
        auto id = std::make_shared<std::thread::id>();
        maker.answer(
            octets,
            [id] {
                *id = std::this_thread::get_id();
                return body_of(1);
            },
            Responder(caller));
        BOOST_TEST(caller->answer().status == 200);
        return *id;
    };
    BOOST_TEST((shown_on(10) == std::this_thread::get_id()));
    BOOST_TEST((shown_on(11) != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(large_values_are_bounded_until_their_answers_are_gone) {
    AnswerMaker maker(small_settings);
    std::optional<HttpAnswer> first = show(maker, 100, 950);
    BOOST_TEST(first->status == 200);
    const HttpAnswer refused = show(maker, 100, 100);
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(refused.headers.at(0).first == "Retry-After");
    BOOST_TEST(show(maker, 10, 100).status == 200);
    first.reset();
    BOOST_TEST(show(maker, 1000, 100).status == 200);
    BOOST_TEST(show(maker, 1001, 100).status == 503);
}

BOOST_AUTO_TEST_CASE(an_answer_may_live_longer_than_its_maker) {
    std::optional<HttpAnswer> answer;
    {
        AnswerMaker maker(small_settings);
        answer = show(maker, 100, 100);
    }
    BOOST_TEST(answer->body.size() == 100U);
    answer.reset();
}

BOOST_AUTO_TEST_SUITE_END()
