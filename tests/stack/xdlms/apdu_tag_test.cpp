#include "stack/xdlms/apdu_tag.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace dlms::xdlms;

BOOST_AUTO_TEST_SUITE(apdu_tag)

BOOST_AUTO_TEST_CASE(every_tag_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    std::size_t known = 0;
    for (unsigned tag = 0; tag < 256; ++tag) {
        if (const std::string_view text = name(static_cast<ApduTag>(tag)); !text.empty()) {
            names.insert(text);
            ++known;
        }
    }
    BOOST_TEST(known == 64u);
    BOOST_TEST(names.size() == known);
    BOOST_TEST(name(ApduTag::get_request) == "get-request");
    BOOST_TEST(name(ApduTag::set_response) == "set-response");
}

BOOST_AUTO_TEST_CASE(ciphered_services_stand_at_a_fixed_distance_from_the_plain_ones) {
    for (unsigned tag = 0; tag < 256; ++tag) {
        const std::string text(name(static_cast<ApduTag>(tag)));
        if (text.starts_with("glo-") || text.starts_with("ded-")) {
            const unsigned global = tag < 0x80 ? 0x20 : 8;
            const unsigned dedicated = tag < 0x80 ? 0x40 : 0x10;
            const unsigned plain = tag - (text.starts_with("glo-") ? global : dedicated);
            BOOST_TEST(text.substr(4) == name(static_cast<ApduTag>(plain)));
        }
    }
}

BOOST_AUTO_TEST_CASE(octets_that_start_no_apdu_have_none) {
    for (const unsigned tag : {0x00u, 0x02u, 0x7Eu, 0xC6u, 0xCEu, 0xD6u, 0xDEu, 0xE1u, 0xFFu}) {
        BOOST_TEST(name(static_cast<ApduTag>(tag)).empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
