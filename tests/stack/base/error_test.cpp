#include "stack/base/error.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/result_printing.hpp"

using namespace dlms;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(the_blame_follows_from_the_code) {
    BOOST_TEST((blame_of(ErrorCode::truncated) == Blame::malformed));
    BOOST_TEST((blame_of(ErrorCode::zero_width_element) == Blame::malformed));
    BOOST_TEST((blame_of(ErrorCode::wrong_version) == Blame::peer_misbehaved));
    BOOST_TEST((blame_of(ErrorCode::unsupported_type) == Blame::unsupported));
    BOOST_TEST((blame_of(ErrorCode::buffer_limit) == Blame::misuse));
    BOOST_TEST((blame_of(ErrorCode::cancelled) == Blame::transport));
    BOOST_TEST((blame_of(ErrorCode::defect) == Blame::internal));
    BOOST_TEST((Error{ErrorCode::timeout, Layer::transport, 0}.blame() == Blame::transport));
}

BOOST_AUTO_TEST_CASE(every_blame_has_its_codes_without_a_gap_each_by_a_name_of_its_own) {
    std::set<std::string_view> names;
    std::size_t codes = 0;
    for (std::uint16_t blame = 0; blame < 10; ++blame) {
        bool ended = false;
        for (std::uint16_t number = 0; number < 100; ++number) {
            const auto code = static_cast<ErrorCode>(100 * blame + number);
            const std::string_view text = name(code);
            if (text == "unknown-error") {
                ended = true;
                continue;
            }
            ++codes;
            names.insert(text);
            BOOST_TEST(!ended, text << " comes after a gap");
            BOOST_TEST(name(blame_of(code)) != "unknown-blame");
        }
    }
    BOOST_TEST(names.size() == codes);
    BOOST_TEST(codes > 40u);
}

BOOST_AUTO_TEST_CASE(every_layer_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (unsigned layer = 0; layer <= static_cast<unsigned>(Layer::store); ++layer) {
        names.insert(name(static_cast<Layer>(layer)));
    }
    BOOST_TEST(names.size() == static_cast<unsigned>(Layer::store) + 1);
    BOOST_TEST(!names.contains("unknown-layer"));
}

BOOST_AUTO_TEST_CASE(the_sentence_names_the_octet_where_octets_are_to_blame) {
    BOOST_TEST(describe(Error{ErrorCode::length_beyond_buffer, Layer::xdlms, 12}) ==
               "xdlms: length beyond buffer at octet 12");
    BOOST_TEST(describe(Error{ErrorCode::timeout, Layer::client, 0}) == "client: timeout");
}

BOOST_AUTO_TEST_SUITE_END()
