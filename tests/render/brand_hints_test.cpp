#include "render/brand_hints.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "stack/base/hex.hpp"

using namespace dlms;
using namespace dlms::cosem::literals;

namespace {

render::Json shown(std::string_view profile, const cosem::AttributeDescriptor& attribute) {
    const axdr::Data value = axdr::Data::parse(from_hex("0906000012345678").value()).value();
    render::ValueOptions options;
    options.octet_hint = render::octet_hint_of_profile(profile);
    return members(show_value(attribute, value.view(), std::nullopt, options), options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(brand_hints)

BOOST_AUTO_TEST_CASE(the_serial_number_and_the_token_of_hexcell_are_digits) {
    for (const auto instance : {"0-0:96.1.0.255"_obis, "1-0:129.129.2.255"_obis}) {
        const render::Json json = shown("hexcell", {1, instance, 2});
        BOOST_TEST(json["value"] == "000012345678");
        BOOST_TEST(json["encoding"] == "bcd");
    }
    BOOST_TEST(shown("hexcell", {1, "0-0:96.1.1.255"_obis, 2})["encoding"] == "hex");
    BOOST_TEST(shown("hexcell", {1, "0-0:96.1.0.255"_obis, 3})["encoding"] == "hex");
}

BOOST_AUTO_TEST_CASE(other_profiles_say_nothing) {
    BOOST_TEST(shown("hexing", {1, "0-0:96.1.0.255"_obis, 2})["encoding"] == "hex");
    BOOST_TEST(!render::octet_hint_of_profile("generic"));
}

BOOST_AUTO_TEST_SUITE_END()
