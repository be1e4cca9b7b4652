#include "stack/xdlms/confirmed_service_error.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string error(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_confirmed_service_error(buffer.view());
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(confirmed_service_error)

BOOST_AUTO_TEST_CASE(errors_are_read_and_written) {
    for (const char* hex : {"0E010600", "0E010602", "0E050501", "0E060A00", "0E010006",
                            "0E010663"}) {  // a value outside of its table is kept
        BOOST_TEST(error(hex) == hex);
    }
    const ExactBuffer buffer(octets("0E010601"));
    BOOST_TEST(
        (decode_confirmed_service_error(buffer.view()).value() ==
         ConfirmedServiceError{ConfirmedService::initiate_error, ServiceErrorGroup::initiate,
                               static_cast<std::uint8_t>(InitiateError::dlms_version_too_low)}));
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused) {
    BOOST_TEST(error("0E") == "xdlms/truncated@1");
    BOOST_TEST(error("0E0106") == "xdlms/truncated@3");
    BOOST_TEST(error("0E01060000") == "xdlms/trailing-octets@4");
    BOOST_TEST(error("0E020600") == "xdlms/unknown-choice@1");
    BOOST_TEST(error("0E010B00") == "xdlms/unknown-choice@2");
    BOOST_TEST(error("0F010600") == "xdlms/unknown-tag@0");
}

BOOST_AUTO_TEST_CASE(values_have_names_by_their_group) {
    const auto text = [](ServiceErrorGroup group, std::uint8_t value) {
        return service_error_name(group, value);
    };
    BOOST_TEST(text(ServiceErrorGroup::application_reference, 6) == "deciphering-error");
    BOOST_TEST(text(ServiceErrorGroup::service, 2) == "service-unsupported");
    BOOST_TEST(text(ServiceErrorGroup::access, 1) == "scope-of-access-violated");
    BOOST_TEST(text(ServiceErrorGroup::initiate, 4) == "refused-by-the-VDE-handler");
    BOOST_TEST(text(ServiceErrorGroup::initiate, 5).empty());
    BOOST_TEST(text(ServiceErrorGroup::change_scope, 0).empty());
    BOOST_TEST(text(static_cast<ServiceErrorGroup>(11), 0).empty());
    for (std::uint8_t group = 0; group <= 10; ++group) {
        BOOST_TEST(!name(static_cast<ServiceErrorGroup>(group)).empty());
    }
    BOOST_TEST(name(static_cast<ServiceErrorGroup>(11)).empty());
    BOOST_TEST(name(ConfirmedService::write) == "write");
}

BOOST_AUTO_TEST_SUITE_END()
