#include "stack/xdlms/exception_response.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string response(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_exception_response(buffer.view());
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exception_response)

BOOST_AUTO_TEST_CASE(every_pair_of_errors_is_read_and_written) {
    for (std::uint8_t state = 1; state <= 2; ++state) {
        for (std::uint8_t service = 1; service <= 5; ++service) {
            const ExceptionResponse made{static_cast<StateError>(state),
                                         static_cast<ServiceError>(service), 0};
            const std::string hex = written([&](Writer& writer) { encode(writer, made); });
            BOOST_TEST(hex == "D80" + std::to_string(state) + '0' + std::to_string(service));
            BOOST_TEST((decode_exception_response(octets(hex)).value() == made));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_counter_comes_with_its_error_only) {
    BOOST_TEST(response("D8010601020304") == "D8010601020304");
    BOOST_TEST(decode_exception_response(octets("D80106FFFFFFFF")).value().invocation_counter ==
               0xFFFFFFFFu);
    BOOST_TEST(response("D80106") == "xdlms/truncated@3");
    BOOST_TEST(response("D80106010203") == "xdlms/truncated@3");
    BOOST_TEST(response("D8010500000000") == "xdlms/trailing-octets@3");
}

BOOST_AUTO_TEST_CASE(codes_outside_the_tables_are_refused) {
    BOOST_TEST(response("D80001") == "xdlms/unknown-value@1");
    BOOST_TEST(response("D80301") == "xdlms/unknown-value@1");
    BOOST_TEST(response("D80100") == "xdlms/unknown-value@2");
    BOOST_TEST(response("D80107") == "xdlms/unknown-value@2");
    BOOST_TEST(response("D9 0101") == "xdlms/unknown-tag@0");
    BOOST_TEST(response("D801") == "xdlms/truncated@2");
}

BOOST_AUTO_TEST_CASE(names) {
    BOOST_TEST(name(StateError::service_unknown) == "service-unknown");
    BOOST_TEST(name(ServiceError::invocation_counter_error) == "invocation-counter-error");
    BOOST_TEST(name(static_cast<ServiceError>(7)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
