// Every vector of xdlms.jsonl, and the xDLMS APDUs inside acse.jsonl and wrapper.jsonl, that the
// built services cover: decoded, compared, encoded again, damaged. What is not built yet stands in
// the tables below with its numbers, and the tests fail when it is built and still stands there.

#include <filesystem>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "tests/stack/xdlms/xdlms_json.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

using Counts = std::map<std::string, std::size_t>;

/// Valid vectors of the services that are built, by service and choice.
const Counts built{
    {"confirmed-service-error/initiateError", 2},
    {"confirmed-service-error/read", 1},
    {"confirmed-service-error/write", 1},
    {"exception-response", 4},
    {"get-request/next", 4},
    {"get-request/normal", 9},
    {"get-response/normal", 8},
    {"get-response/with-datablock", 9},
    {"initiate-request", 4},
    {"initiate-response", 5},
    {"set-request/normal", 3},
    {"set-response/normal", 6},
};

/// Choices that the decoders of built services refuse as not offered.
const Counts choices_left{
    {"get-request/with-list", 2},
    {"get-response/with-list", 3},
    {"set-request/with-datablock", 2},
    {"set-request/with-first-datablock", 1},
    {"set-request/with-list", 1},
    {"set-request/with-list-and-first-datablock", 1},
    {"set-response/datablock", 1},
    {"set-response/last-datablock", 1},
    {"set-response/last-datablock-with-list", 1},
    {"set-response/with-list", 1},
};

/// Services without a decoder, and the header whose coming ends that.
struct ServiceLeft {
    std::string service;
    std::size_t vectors;
    std::string header;
};
const ServiceLeft services_left[]{
    {"access-request", 12, "stack/xdlms/access.hpp"},
    {"access-response", 12, "stack/xdlms/access.hpp"},
    {"action-request", 10, "stack/xdlms/action.hpp"},
    {"action-response", 13, "stack/xdlms/action.hpp"},
    {"data-notification", 1, "stack/xdlms/data_notification.hpp"},
    {"event-notification-request", 1, "stack/xdlms/event_notification.hpp"},
    {"gateway-request", 1, "stack/xdlms/gateway.hpp"},
    {"gateway-response", 1, "stack/xdlms/gateway.hpp"},
    {"general-block-transfer", 18, "stack/xdlms/general_block_transfer.hpp"},
};

/// Invalid vectors of services and choices in the two tables above.
const std::set<std::string> invalid_left{
    "xdlms-0229", "xdlms-0230",  // get-request with-list
    "xdlms-0238", "xdlms-0239",  // action-request
    "xdlms-0241",                // event-notification-request
    "xdlms-0247",                // general-block-transfer
    "xdlms-0255",                // data-notification
};

/// APDUs inside acse.jsonl and wrapper.jsonl that need a cipher or a service from the table above.
const Counts embedded_left{
    {"data-notification", 1},     {"general-glo-ciphering", 3}, {"glo-action-response", 1},
    {"glo-get-request", 1},       {"glo-get-response", 1},      {"glo-initiate-request", 5},
    {"glo-initiate-response", 5}, {"glo-set-request", 1},       {"glo-set-response", 1},
};

/// Valid octets that are not what the standard's encoder writes.
const std::set<std::string> not_canonical{};

/// What the vectors' reasons are called here.
const std::map<std::string, ErrorCode> codes{
    {"truncated", ErrorCode::truncated},
    {"unknown choice", ErrorCode::unknown_choice},
    {"bad presence flag", ErrorCode::bad_presence_flag},
    {"trailing octets", ErrorCode::trailing_octets},
    {"length beyond buffer", ErrorCode::length_beyond_buffer},
    {"unknown APDU tag", ErrorCode::unknown_tag},
    {"conformance length", ErrorCode::inner_length_mismatch},
};

std::string key_of(const Json& expect) {
    const std::string service = expect.at("service");
    return expect.contains("choice") ? service + '/' + expect.at("choice").get<std::string>()
                                     : service;
}

std::optional<Error> try_decode(ByteView octets) {
    Json json;
    std::string encoded;
    const Status status = decode_xdlms(octets, json, encoded);
    if (!status) {
        return status.error();
    }
    // What was accepted encodes to something that decodes to the same.
    Json again;
    std::string encoded_again;
    const ByteBuffer buffer = from_hex(encoded).value();
    BOOST_REQUIRE(decode_xdlms(buffer, again, encoded_again).has_value());
    BOOST_REQUIRE(encoded_again == encoded);
    return std::nullopt;
}

void check_valid(ByteView octets, const Json& expect, bool canonical) {
    const ExactBuffer buffer(octets);
    Json json;
    std::string encoded;
    const Status status = decode_xdlms(buffer.view(), json, encoded);
    BOOST_REQUIRE_MESSAGE(status.has_value(), outcome(status));
    BOOST_TEST(differences(expect, json) == "");
    BOOST_TEST((encoded == to_hex(octets)) == canonical);
}

/// An xDLMS APDU that stands inside another vector.
struct Embedded {
    std::string where;
    ByteBuffer octets;
    Json expect;
};

