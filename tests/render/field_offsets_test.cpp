// Offsets of the members of frames and APDUs, for people.

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;

namespace {

render::Json with_offsets(DecodeLayer layer, ByteView octets) {
    render::DecodeOptions options;
    options.offsets = true;
    const auto json = render::decode(layer, octets, options);
    BOOST_REQUIRE(json.has_value());
    return *json;
}

/// Octets that a member's value says it has, where that can be said at once.
std::string octets_of(const std::string& member, const render::Json& value) {
    const auto number = [](std::uint64_t raw, std::size_t width) {
        ByteBuffer octets;
        for (std::size_t i = width; i-- > 0;) {
            octets.push_back(static_cast<Byte>(raw >> 8 * i));
        }
        return to_hex(octets);
    };
    if (member == "class_id" || member == "short_name" || member == "vaa_name" ||
        member.ends_with("_wport")) {
        return number(value.get<std::uint64_t>(), 2);
    }
    if (member == "attribute" || member == "method" || member == "network_id") {
        return number(value.get<std::uint64_t>() & 0xFF, 1);
    }
    if (member == "obis") {
        ByteBuffer octets;
        std::istringstream parts(value.get<std::string>());
        for (std::string part; std::getline(parts, part, '.');) {
            octets.push_back(static_cast<Byte>(std::stoi(part)));
        }
        return to_hex(octets);
    }
    if (member == "invoke_id_and_priority") {
        return number(value["raw"].get<std::uint64_t>(), 1);
    }
    if (member == "long_invoke_id_and_priority") {
        return number(value["raw"].get<std::uint64_t>(), 4);
    }
    if (member == "fcs" || member == "hcs" || member == "information" || member == "llc" ||
        member == "ciphertext" || member == "tag") {
        return value.get<std::string>();
    }
    if (value.is_object() && value.contains("code") && member != "diagnostic" &&
        member != "reason" && member != "result") {
        return number(value["code"].get<std::uint64_t>(), 1);
    }
    return {};
}

struct Seen {
    std::size_t members = 0;
    std::size_t compared = 0;
};

/// Compares what members say with the octets at their offsets.
void check(const render::Json& json, ByteView octets, Seen& seen) {
    if (json.is_object() && json.contains("@of")) {
        for (const auto& [member, offset] : json["@of"].items()) {
            ++seen.members;
            BOOST_REQUIRE_MESSAGE(json.contains(member), member);
            const std::string expected = octets_of(member, json[member]);
            const auto at = offset.get<std::size_t>();
            BOOST_REQUIRE(at + expected.size() / 2 <= octets.size());
            BOOST_TEST(to_hex(octets.subspan(at, expected.size() / 2)) == expected,
                       member << " at " << at);
            seen.compared += expected.empty() ? 0u : 1u;
        }
    }
    for (const auto& [member, value] : json.items()) {
        if ((value.is_object() || value.is_array()) && member != "@of") {
            check(value, octets, seen);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(field_offsets)

BOOST_AUTO_TEST_CASE(every_vector_has_its_members_where_their_offsets_say) {
    for (const DecodeLayer layer : {DecodeLayer::xdlms, DecodeLayer::sn, DecodeLayer::acse,
                                    DecodeLayer::hdlc, DecodeLayer::wrapper, DecodeLayer::cipher}) {
        Seen seen;
        for (const Vector& vector : load_vectors(name(layer))) {
            const bool is_octets =
                vector.valid && (layer != DecodeLayer::cipher ||
                                 vector.expect.value("operation", "") == "parse-only");
            if (!is_octets) {
                continue;
            }
            BOOST_TEST_CONTEXT(vector.id) {
                const render::Json json = with_offsets(layer, vector.octets);
                const Seen before = seen;
                check(json, vector.octets, seen);
                BOOST_TEST(seen.members > before.members);
            }
        }
        BOOST_TEST(seen.compared > 0u, name(layer));
    }
}

BOOST_AUTO_TEST_CASE(a_frame_begins_at_its_flag) {
    const auto stream = octets("7EA0070321930F017EA0070321930F017E");
    const render::Json json = with_offsets(DecodeLayer::stream, stream);
    BOOST_TEST(json["pieces"][0]["frame"]["@"] == 0u);
    BOOST_TEST(json["pieces"][1]["frame"]["@"] == 8u);
    BOOST_TEST(json["pieces"][1]["frame"]["destination"]["@"] == 11u);
    BOOST_TEST(json["pieces"][1]["frame"]["@of"]["fcs"] == 14u);
}

BOOST_AUTO_TEST_CASE(members_have_their_offsets_in_the_text) {
    const std::string text = render::decoded_text(
        with_offsets(DecodeLayer::xdlms, octets("C001C100080000010000FF0200")));
    BOOST_TEST(text.find("     3    class_id: 8\n") != std::string::npos, text);
    BOOST_TEST(text.find("     5    obis: 0.0.1.0.0.255\n") != std::string::npos, text);
    BOOST_TEST(text.find("    11    attribute: 2\n") != std::string::npos, text);
    BOOST_TEST(text.find('@') == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(what_was_joined_counts_from_its_own_beginning) {
    const auto json = with_offsets(
        DecodeLayer::stream, octets("0001 0001 0010 000E C402C1 00 00000001 00 04 01020600"
                                    "0001 0001 0010 000F C402C1 01 00000002 00 05 0000011107"));
    const render::Json& apdu = json["reassembled"][0]["apdu"];
    BOOST_TEST(apdu["@"] == 0u);
    BOOST_TEST(apdu["result"]["data"]["value"][1]["@"] == 11u);
    BOOST_TEST(json["pieces"][1]["apdu"]["@of"]["block_number"] == 22u + 8 + 4);
}

BOOST_AUTO_TEST_SUITE_END()
