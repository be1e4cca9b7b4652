// Every vector of xdlms.jsonl and sn.jsonl, and the xDLMS APDUs inside those of the other layers:
// decoded, compared, encoded again, damaged.

#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/stack/xdlms/service_json.hpp"
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

/// Valid vectors of xdlms.jsonl and sn.jsonl by service and choice.
const Counts all_valid{
    {"access-request", 12},
    {"access-response", 12},
    {"action-request/next-pblock", 1},
    {"action-request/normal", 5},
    {"action-request/with-first-pblock", 1},
    {"action-request/with-list", 1},
    {"action-request/with-list-and-first-pblock", 1},
    {"action-request/with-pblock", 1},
    {"action-response/next-pblock", 1},
    {"action-response/normal", 10},
    {"action-response/with-list", 1},
    {"action-response/with-pblock", 1},
    {"confirmed-service-error/initiateError", 2},
    {"confirmed-service-error/read", 1},
    {"confirmed-service-error/write", 1},
    {"data-notification", 1},
    {"event-notification-request", 1},
    {"exception-response", 4},
    {"gateway-request", 1},
    {"gateway-response", 1},
    {"general-block-transfer", 18},
    {"get-request/next", 4},
    {"get-request/normal", 9},
    {"get-request/with-list", 2},
    {"get-response/normal", 8},
    {"get-response/with-datablock", 9},
    {"get-response/with-list", 3},
    {"initiate-request", 4},
    {"initiate-response", 5},
    {"set-request/normal", 3},
    {"set-request/with-datablock", 2},
    {"set-request/with-first-datablock", 1},
    {"set-request/with-list", 1},
    {"set-request/with-list-and-first-datablock", 1},
    {"set-response/datablock", 1},
    {"set-response/last-datablock", 1},
    {"set-response/last-datablock-with-list", 1},
    {"set-response/normal", 6},
    {"set-response/with-list", 1},
    {"information-report", 1},
    {"read-request", 3},
    {"read-response", 2},
    {"unconfirmed-write-request", 1},
    {"write-request", 2},
    {"write-response", 2},
};

/// Services that hold an inner APDU as mere octets: a shorter or longer one is not theirs to see.
const std::set<std::string> open_ended{"gateway-request", "gateway-response"};

/// Pushes of meters that put a tag in front of the date-time's length.
const std::set<std::string> tagged_date_time{"push-0056", "push-0095", "push-0096",
                                             "push-0098", "push-0100", "push-0101"};

/// APDUs inside the vectors of other layers.
const Counts embedded_counts{{"acse", 34}, {"cipher", 160}, {"push", 57}, {"wrapper", 15}};

/// Valid octets that are not what the standard's encoder writes.
const std::set<std::string> not_canonical{
    // general-block-transfer with the length of its data in a longer form than needed
    "xdlms-0028", "xdlms-0029", "xdlms-0031", "xdlms-0032", "xdlms-0034", "xdlms-0035",
    "xdlms-0038", "xdlms-0040", "xdlms-0041", "xdlms-0042", "xdlms-0046",
};

/// What the vectors' reasons are called here.
const std::map<std::string, ErrorCode> codes{
    {"truncated", ErrorCode::truncated},
    {"unknown choice", ErrorCode::unknown_choice},
    {"bad presence flag", ErrorCode::bad_presence_flag},
    {"trailing octets", ErrorCode::trailing_octets},
    {"length beyond buffer", ErrorCode::length_beyond_buffer},
    {"unknown APDU tag", ErrorCode::unknown_tag},
    {"conformance length", ErrorCode::inner_length_mismatch},
    {"bad time length", ErrorCode::inner_length_mismatch},
    {"count beyond buffer", ErrorCode::length_beyond_buffer},
    {"list count mismatch", ErrorCode::list_count_mismatch},
    {"unknown result code", ErrorCode::unknown_value},
    {"authenticated body shorter than 12 octets", ErrorCode::truncated},
    {"truncated security header", ErrorCode::truncated},
    {"invalid length encoding", ErrorCode::invalid_length_encoding},
    {"unknown security suite", ErrorCode::unknown_value},
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

std::vector<Vector> service_vectors() {
    std::vector<Vector> vectors = load_vectors("xdlms");
    for (Vector& vector : load_vectors("sn")) {
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

/// An xDLMS APDU that stands inside a vector of another layer.
struct Embedded {
    std::string where;
    ByteBuffer octets;
    Json expect;
};

/// Collects the APDUs whose octets and meaning a vector gives.
class EmbeddedApdus {
public:
    explicit EmbeddedApdus(std::string_view layer) {
        for (const Vector& vector : load_vectors(layer)) {
            if (vector.valid) {
                id_ = vector.id;
                add_all(vector);
            }
        }
    }
    std::vector<Embedded> take() { return std::move(found_); }

private:
    void add_all(const Vector& vector) {
        const Json& expect = vector.expect;
        if (expect.contains("pdu")) {
            add_user_information(expect);
        }
        const Json apdu = part(expect, "apdu");
        add_user_information(apdu);
        if (expect.contains("header")) {
            add(part(expect, "header").value("apdu", ""), apdu);
        } else if (expect.contains("frame")) {
            add(part(expect, "frame").value("apdu", ""), apdu);
        } else if (!expect.contains("frames")) {
            add(to_hex(vector.octets), apdu);
        }
        add(expect.value("plaintext", ""), part(expect, "plaintext_decoded"));
        const Json outer = part(expect, "outer");
        const Json inner = part(expect, "inner");
        add(to_hex(vector.octets), outer);
        add(outer.value("ciphertext", ""), inner);
        add(inner.value("content", outer.value("content", "")), part(expect, "content"));
    }
    static Json part(const Json& expect, const char* key) {
        const Json found = expect.value(key, Json::object());
        return found.is_object() ? found : Json::object();
    }
    void add_user_information(const Json& acse) {
        if (acse.contains("xdlms")) {
            add(acse.at("user_information"), acse.at("xdlms"));
        }
    }
    void add(const std::string& hex, const Json& expect) {
        if (expect.contains("service")) {
            found_.push_back({id_, from_hex(hex).value(), expect});
        }
    }

    std::string id_;
    std::vector<Embedded> found_;
};

std::vector<Embedded> embedded_apdus(std::string_view layer) {
    return EmbeddedApdus(layer).take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xdlms_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_decode_and_encode_again) {
    Counts covered;
    for (const Vector& vector : service_vectors()) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
                check_valid(vector.octets, vector.expect, !not_canonical.contains(vector.id));
                ++covered[key_of(vector.expect)];
            }
        }
    }
    BOOST_TEST((covered == all_valid));
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    for (const Vector& vector : service_vectors()) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const std::optional<Error> error = try_decode(buffer.view());
            BOOST_REQUIRE(error.has_value());
            BOOST_TEST(error->offset <= vector.octets.size());
            BOOST_TEST(error->code == codes.at(vector.reason));
            ++covered;
        }
    }
    BOOST_TEST(covered == 29u);
}