std::vector<Embedded> embedded_apdus() {
    std::vector<Embedded> found;
    const auto add_user_information = [&found](const std::string& where, const Json& acse) {
        if (acse.contains("xdlms")) {
            const std::string hex = acse.at("user_information");
            found.push_back({where, from_hex(hex).value(), acse.at("xdlms")});
        }
    };
    for (const Vector& vector : load_vectors("acse")) {
        if (vector.valid) {
            add_user_information(vector.id, vector.expect);
        }
    }
    for (const Vector& vector : load_vectors("wrapper")) {
        const Json apdu = vector.expect.value("apdu", Json());
        if (!vector.valid || !apdu.is_object()) {
            continue;
        }
        add_user_information(vector.id, apdu);
        if (apdu.contains("service")) {
            const std::string hex = vector.expect.at("header").at("apdu");
            found.push_back({vector.id, from_hex(hex).value(), apdu});
        }
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xdlms_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_of_built_services_decode_and_encode_again) {
    Counts covered;
    for (const Vector& vector : load_vectors("xdlms")) {
        if (vector.valid && built.contains(key_of(vector.expect))) {
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
                check_valid(vector.octets, vector.expect, !not_canonical.contains(vector.id));
                ++covered[key_of(vector.expect)];
            }
        }
    }
    BOOST_TEST((covered == built));
}

BOOST_AUTO_TEST_CASE(choices_that_are_left_are_refused_as_not_offered) {
    Counts left;
    for (const Vector& vector : load_vectors("xdlms")) {
        if (vector.valid && choices_left.contains(key_of(vector.expect))) {
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
                const std::optional<Error> error = try_decode(vector.octets);
                BOOST_REQUIRE(error.has_value());
                BOOST_TEST(error->code == ErrorCode::unsupported_service);
                ++left[key_of(vector.expect)];
            }
        }
    }
    BOOST_TEST((left == choices_left));
}

BOOST_AUTO_TEST_CASE(every_other_valid_vector_belongs_to_a_service_that_is_not_built) {
    Counts left;
    for (const Vector& vector : load_vectors("xdlms")) {
        const bool known = vector.valid && (built.contains(key_of(vector.expect)) ||
                                            choices_left.contains(key_of(vector.expect)));
        if (vector.valid && !known) {
            ++left[vector.expect.at("service")];
        }
    }
    Counts expected;
    for (const ServiceLeft& row : services_left) {
        expected[row.service] = row.vectors;
        const std::filesystem::path header =
            std::filesystem::path(DLMS_SOURCE_DIRECTORY) / row.header;
        BOOST_TEST(!std::filesystem::exists(header),
                   row.service << " is built: move its vectors to the covered ones");
    }
    for (const auto& [service, count] : left) {
        BOOST_TEST_CONTEXT(service) {
            BOOST_TEST(count == expected[service]);
        }
    }
    BOOST_TEST((left == expected));
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    std::size_t left = 0;
    for (const Vector& vector : load_vectors("xdlms")) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const std::optional<Error> error = try_decode(buffer.view());
            BOOST_REQUIRE(error.has_value());
            BOOST_TEST(error->offset <= vector.octets.size());
            if (invalid_left.contains(vector.id)) {
                BOOST_TEST(error->code == ErrorCode::unsupported_service);
                ++left;
            } else {
                BOOST_TEST(error->code == codes.at(vector.reason));
                ++covered;
            }
        }
    }
    BOOST_TEST(covered == 16u);
    BOOST_TEST(left == 7u);
}

BOOST_AUTO_TEST_CASE(apdus_inside_acse_and_wrapper_vectors) {
    std::size_t covered = 0;
    Counts left;
    for (const Embedded& embedded : embedded_apdus()) {
        const std::string service = embedded.expect.at("service");
        if (!built.contains(key_of(embedded.expect))) {
            ++left[service];
            continue;
        }
        BOOST_TEST_CONTEXT(embedded.where << ' ' << service) {
            check_valid(embedded.octets, embedded.expect, true);
            ++covered;
        }
    }
    BOOST_TEST(covered == 30u);
    for (const auto& [service, count] : left) {
        BOOST_TEST_CONTEXT(service) {
            BOOST_TEST((embedded_left.contains(service) && embedded_left.at(service) == count),
                       service << ": " << count);
        }
    }
    BOOST_TEST((left == embedded_left));
}

BOOST_AUTO_TEST_CASE(the_initiate_response_of_acse_0083_is_refused) {
    for (const Vector& vector : load_vectors("acse")) {
        if (vector.id == "acse-0083") {
            const ExactBuffer buffer(ByteView(vector.octets).last(14));
            const std::optional<Error> error = try_decode(buffer.view());
            BOOST_REQUIRE(error.has_value());
            BOOST_TEST(error->code == codes.at(vector.reason));
            return;
        }
    }
    BOOST_FAIL("the vector is not there");
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : load_vectors("xdlms")) {
        if (vector.valid && built.contains(key_of(vector.expect))) {
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(vector.octets, try_decode) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
