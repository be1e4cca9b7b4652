#include "stack/hdlc/address.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using hdlc::Address;

namespace {

Result<Address> read(std::string_view hex) {
    const ByteBuffer buffer = octets(hex);
    Reader reader(buffer, Layer::hdlc);
    const Address address = hdlc::read_address(reader);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return address;
}

void holds_both_ways(std::string_view hex, const Address& address) {
    const Result<Address> decoded = read(hex);
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST((*decoded == address));
    BOOST_TEST(written([&](Writer& writer) { write_address(writer, address); }) == hex);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(HDLC_X_ADDR_1_one_two_and_four_octets) {
    holds_both_ways("03", {1, 1, 0});
    holds_both_ways("00020003", {4, 1, 1});
    holds_both_ways("FEFEFEFF", {4, 0x3FFF, 0x3FFF});
    holds_both_ways("02000003", {4, 0x80, 1});
    holds_both_ways("21", {1, 16, 0});
    holds_both_ways("FF", {1, 127, 0});
    holds_both_ways("0223", {2, 1, 17});
    holds_both_ways("00020023", {4, 1, 17});
    holds_both_ways("0002FEFF", {4, 1, 16383});
    holds_both_ways("CEFF", {2, 103, 127});
}

BOOST_AUTO_TEST_CASE(HDLC_X_ADDR_1_other_lengths_are_refused) {
    for (const char* hex : {"000205", "0002000205", "000200020005"}) {
        const Result<Address> decoded = read(hex);
        BOOST_REQUIRE(!decoded.has_value());
        BOOST_TEST((decoded.error() == Error{ErrorCode::address_encoding, Layer::hdlc, 0}));
    }
    const Result<Address> cut = read("0002");
    BOOST_REQUIRE(!cut.has_value());
    BOOST_TEST((cut.error().code == ErrorCode::truncated));
}

BOOST_AUTO_TEST_CASE(parts_that_do_not_fit_are_not_written) {
    for (const Address& wrong : {Address{1, 128, 0}, Address{1, 1, 1}, Address{2, 1, 128},
                                 Address{3, 1, 1}, Address{4, 16384, 1}}) {
        BOOST_TEST(!wrong.is_valid());
        BOOST_TEST(written([&](Writer& writer) { write_address(writer, wrong); }) == "failed");
    }
}

BOOST_AUTO_TEST_CASE(all_station_addresses_are_known) {
    BOOST_TEST((Address{1, 127, 0}.is_all_station()));
    BOOST_TEST((Address{2, 1, 127}.is_all_station()));
    BOOST_TEST((Address{4, 1, 16383}.is_all_station()));
    BOOST_TEST((!Address{4, 1, 127}.is_all_station()));
    BOOST_TEST((!Address{1, 16, 0}.is_all_station()));
}

BOOST_AUTO_TEST_SUITE_END()
