// Every vector of wrapper.jsonl: the header. The APDUs inside are looked at where they belong,
// in the tests of acse and xdlms.

#include <map>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "stack/wrapper/link.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// What the vectors' reasons are called here.
const std::map<std::string, ErrorCode> codes{
    {"truncated header", ErrorCode::truncated},
    {"version", ErrorCode::wrong_version},
    {"length beyond buffer", ErrorCode::length_beyond_buffer},
};

Json header_json(const wrapper::Wpdu& wpdu) {
    return {{"version", wrapper::version},
            {"source_wport", wpdu.source_wport},
            {"destination_wport", wpdu.destination_wport},
            {"length", wpdu.apdu.size()},
            {"apdu", to_hex(wpdu.apdu)}};
}

std::optional<Error> try_decode(ByteView octets) {
    const Result<wrapper::Wpdu> wpdu = wrapper::decode_wpdu(octets);
    if (!wpdu) {
        return wpdu.error();
    }
    BOOST_REQUIRE(written([&](Writer& writer) { encode(writer, *wpdu); }) == to_hex(octets));
    return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapper_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_decode_and_encode_again) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("wrapper")) {
        if (!vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const ExactBuffer buffer(vector.octets);
            const Result<wrapper::Wpdu> wpdu = wrapper::decode_wpdu(buffer.view());
            BOOST_REQUIRE_MESSAGE(wpdu.has_value(), outcome(wpdu));
            BOOST_TEST(differences(vector.expect.at("header"), header_json(*wpdu)) == "");
            BOOST_TEST(written([&](Writer& writer) { encode(writer, *wpdu); }) ==
                       to_hex(vector.octets));
            ++covered;
        }
    }
    BOOST_TEST(covered == 20u);
}

BOOST_AUTO_TEST_CASE(all_valid_vectors_as_one_stream) {
    wrapper::Link link;
    std::vector<std::string> expected;
    for (const Vector& vector : load_vectors("wrapper")) {
        if (vector.valid) {
            link.receive(vector.octets, Instant{});
            expected.push_back(vector.expect.at("header").at("apdu"));
        }
    }
    std::vector<std::string> got;
    while (const std::optional<wrapper::Wpdu> wpdu = link.poll_event()) {
        got.push_back(to_hex(wpdu->apdu));
    }
    BOOST_TEST(got == expected, boost::test_tools::per_element());
    BOOST_TEST(got.size() == 20u);
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("wrapper")) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const std::optional<Error> error = try_decode(buffer.view());
            BOOST_REQUIRE(error.has_value());
            BOOST_TEST(error->code == codes.at(vector.reason));
            BOOST_TEST(error->offset <= vector.octets.size());
            ++covered;
        }
    }
    BOOST_TEST(covered == 4u);
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : load_vectors("wrapper")) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(vector.octets, try_decode) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