BOOST_AUTO_TEST_CASE(malformed_envelopes_of_the_cipher_vectors) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("cipher")) {
        // What only deciphering can find is not asked here.
        if (!vector.valid && codes.contains(vector.reason)) {
            // The title of cipher-0135 lacks an octet, so that FF stands where its length should.
            const bool shifted = vector.id == "cipher-0135";
            BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
                const ExactBuffer buffer(vector.octets);
                const std::optional<Error> error = try_decode(buffer.view());
                BOOST_REQUIRE(error.has_value());
                BOOST_TEST(error->code == (shifted ? ErrorCode::invalid_length_encoding
                                                   : codes.at(vector.reason)));
                ++covered;
            }
        }
    }
    BOOST_TEST(covered == 7u);
}

BOOST_AUTO_TEST_CASE(apdus_inside_the_vectors_of_other_layers) {
    Counts covered;
    for (const char* layer : {"acse", "wrapper", "cipher", "push"}) {
        for (const Embedded& embedded : embedded_apdus(layer)) {
            if (tagged_date_time.contains(embedded.where)) {
                continue;
            }
            BOOST_TEST_CONTEXT(embedded.where << ' ' << embedded.expect.at("service")) {
                check_valid(embedded.octets, embedded.expect,
                            !not_canonical.contains(embedded.where));
                ++covered[layer];
            }
        }
    }
    BOOST_TEST((covered == embedded_counts));
}

BOOST_AUTO_TEST_CASE(pushes_with_a_tagged_date_time_need_the_tolerance) {
    std::size_t covered = 0;
    for (const Embedded& embedded : embedded_apdus("push")) {
        if (!tagged_date_time.contains(embedded.where)) {
            continue;
        }
        BOOST_TEST_CONTEXT(embedded.where) {
            const auto strict = xdlms::decode_data_notification(embedded.octets);
            BOOST_REQUIRE(!strict);
            BOOST_TEST(strict.error().code == ErrorCode::inner_length_mismatch);
            const auto tolerant =
                xdlms::decode_data_notification(embedded.octets, {.tagged_date_time = true});
            BOOST_REQUIRE_MESSAGE(tolerant.has_value(), outcome(tolerant));
            BOOST_TEST(differences(embedded.expect, to_json(*tolerant)) == "");
            ++covered;
        }
    }
    BOOST_TEST(covered == tagged_date_time.size());
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

void damage(const std::string& id, ByteView octets, const Json& expect) {
    BOOST_TEST_CONTEXT(id) {
        if (open_ended.contains(expect.at("service"))) {
            BOOST_TEST(faults_of_changes(octets, 1000, 1, try_decode) == "");
        } else {
            BOOST_TEST(faults_of_damage(octets, try_decode) == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : service_vectors()) {
        if (vector.valid) {
            damage(vector.id, vector.octets, vector.expect);
        }
    }
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_envelopes) {
    std::set<std::string> services;
    for (const Embedded& embedded : embedded_apdus("cipher")) {
        // One of a kind: the envelopes of a service differ in their keys only.
        const std::string service = embedded.expect.at("service");
        if (embedded.expect.contains("security_control") && services.insert(service).second) {
            damage(embedded.where, embedded.octets, embedded.expect);
        }
    }
    BOOST_TEST(services.size() >= 15u);
}

BOOST_AUTO_TEST_SUITE_END()
