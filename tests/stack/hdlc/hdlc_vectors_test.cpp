// Every vector of hdlc.jsonl: the frame, field by field, encoded again, damaged. The APDUs inside
// are looked at where they belong, in the tests of acse and xdlms.

#include <map>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/hdlc/llc.hpp"
#include "stack/hdlc/parameters.hpp"
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
    {"FCS mismatch", ErrorCode::check_mismatch},
    {"frame length mismatch", ErrorCode::frame_length_mismatch},
    {"frame format type", ErrorCode::frame_format},
    {"address encoding", ErrorCode::address_encoding},
    {"no frame", ErrorCode::no_frame},
    {"truncated", ErrorCode::truncated},
    {"unsupported control field", ErrorCode::unsupported_control},
    {"negotiation format identifier", ErrorCode::frame_format},
};

/// Frames whose vector gives no single cause, and what is found first.
const std::map<std::string, ErrorCode> codes_by_id{
    {"hdlc-0123", ErrorCode::truncated},      {"hdlc-0124", ErrorCode::check_mismatch},
    {"hdlc-0125", ErrorCode::check_mismatch}, {"hdlc-0127", ErrorCode::frame_format},
    {"hdlc-0128", ErrorCode::truncated},
};

std::string hex16(std::uint16_t value) {
    return written([&](Writer& writer) { writer.u16(value); });
}

Json address_json(const hdlc::Address& address, ByteView raw) {
    Json json{{"octets", address.octets}, {"raw", to_hex(raw)}, {"upper", address.upper}};
    if (address.has_lower()) {
        json["lower"] = address.lower;
    }
    return json;
}

bool is_opening(const hdlc::Frame& frame) {
    return frame.control.type == hdlc::FrameType::snrm || frame.control.type == hdlc::FrameType::ua;
}

Status put_negotiation(Json& json, const hdlc::DecodedFrame& decoded) {
    const auto parameters = hdlc::decode_parameters(decoded.frame.information);
    if (!parameters) {
        return std::unexpected(parameters.error());
    }
    if (!decoded.frame.information.empty()) {
        json["negotiation"] = {
            {"max_information_field_length_transmit", parameters->max_information_transmit},
            {"max_information_field_length_receive", parameters->max_information_receive},
            {"window_size_transmit", parameters->window_transmit},
            {"window_size_receive", parameters->window_receive}};
    }
    return {};
}

Result<Json> frame_json(ByteView octets) {
    const auto decoded = hdlc::decode_frame(octets);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    const hdlc::Frame& frame = decoded->frame;
    Json json{{"segmented", frame.segmented},
              {"length", decoded->octets.length},
              {"destination", address_json(frame.destination, decoded->octets.destination)},
              {"source", address_json(frame.source, decoded->octets.source)},
              {"control", "0x" + written([&](Writer& w) { w.u8(frame.control.octet()); })},
              {"poll_final", frame.control.poll_final},
              {"frame_type", name(frame.control.type)},
              {"information", to_hex(frame.information)},
              {"fcs", hex16(decoded->octets.fcs)}};
    if (frame.control.type == hdlc::FrameType::i) {
        json["ns"] = frame.control.send_sequence;
    }
    if (frame.control.type <= hdlc::FrameType::rnr) {
        json["nr"] = frame.control.receive_sequence;
    }
    if (decoded->octets.hcs) {
        json["hcs"] = hex16(*decoded->octets.hcs);
    }
    if (const auto split = hdlc::split_llc(frame.information)) {
        json["llc"] = to_hex(split->llc);
        json["apdu"] = to_hex(split->apdu);
    }
    if (is_opening(frame)) {
        const Status status = put_negotiation(json, *decoded);
        if (!status) {
            return std::unexpected(status.error());
        }
    }
    return json;
}

std::optional<Error> try_decode(ByteView octets) {
    const auto decoded = hdlc::decode_frame(octets);
    if (!decoded) {
        return decoded.error();
    }
    BOOST_REQUIRE(written([&](Writer& writer) { encode(writer, decoded->frame); }) ==
                  to_hex(octets));
    return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hdlc_vectors)

BOOST_AUTO_TEST_CASE(valid_vectors_decode_and_encode_again) {
    std::map<std::string, std::size_t> covered;
    for (const Vector& vector : load_vectors("hdlc")) {
        if (!vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const ExactBuffer buffer(vector.octets);
            const Result<Json> json = frame_json(buffer.view());
            BOOST_REQUIRE_MESSAGE(json.has_value(), outcome(json));
            BOOST_TEST(differences(vector.expect.at("frame"), *json) == "");
            BOOST_TEST(!try_decode(buffer.view()).has_value());
            ++covered[vector.expect.at("frame").at("frame_type")];
        }
    }
    std::size_t all = 0;
    for (const auto& [type, count] : covered) {
        all += count;
    }
    BOOST_TEST(all == 61u);
    BOOST_TEST(covered.size() == 9u);
}

BOOST_AUTO_TEST_CASE(invalid_vectors_are_refused_for_their_reason) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("hdlc")) {
        if (vector.valid) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name << ": " << vector.reason) {
            const ExactBuffer buffer(vector.octets);
            const Result<Json> json = frame_json(buffer.view());
            BOOST_REQUIRE(!json.has_value());
            const auto by_id = codes_by_id.find(vector.id);
            const ErrorCode expected =
                by_id == codes_by_id.end() ? codes.at(vector.reason) : by_id->second;
            BOOST_TEST(name(json.error().code) == name(expected));
            BOOST_TEST(json.error().offset <= vector.octets.size());
            ++covered;
        }
    }
    BOOST_TEST(covered == 16u);
}

BOOST_AUTO_TEST_CASE(prefixes_extensions_and_changes_of_valid_vectors) {
    for (const Vector& vector : load_vectors("hdlc")) {
        if (vector.valid) {
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(vector.octets, try_decode) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
