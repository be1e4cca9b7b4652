#include "stack/hdlc/parameters.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using hdlc::Parameters;

namespace {

Result<Parameters> decoded(std::string_view hex) {
    const ByteBuffer buffer = octets(hex);
    return hdlc::decode_parameters(buffer);
}

ErrorCode refusal(std::string_view hex) {
    const auto parameters = decoded(hex);
    BOOST_REQUIRE_MESSAGE(!parameters.has_value(), hex);
    return parameters.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(what_is_absent_has_its_default) {
    BOOST_TEST((decoded("").value() == Parameters{}));
    BOOST_TEST((decoded("818000").value() == Parameters{}));
    BOOST_TEST((decoded("818003060120").value() == Parameters{128, 32, 1, 1}));
    BOOST_TEST((decoded("818006070400000007").value() == Parameters{128, 128, 7, 1}));
}

BOOST_AUTO_TEST_CASE(values_have_either_length) {
    BOOST_TEST((decoded("818014050200EF060200EF070400000001080400000001").value() ==
                Parameters{239, 239, 1, 1}));
    BOOST_TEST((decoded("81800C0501EF0601EF070103080102").value() == Parameters{239, 239, 3, 2}));
}

BOOST_AUTO_TEST_CASE(unknown_parameters_are_skipped) {
    BOOST_TEST((decoded("8180070902AABB060120").value() == Parameters{128, 32, 1, 1}));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused) {
    BOOST_TEST((refusal("808003060120") == ErrorCode::frame_format));
    BOOST_TEST((refusal("818103060120") == ErrorCode::unknown_choice));
    BOOST_TEST((refusal("818004060120") == ErrorCode::length_beyond_buffer));
    BOOST_TEST((refusal("818003060220") == ErrorCode::length_beyond_buffer));
    BOOST_TEST((refusal("81800306012000") == ErrorCode::trailing_octets));
    BOOST_TEST((refusal("8180020600") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("81800706050000000020") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("8180050503000080") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("818006060400000080") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("81800407020001") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("8180050803000001") == ErrorCode::value_out_of_range));
    BOOST_TEST((refusal("818006060120060120") == ErrorCode::repeated_field));
    BOOST_TEST((refusal("81") == ErrorCode::truncated));
}

BOOST_AUTO_TEST_CASE(each_direction_gets_the_smaller_limit) {
    const Parameters client{2030, 512, 7, 3};
    const Parameters meter{256, 1024, 2, 5};
    BOOST_TEST((negotiate(client, meter) == Parameters{1024, 256, 5, 2}));
    // From the other side it is the same link.
    BOOST_TEST((negotiate(meter, client) == Parameters{256, 1024, 2, 5}));
    BOOST_TEST((negotiate(client, Parameters{}) == Parameters{128, 128, 1, 1}));
}

BOOST_AUTO_TEST_CASE(limits_above_the_ranges_are_cut_and_those_below_are_told) {
    BOOST_TEST((hdlc::negotiate({70000, 70000, 99, 99}, {70000, 4'000'000'000, 8, 100}) ==
                Parameters{2030, 2030, 7, 7}));
    BOOST_TEST((hdlc::negotiate({2030, 2030, 7, 7}, {0, 31, 0, 0}) == Parameters{31, 0, 0, 0}));
    BOOST_TEST(hdlc::is_acceptable({32, 32, 1, 1}));
    BOOST_TEST(hdlc::is_acceptable({4000, 4000, 8, 8}));
    for (const Parameters& low : {Parameters{31, 32, 1, 1}, Parameters{32, 31, 1, 1},
                                  Parameters{32, 32, 0, 1}, Parameters{32, 32, 1, 0}}) {
        BOOST_TEST(!hdlc::is_acceptable(low));
    }
}

BOOST_AUTO_TEST_CASE(written_and_read_again) {
    for (const Parameters& value : {Parameters{}, Parameters{2030, 32, 7, 1}}) {
        ByteBuffer buffer;
        Writer writer(buffer);
        encode(writer, value);
        BOOST_REQUIRE(writer.ok());
        BOOST_TEST((hdlc::decode_parameters(buffer).value() == value));
    }
    BOOST_TEST(written([](Writer& writer) { encode(writer, Parameters{128, 128, 1, 7}); }) ==
               "818012050180060180070400000001080400000007");
    BOOST_TEST(written([](Writer& writer) { encode(writer, Parameters{70000, 1, 1, 1}); }) ==
               "failed");
}

BOOST_AUTO_TEST_SUITE_END()
