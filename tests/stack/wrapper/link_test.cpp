#include "stack/wrapper/link.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/machine.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::wrapper;
using namespace dlms::testing;

static_assert(Machine<Link>);

namespace {

constexpr Instant now{};

/// Feeds octets in one piece.
void feed(Link& link, std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    link.receive(buffer.view(), now);
}

/// All WPDUs that are there, as "source>destination:apdu".
std::string events(Link& link) {
    std::string text;
    while (const std::optional<Wpdu> wpdu = link.poll_event()) {
        text += std::to_string(wpdu->source_wport) + '>' + std::to_string(wpdu->destination_wport) +
                ':' + to_hex(wpdu->apdu) + ' ';
    }
    return text;
}

const std::string first = "0001 0010 0001 0002 6200";
const std::string second = "0001 0010 0001 0003 AABBCC";

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapper_link)

BOOST_AUTO_TEST_CASE(WRAPPER_X_7_wpdus_that_come_together_are_taken_in_order) {
    Link link;
    feed(link, first + second + first);
    BOOST_TEST(events(link) == "16>1:6200 16>1:AABBCC 16>1:6200 ");
    BOOST_TEST(link.counters().received == 3u);
    BOOST_TEST(link.buffered() == 0u);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_8_octet_by_octet_and_in_every_two_pieces) {
    const ByteBuffer stream = octets(first + second);
    Link slow;
    std::string seen;
    for (const Byte octet : stream) {
        slow.receive(ByteView(&octet, 1), now);
        seen += events(slow);
    }
    BOOST_TEST(seen == "16>1:6200 16>1:AABBCC ");
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Link link;
        link.receive(ByteView(stream).first(cut), now);
        std::string got = events(link);
        link.receive(ByteView(stream).subspan(cut), now);
        got += events(link);
        BOOST_TEST(got == "16>1:6200 16>1:AABBCC ");
    }
}

BOOST_AUTO_TEST_CASE(wpdus_not_yet_polled_survive_the_next_input) {
    Link link;
    feed(link, first + second);
    BOOST_TEST(to_hex(link.poll_event()->apdu) == "6200");
    feed(link, first);
    BOOST_TEST(events(link) == "16>1:AABBCC 16>1:6200 ");
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_2_a_wrong_version_fails_the_link_for_good) {
    for (const char* header : {"0002001000010000", "0000001000010000", "7EA0072193530000"}) {
        Link link;
        feed(link, first + header);
        BOOST_TEST(events(link) == "16>1:6200 ");
        BOOST_TEST((link.state() == Link::State::failed));
        BOOST_TEST((link.error() == Error{ErrorCode::wrong_version, Layer::wrapper, 0}));
        feed(link, first);
        BOOST_TEST(events(link) == "");
        BOOST_TEST(link.counters().received == 1u);
        BOOST_TEST(link.counters().octets_dropped == 8u + 10u);
        BOOST_TEST(outcome(link.send({1, 2, {}})) == "wrapper/wrong-state@0");
    }
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_3_lengths_that_are_short_long_zero_and_over_the_limit) {
    Link one_less;  // length n - 1: the octet left over starts the next header
    feed(one_less, "0001 0010 0001 0001 6200" + first);
    BOOST_TEST(events(one_less) == "16>1:62 ");
    BOOST_TEST((one_less.state() == Link::State::failed));

    Link one_more;  // length n + 1: waits
    feed(one_more, "0001 0010 0001 0003 6200");
    BOOST_TEST(events(one_more) == "");
    BOOST_TEST((one_more.state() == Link::State::open));
    BOOST_TEST(one_more.buffered() == 10u);

    Link zero;
    feed(zero, "0001001000010000" + first);
    BOOST_TEST(events(zero) == "16>1:6200 ");
    BOOST_TEST(zero.counters().empty_dropped == 1u);

    Link small(100);  // refused at the header, before the octets come
    feed(small, "000100100001FFFF");
    BOOST_TEST(events(small) == "");
    BOOST_TEST((small.error() == Error{ErrorCode::pdu_too_long, Layer::wrapper, 0}));
    BOOST_TEST(small.buffered() == 0u);

    Link exact(3);
    feed(exact, second);
    BOOST_TEST(events(exact) == "16>1:AABBCC ");
}

BOOST_AUTO_TEST_CASE(what_is_sent_goes_out_at_once_and_once) {
    Link link;
    const ByteBuffer apdu = octets("6200");
    BOOST_TEST(!link.poll_transmit().has_value());
    BOOST_TEST(link.send({16, 1, apdu}).has_value());
    BOOST_TEST(link.send({1, 16, apdu}).has_value());
    BOOST_TEST(to_hex(*link.poll_transmit()) ==
               "000100100001000262000001000100100002"
               "6200");
    BOOST_TEST(!link.poll_transmit().has_value());
}

BOOST_AUTO_TEST_CASE(too_much_to_send_is_refused_and_leaves_what_was_queued) {
    Link link(10);
    const ByteBuffer eleven(11, 0x55);
    const ByteBuffer ten(10, 0x55);
    BOOST_TEST(outcome(link.send({1, 2, eleven})) == "wrapper/request-too-long@0");
    BOOST_TEST(!link.poll_transmit().has_value());
    BOOST_TEST(link.send({1, 2, ten}).has_value());

    Link busy;
    const ByteBuffer large(limits::max_apdu, 0x55);
    std::size_t queued = 0;
    while (busy.send({1, 2, large})) {
        queued += header_size + large.size();
    }
    BOOST_TEST(queued <= limits::max_transmit_queue);
    BOOST_TEST(queued + header_size + large.size() > limits::max_transmit_queue);
    BOOST_TEST(busy.poll_transmit()->size() == queued);
    BOOST_TEST(busy.send({1, 2, large}).has_value());
}

BOOST_AUTO_TEST_CASE(the_link_has_no_timer) {
    Link link;
    BOOST_TEST(!link.poll_timeout().has_value());
    link.handle_timeout(now);
    BOOST_TEST((link.state() == Link::State::open));
}

BOOST_AUTO_TEST_SUITE_END()
