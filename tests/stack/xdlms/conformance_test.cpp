#include "stack/xdlms/conformance.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace dlms::xdlms;

BOOST_AUTO_TEST_SUITE(conformance)

BOOST_AUTO_TEST_CASE(bit_zero_is_the_most_significant) {
    const std::pair<ConformanceBit, std::uint32_t> masks[] = {
        {ConformanceBit::reserved_zero, 0x800000},
        {ConformanceBit::general_protection, 0x400000},
        {ConformanceBit::general_block_transfer, 0x200000},
        {ConformanceBit::read, 0x100000},
        {ConformanceBit::attribute0_supported_with_set, 0x008000},
        {ConformanceBit::block_transfer_with_get_or_read, 0x001000},
        {ConformanceBit::block_transfer_with_set_or_write, 0x000800},
        {ConformanceBit::multiple_references, 0x000200},
        {ConformanceBit::data_notification, 0x000080},
        {ConformanceBit::access, 0x000040},
        {ConformanceBit::get, 0x000010},
        {ConformanceBit::set, 0x000008},
        {ConformanceBit::selective_access, 0x000004},
        {ConformanceBit::event_notification, 0x000002},
        {ConformanceBit::action, 0x000001},
    };
    for (const auto& [bit, mask] : masks) {
        BOOST_TEST_CONTEXT(name(bit)) {
            BOOST_TEST(Conformance().with(bit).raw() == mask);
            BOOST_TEST(Conformance(mask).has(bit));
            BOOST_TEST(!Conformance(0xFFFFFF ^ mask).has(bit));
            BOOST_TEST(Conformance(0xFFFFFF).without(bit).raw() == (0xFFFFFF ^ mask));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_negotiated_is_what_both_have) {
    const Conformance negotiated = Conformance(0x007E1F) & Conformance(0x00101D);
    BOOST_TEST(negotiated.raw() == 0x00101Du);
    BOOST_TEST((Conformance(0x007E1F) & Conformance(0x1C0320)).raw() == 0x000200u);
    BOOST_TEST((Conformance(0x00001F) & Conformance(0x1C0120)).empty());
    BOOST_TEST(Conformance(0xFF000001).raw() == 1u);
}

BOOST_AUTO_TEST_CASE(the_twenty_four_bits_have_names_of_their_own) {
    std::set<std::string_view> names;
    for (int bit = 0; bit < conformance_bits; ++bit) {
        names.insert(name(static_cast<ConformanceBit>(bit)));
    }
    BOOST_TEST(names.size() == 24u);
    BOOST_TEST(!names.contains(""));
    BOOST_TEST(name(static_cast<ConformanceBit>(24)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
