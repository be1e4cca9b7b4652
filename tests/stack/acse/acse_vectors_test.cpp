// Every vector of acse.jsonl, and the ACSE APDUs inside wrapper.jsonl: decoded, compared, encoded
// again, damaged. What user-information holds is xDLMS: tests/stack/xdlms looks into it.

#include <map>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/stack/acse/acse_json.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// What the vectors' reasons are called here.
const std::map<std::string, ErrorCode> codes{
    {"no application context", ErrorCode::missing_field},
    {"unknown OID", ErrorCode::unknown_object_identifier},
    {"length beyond buffer", ErrorCode::length_beyond_buffer},
    {"invalid length encoding", ErrorCode::invalid_length_encoding},
    {"trailing octets", ErrorCode::trailing_octets},
    {"repeated field", ErrorCode::repeated_field},
    {"field order", ErrorCode::field_order},
    {"unknown diagnostic", ErrorCode::unknown_value},
    {"missing result", ErrorCode::missing_field},
    {"inner length mismatch", ErrorCode::inner_length_mismatch},
};

/// The fault lies in the InitiateResponse: well-formed ACSE.
const std::string fault_in_user_information = "acse-0083";

std::optional<Error> try_decode(ByteView octets) {
    Json json;
    std::string encoded;
    const Status status = decode_acse(octets, json, encoded);
    if (!status) {
        return status.error();
    }
    // What was accepted encodes to something that decodes to the same.
    Json again;
    std::string encoded_again;
    const ByteBuffer buffer = from_hex(encoded).value();
    BOOST_REQUIRE(decode_acse(buffer, again, encoded_again).has_value());
    BOOST_REQUIRE(again == json);
    BOOST_REQUIRE(encoded_again == encoded);
    return std::nullopt;
}

void check_valid(ByteView octets, Json expect) {
    expect.erase("xdlms");
    const ExactBuffer buffer(octets);
    Json json;
    std::string encoded;
    const Status status = decode_acse(buffer.view(), json, encoded);
    BOOST_REQUIRE_MESSAGE(status.has_value(), outcome(status));
    BOOST_TEST(differences(expect, json) == "");
    BOOST_TEST(encoded == to_hex(octets));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acse_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_decode_and_encode_again) {
    std::map<std::string, std::size_t> covered;
    for (const Vector& vector : load_vectors("acse")) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
                check_valid(vector.octets, vector.expect);
                ++covered[vector.expect.at("pdu")];
            }
        }
    }
    const std::map<std::string, std::size_t> expected{
        {"AARQ", 17}, {"AARE", 15}, {"RLRQ", 4}, {"RLRE", 4}};
    BOOST_TEST((covered == expected));
}

BOOST_AUTO_TEST_CASE(apdus_inside_the_wrapper_decode_and_encode_again) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("wrapper")) {
        const Json apdu = vector.expect.value("apdu", Json());
        if (vector.valid && apdu.is_object() && apdu.contains("pdu")) {
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
                const std::string hex = vector.expect.at("header").at("apdu");
                check_valid(from_hex(hex).value(), apdu);
                ++covered;
            }
        }
    }
    BOOST_TEST(covered == 7u);
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("acse")) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const std::optional<Error> error = try_decode(buffer.view());
            if (vector.id == fault_in_user_information) {
                BOOST_TEST(!error.has_value());
                continue;
            }
            BOOST_REQUIRE(error.has_value());
            BOOST_TEST(error->code == codes.at(vector.reason));
            BOOST_TEST(error->offset <= vector.octets.size());
            BOOST_TEST((error->layer == Layer::acse));
            ++covered;
        }
    }
    BOOST_TEST(covered == 14u);
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : load_vectors("acse")) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(vector.octets, try_decode) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
