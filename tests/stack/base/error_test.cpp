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

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own_and_a_blame) {
    std::set<std::string_view> names;
    std::size_t codes = 0;
    for (std::uint16_t code = 0; code < 1000; ++code) {
        const std::string_view text = name(static_cast<ErrorCode>(code));
        if (text == "unknown-error") {
            continue;
        }
        ++codes;
        names.insert(text);
        BOOST_TEST(name(blame_of(static_cast<ErrorCode>(code))) != "unknown-blame");
    }
    BOOST_TEST(codes == 47u);
    BOOST_TEST(names.size() == codes);
}

BOOST_AUTO_TEST_CASE(every_layer_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (unsigned layer = 0; layer <= static_cast<unsigned>(Layer::store); ++layer) {
        names.insert(name(static_cast<Layer>(layer)));
    }
    BOOST_TEST(names.size() == 15u);
    BOOST_TEST(!names.contains("unknown-layer"));
}

BOOST_AUTO_TEST_CASE(the_sentence_names_the_octet_where_octets_are_to_blame) {
    BOOST_TEST(describe(Error{ErrorCode::length_beyond_buffer, Layer::xdlms, 12}) ==
               "xdlms: length beyond buffer at octet 12");
    BOOST_TEST(describe(Error{ErrorCode::timeout, Layer::client, 0}) == "client: timeout");
}

BOOST_AUTO_TEST_SUITE_END()
