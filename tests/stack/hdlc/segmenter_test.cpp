#include "stack/hdlc/segmenter.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/hdlc/llc.hpp"
#include "stack/hdlc/numbered_transfer.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::hdlc;

namespace {

std::string all(const Segmenter& segmenter, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < segmenter.count(most); ++i) {
        const Segment segment = segmenter.segment(i);
        text += to_hex(segment.information) + (segment.is_last ? ". " : " ");
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(segmenter)

BOOST_AUTO_TEST_CASE(the_llc_header_stands_in_the_first_segment_only) {
    Segmenter segmenter;
    segmenter.reset(5);
    BOOST_TEST(segmenter.empty());
    BOOST_TEST(segmenter.count(7) == 0u);
    segmenter.add(llc_command, octets("0102030405060708"));
    segmenter.add(llc_command, octets("AA"));
    BOOST_TEST(all(segmenter, 7) == "E6E6000102 0304050607 08. E6E600AA. ");
    BOOST_TEST(all(segmenter, 2) == "E6E6000102 0304050607 ");
    segmenter.drop(2);
    BOOST_TEST(segmenter.size() == 5u);
    BOOST_TEST(all(segmenter, 7) == "08. E6E600AA. ");
    segmenter.add(llc_command, octets("BB"));
    BOOST_TEST(all(segmenter, 7) == "08. E6E600AA. E6E600BB. ");
    segmenter.drop(3);
    BOOST_TEST(segmenter.empty());
}

BOOST_AUTO_TEST_CASE(an_apdu_that_fills_its_segments_has_no_empty_one) {
    Segmenter segmenter;
    segmenter.reset(4);
    segmenter.add(llc_command, octets("0102030405"));
    BOOST_TEST(all(segmenter, 7) == "E6E60001 02030405. ");
}

BOOST_AUTO_TEST_CASE(numbers_go_round_at_eight) {
    NumberedTransfer transfer;
    transfer.reset({32, 32, 3, 3}, 1000);
    for (unsigned turn = 0; turn < 20; ++turn) {
        transfer.queue(llc_command, octets("01"));
        const ControlField control = transfer.control(0, true);
        BOOST_TEST(control.send_sequence == turn % 8);
        transfer.sent(transfer.window());
        const auto next = static_cast<std::uint8_t>((turn + 1) % 8);
        BOOST_TEST(!transfer.acknowledge((next + 1) & 7).has_value());
        BOOST_TEST(transfer.acknowledge(next).value() == 1u);
        BOOST_TEST(transfer.acknowledge(next).value() == 0u);
        BOOST_TEST(transfer.all_acknowledged());
    }
}

BOOST_AUTO_TEST_CASE(arrivals_are_told_apart_by_the_window) {
    NumberedTransfer transfer;
    transfer.reset({32, 32, 3, 3}, 1000);
    for (int i = 0; i < 6; ++i) {
        BOOST_TEST(transfer.take(octets("01"), false));
    }
    BOOST_TEST(transfer.receive_state() == 6);
    BOOST_TEST((transfer.judge(6) == Arrival::next));
    BOOST_TEST((transfer.judge(7) == Arrival::early));
    BOOST_TEST((transfer.judge(0) == Arrival::early));
    BOOST_TEST((transfer.judge(1) == Arrival::repeated));
    BOOST_TEST((transfer.judge(5) == Arrival::repeated));
}

BOOST_AUTO_TEST_CASE(what_is_assembled_has_a_bound) {
    NumberedTransfer transfer;
    transfer.reset({32, 32, 1, 1}, 10);
    BOOST_TEST(transfer.take(octets("E6E70001020304"), true));
    BOOST_TEST(transfer.is_assembling());
    BOOST_TEST(!transfer.take(octets("05060708090A0B"), false));
    BOOST_TEST(transfer.receive_state() == 1);
    BOOST_TEST(transfer.take(octets("05060708090A"), false));
    BOOST_TEST(to_hex(transfer.assembled()) == "E6E7000102030405060708090A");
}

BOOST_AUTO_TEST_SUITE_END()
