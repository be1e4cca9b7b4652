#include "stack/acse/aarq.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/acse/acse_json.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/json_match.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::acse;
using namespace dlms::testing;

namespace {

const std::string context = "A109060760857405080101";
const std::string user_information = "BE10040E01000000065F1F0400007E1F04B0";

/// The fields given, in an AARQ of the length that they have.
ByteBuffer aarq_of(std::string_view fields) {
    const ByteBuffer content = octets(fields);
    ByteBuffer buffer;
    Writer writer(buffer);
    ber::write_element(writer, Aarq::tag, content);
    return buffer;
}

std::string decoding(std::string_view fields, const Tolerance& tolerance = {}) {
    const ExactBuffer buffer(aarq_of(fields));
    return outcome(decode_aarq(buffer.view(), tolerance));
}

/// decode(encode(x)) == x, and the encoding is the same the second time.
void check_round_trip(const Aarq& aarq) {
    ByteBuffer buffer;
    Writer writer(buffer);
    encode(writer, aarq);
    BOOST_REQUIRE(writer.ok());
    const ExactBuffer exact(buffer);
    const Result<Aarq> decoded = decode_aarq(exact.view());
    BOOST_REQUIRE_MESSAGE(decoded.has_value(), outcome(decoded));
    BOOST_TEST(to_json(*decoded) == to_json(aarq));
    BOOST_TEST(written([&](Writer& again) { encode(again, *decoded); }) == to_hex(buffer));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acse_aarq)

BOOST_AUTO_TEST_CASE(the_hexcell_library_with_a_password) {
    // What the Hexcell library sends: protocol-version in six bits.
    const ExactBuffer buffer(
        octets("603A 80020284 A109060760857405080101 8A020780 8B0760857405080201 "
               "AC0A80083030303030303030 BE10040E01000000065F1F040000181F04B0"));
    const Result<Aarq> aarq = decode_aarq(buffer.view());
    BOOST_REQUIRE_MESSAGE(aarq.has_value(), outcome(aarq));
    BOOST_TEST(aarq->proposes_version1());
    BOOST_TEST(aarq->protocol_version->size() == 6u);
    BOOST_TEST((aarq->application_context.known() == ApplicationContext::ln));
    BOOST_TEST(aarq->requests_authentication());
    BOOST_TEST((aarq->mechanism->known() == Mechanism::lls));
    BOOST_TEST(as_text(aarq->calling_authentication_value->octets) == "00000000");
    BOOST_TEST(to_hex(*aarq->user_information) == "01000000065F1F040000181F04B0");
    BOOST_TEST(!aarq->calling_ap_title.has_value());
    BOOST_TEST(written([&](Writer& writer) { encode(writer, *aarq); }) == to_hex(buffer.view()));
}

BOOST_AUTO_TEST_CASE(the_hexcell_library_without_authentication) {
    const ExactBuffer buffer(
        octets("6021 80020284 A109060760857405080101 BE10040E01000000065F1F040000181F0000"));
    const Result<Aarq> aarq = decode_aarq(buffer.view());
    BOOST_REQUIRE_MESSAGE(aarq.has_value(), outcome(aarq));
    BOOST_TEST(!aarq->requests_authentication());
    BOOST_TEST(!aarq->mechanism.has_value());
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_4_protocol_version_tells_whether_version1_is_proposed) {
    const auto proposes = [](const std::string& field) {
        const ExactBuffer buffer(aarq_of(field + context));
        return decode_aarq(buffer.view()).value().proposes_version1();
    };
    BOOST_TEST(proposes(""));  // the default
    BOOST_TEST(proposes("80020780"));
    BOOST_TEST(proposes("80020284"));
    BOOST_TEST(!proposes("80020244"));
    BOOST_TEST(!proposes("80020700"));
    BOOST_TEST(!proposes("800100"));
}

BOOST_AUTO_TEST_CASE(every_field_is_decoded_and_encoded_again) {
    const std::string fields =
        "80020780" + context +
        "A203040144 A303040145 A403020101 A503020102 A60A04084D4D4D0000BC614E A703040146 "
        "A8030201FF A904020200FF 8A020780 8B0760857405080205 AC0A80080102030405060708 "
        "BD041902 4142" +
        user_information;
    const ExactBuffer buffer(aarq_of(fields));
    const Result<Aarq> aarq = decode_aarq(buffer.view());
    BOOST_REQUIRE_MESSAGE(aarq.has_value(), outcome(aarq));
    const nlohmann::json expected{
        {"protocol_version", "0780"},
        {"application_context", "LN"},
        {"called_ap_title", "44"},
        {"called_ae_qualifier", "45"},
        {"called_ap_invocation_id", 1},
        {"called_ae_invocation_id", 2},
        {"calling_ap_title", "4D4D4D0000BC614E"},
        {"calling_ae_qualifier", "46"},
        {"calling_ap_invocation_id", -1},
        {"calling_ae_invocation_id", 255},
        {"sender_acse_requirements", "0780"},
        {"mechanism", "HLS-GMAC"},
        {"calling_authentication_value", {{"kind", "charstring"}, {"hex", "0102030405060708"}}},
        {"implementation_information", "19024142"},
        {"user_information", "01000000065F1F0400007E1F04B0"},
    };
    BOOST_TEST(differences(expected, to_json(*aarq)) == "");
    BOOST_TEST(written([&](Writer& writer) { encode(writer, *aarq); }) == to_hex(buffer.view()));
    BOOST_TEST(faults_of_damage(buffer.view(), [](ByteView view) -> std::optional<Error> {
                   const auto decoded = decode_aarq(view);
                   return decoded ? std::nullopt : std::optional(decoded.error());
               }) == "");
}

BOOST_AUTO_TEST_CASE(authentication_values_of_every_kind) {
    const auto value = [](const std::string& field) {
        const ExactBuffer buffer(aarq_of(context + field));
        const Result<Aarq> aarq = decode_aarq(buffer.view());
        if (!aarq) {
            return outcome(aarq);
        }
        BOOST_TEST(written([&](Writer& writer) { encode(writer, *aarq); }) ==
                   to_hex(buffer.view()));
        const auto json = to_json(*aarq).at("calling_authentication_value");
        return json.at("kind").get<std::string>() + ' ' + json.at("hex").get<std::string>();
    };
    BOOST_TEST(value("AC028000") == "charstring ");  // empty password, APPL_OPEN_7/S5
    BOOST_TEST(value("AC0480023031") == "charstring 3031");
    BOOST_TEST(value("AC04810207 80") == "bitstring 0780");
    BOOST_TEST(value("AC04A2020500") == "external 0500");
    BOOST_TEST(value("AC04A3020500") == "other 0500");
    BOOST_TEST(value("AC0482020500") == "acse/unknown-choice@15");
    BOOST_TEST(value("AC0481020980") == "acse/value-out-of-range@17");
    BOOST_TEST(value("AC00") == "acse/truncated@15");
    BOOST_TEST(value("AC05800230 3100") == "acse/trailing-octets@19");
    BOOST_TEST(value("AC0480033031") == "acse/inner-length-mismatch@16");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_5_names_outside_the_tables) {
    const std::string garbage = "A10906075F857504070203";
    BOOST_TEST(decoding(garbage) == "acse/unknown-object-identifier@4");
    const std::string mechanism = context + "8B0760857405080263";
    BOOST_TEST(decoding(mechanism) == "acse/unknown-object-identifier@15");
    // With the tolerance a server gets them, to answer with the diagnostic that names them.
    const ExactBuffer unknown_context(aarq_of(garbage));
    const Aarq first = decode_aarq(unknown_context.view(), {.keep_unknown_names = true}).value();
    BOOST_TEST(!first.application_context.known().has_value());
    BOOST_TEST(written([&](Writer& writer) { encode(writer, first); }) ==
               to_hex(unknown_context.view()));
    const ExactBuffer unknown_mechanism(aarq_of(mechanism));
    const Aarq second = decode_aarq(unknown_mechanism.view(), {.keep_unknown_names = true}).value();
    BOOST_REQUIRE(second.mechanism.has_value());
    BOOST_TEST(!second.mechanism->known().has_value());
    BOOST_TEST(written([&](Writer& writer) { encode(writer, second); }) ==
               to_hex(unknown_mechanism.view()));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_10_malformed_fields_are_refused_where_they_stand) {
    const auto whole = [](std::string_view hex) {
        const ExactBuffer buffer(octets(hex));
        return outcome(decode_aarq(buffer.view()));
    };
    BOOST_TEST(whole("") == "acse/truncated@0");
    BOOST_TEST(whole("60") == "acse/truncated@1");
    BOOST_TEST(whole("6000") == "acse/missing-field@2");
    BOOST_TEST(whole("6100") == "acse/unknown-tag@0");
    BOOST_TEST(whole("6080A1") == "acse/invalid-length-encoding@1");
    BOOST_TEST(whole("6084FFFFFFFFA1") == "acse/length-beyond-buffer@1");
    BOOST_TEST(whole("600BA109060760857405080101"
                     "00") == "acse/trailing-octets@13");
    BOOST_TEST(decoding(context + "9F0100") == "acse/unknown-tag@13");
    BOOST_TEST(decoding(context + "9D0100") == "acse/unknown-tag@13");
    BOOST_TEST(decoding(context + context) == "acse/repeated-field@13");
    BOOST_TEST(decoding(user_information + context) == "acse/field-order@20");
    BOOST_TEST(decoding(context + user_information + context) == "acse/repeated-field@31");
    BOOST_TEST(decoding("A10806066085740508 01") == "acse/unknown-object-identifier@4");
    BOOST_TEST(decoding("A10904076085740508 0101") == "acse/unknown-tag@4");
    BOOST_TEST(decoding("A1810906076085740508 0101") == "accepted");  // longer length than needed
    BOOST_TEST(decoding(context + "A2020400") == "accepted");         // empty title
    BOOST_TEST(decoding(context + "A2020500") == "acse/unknown-tag@15");
    BOOST_TEST(decoding(context + "A200") == "acse/truncated@15");
    BOOST_TEST(decoding(context + "A4020200") == "acse/truncated@17");
    BOOST_TEST(decoding(context + "A40B0209010000000000000000") == "acse/value-out-of-range@17");
    BOOST_TEST(decoding(context + "8A020980") == "acse/value-out-of-range@15");
    BOOST_TEST(decoding(context + "8A00") == "acse/truncated@15");
    BOOST_TEST(decoding(context + "BE03040200") == "acse/inner-length-mismatch@16");
    BOOST_TEST(decoding(context + "BE0404010000") == "acse/trailing-octets@18");
    BOOST_TEST(decoding(context + "BE7F") == "acse/inner-length-mismatch@14");
}

BOOST_AUTO_TEST_CASE(decoding_an_encoding_gives_the_same_aarq) {
    const ByteBuffer title = octets("4D4D4D0000BC614E");
    const ByteBuffer certificate(400, 0x30);  // makes the length two octets
    const ByteBuffer initiate = octets("01000000065F1F0400007E1F04B0");
    const ByteBuffer version1 = octets("80");
    check_round_trip({});
    for (std::uint8_t context_number = 1; context_number <= 4; ++context_number) {
        for (std::uint8_t mechanism = 0; mechanism <= 7; ++mechanism) {
            Aarq aarq;
            aarq.application_context = static_cast<ApplicationContext>(context_number);
            aarq.mechanism = static_cast<Mechanism>(mechanism);
            aarq.sender_acse_requirements = ber::BitString{7, version1};
            aarq.calling_authentication_value =
                AuthenticationValue{AuthenticationValueKind::charstring, title};
            aarq.user_information = initiate;
            check_round_trip(aarq);
        }
    }
    Aarq full;
    full.protocol_version = ber::BitString{7, version1};
    full.called_ap_title = title;
    full.called_ae_qualifier = ByteView();
    full.called_ap_invocation_id = 0;
    full.called_ae_invocation_id = INT64_MIN;
    full.calling_ap_title = title;
    full.calling_ae_qualifier = certificate;
    full.calling_ap_invocation_id = INT64_MAX;
    full.calling_ae_invocation_id = 200;
    full.implementation_information = title;
    full.user_information = certificate;
    check_round_trip(full);
}

BOOST_AUTO_TEST_CASE(the_writers_limit_is_kept) {
    Aarq aarq;
    ByteBuffer buffer;
    Writer exact(buffer, 13);
    encode(exact, aarq);
    BOOST_TEST(exact.ok());
    BOOST_TEST(to_hex(buffer) == "600B" + context);
    ByteBuffer other;
    Writer short_by_one(other, 12);
    encode(short_by_one, aarq);
    BOOST_TEST(!short_by_one.ok());
}

BOOST_AUTO_TEST_SUITE_END()
