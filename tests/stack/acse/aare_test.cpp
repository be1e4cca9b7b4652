#include "stack/acse/aare.hpp"

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
const std::string accepted = context + "A203020100 A305A103020100";

ByteBuffer aare_of(std::string_view fields) {
    const ByteBuffer content = octets(fields);
    ByteBuffer buffer;
    Writer writer(buffer);
    ber::write_element(writer, Aare::tag, content);
    return buffer;
}

std::string decoding(std::string_view fields, const Tolerance& tolerance = {}) {
    const ExactBuffer buffer(aare_of(fields));
    return outcome(decode_aare(buffer.view(), tolerance));
}

void check_round_trip(const Aare& aare) {
    ByteBuffer buffer;
    Writer writer(buffer);
    encode(writer, aare);
    BOOST_REQUIRE(writer.ok());
    const ExactBuffer exact(buffer);
    const Result<Aare> decoded = decode_aare(exact.view());
    BOOST_REQUIRE_MESSAGE(decoded.has_value(), outcome(decoded));
    BOOST_TEST(to_json(*decoded) == to_json(aare));
    BOOST_TEST((decoded->diagnostic == aare.diagnostic));
    BOOST_TEST(written([&](Writer& again) { encode(again, *decoded); }) == to_hex(buffer));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acse_aare)

BOOST_AUTO_TEST_CASE(CLIENT_X_1_a_rejection_without_user_information) {
    const ExactBuffer buffer(octets("6117 A109060760857405080101 A203020101 A305A10302010D"));
    const Result<Aare> aare = decode_aare(buffer.view());
    BOOST_REQUIRE_MESSAGE(aare.has_value(), outcome(aare));
    BOOST_TEST((aare->result == AssociationResult::rejected_permanent));
    BOOST_TEST((aare->diagnostic == UserDiagnostic::authentication_failure));
    BOOST_TEST(!aare->user_information.has_value());
}

BOOST_AUTO_TEST_CASE(every_field_is_decoded_and_encoded_again) {
    const std::string fields =
        "80020780" + context +
        "A203020102 A305A203020102 A40A04084D454C6570A037B2 A503040145 A603020101 A703020102 "
        "88020780 890760857405080205 AA0A80080102030405060708 BD0419024142 BE0604040E010602";
    const ExactBuffer buffer(aare_of(fields));
    const Result<Aare> aare = decode_aare(buffer.view());
    BOOST_REQUIRE_MESSAGE(aare.has_value(), outcome(aare));
    const nlohmann::json expected{
        {"protocol_version", "0780"},
        {"application_context", "LN"},
        {"result", {{"code", 2}, {"name", "rejected-transient"}}},
        {"diagnostic",
         {{"source", "acse-service-provider"}, {"code", 2}, {"name", "no-common-acse-version"}}},
        {"responding_ap_title", "4D454C6570A037B2"},
        {"responding_ae_qualifier", "45"},
        {"responding_ap_invocation_id", 1},
        {"responding_ae_invocation_id", 2},
        {"responder_acse_requirements", "0780"},
        {"mechanism", "HLS-GMAC"},
        {"responding_authentication_value", {{"kind", "charstring"}, {"hex", "0102030405060708"}}},
        {"implementation_information", "19024142"},
        {"user_information", "0E010602"},
    };
    BOOST_TEST(differences(expected, to_json(*aare)) == "");
    BOOST_TEST(written([&](Writer& writer) { encode(writer, *aare); }) == to_hex(buffer.view()));
    BOOST_TEST(faults_of_damage(buffer.view(), [](ByteView view) -> std::optional<Error> {
                   const auto decoded = decode_aare(view);
                   return decoded ? std::nullopt : std::optional(decoded.error());
               }) == "");
}

BOOST_AUTO_TEST_CASE(context_result_and_diagnostic_are_mandatory) {
    BOOST_TEST(decoding("") == "acse/missing-field@2");
    BOOST_TEST(decoding(context) == "acse/missing-field@13");
    BOOST_TEST(decoding(context + "A203020100") == "acse/missing-field@18");
    BOOST_TEST(decoding(context + "A305A103020100") == "acse/missing-field@20");
    BOOST_TEST(decoding("A203020100 A305A103020100") == "acse/missing-field@14");
    BOOST_TEST(decoding(accepted) == "accepted");
}

BOOST_AUTO_TEST_CASE(codes_outside_the_tables_are_refused_unless_they_are_to_be_kept) {
    const Tolerance keep{.keep_unknown_codes = true};
    const std::string result3 = context + "A203020103 A305A103020100";
    const std::string user15 = context + "A203020101 A305A10302010F";
    const std::string provider3 = context + "A203020101 A305A203020103";
    BOOST_TEST(decoding(result3) == "acse/unknown-value@15");
    BOOST_TEST(decoding(user15) == "acse/unknown-value@22");
    BOOST_TEST(decoding(provider3) == "acse/unknown-value@22");
    BOOST_TEST(decoding(context + "A2030201FF A305A103020100", keep) == "acse/unknown-value@15");
    for (const std::string& fields : {result3, user15, provider3}) {
        const ExactBuffer buffer(aare_of(fields));
        const Result<Aare> aare = decode_aare(buffer.view(), keep);
        BOOST_REQUIRE_MESSAGE(aare.has_value(), outcome(aare));
        BOOST_TEST(written([&](Writer& writer) { encode(writer, *aare); }) ==
                   to_hex(buffer.view()));
    }
    BOOST_TEST(decoding(context + "A203020101 A305A303020100") == "acse/unknown-choice@20");
    BOOST_TEST(decoding(context + "A203020101 A305A103040100") == "acse/unknown-tag@22");
}

BOOST_AUTO_TEST_CASE(malformed_fields_are_refused_where_they_stand) {
    BOOST_TEST(decoding(accepted + "8A020780") == "acse/unknown-tag@25");  // a field of AARQ
    BOOST_TEST(decoding(accepted + "AC028000") == "acse/unknown-tag@25");
    BOOST_TEST(decoding(accepted + "A203020100") == "acse/repeated-field@25");
    BOOST_TEST(decoding(accepted + "8907608574050802 05 88020780") == "acse/field-order@34");
    BOOST_TEST(decoding(context + "A20402010000 A305A103020100") == "acse/trailing-octets@18");
    BOOST_TEST(decoding(context + "A203020100 A306A10302010000") == "acse/trailing-octets@25");
    BOOST_TEST(decoding(context + "A203020100 A305A104020100") == "acse/inner-length-mismatch@21");
    const ExactBuffer aarq(octets("600BA109060760857405080101"));
    BOOST_TEST(outcome(decode_aare(aarq.view())) == "acse/unknown-tag@0");
}

BOOST_AUTO_TEST_CASE(decoding_an_encoding_gives_the_same_aare) {
    const ByteBuffer title = octets("4D454C6570A037B2");
    const ByteBuffer long_challenge(200, 0x41);
    check_round_trip({});
    for (std::uint8_t result = 0; result <= 2; ++result) {
        for (std::uint8_t code = 0; code <= 14; ++code) {
            Aare aare;
            aare.result = static_cast<AssociationResult>(result);
            aare.diagnostic = static_cast<UserDiagnostic>(code);
            check_round_trip(aare);
        }
    }
    Aare full;
    full.application_context = ApplicationContext::sn_ciphered;
    full.diagnostic = ProviderDiagnostic::no_common_acse_version;
    full.responding_ap_title = title;
    full.responding_ae_qualifier = title;
    full.responding_ap_invocation_id = -70000;
    full.responding_ae_invocation_id = 70000;
    full.mechanism = Mechanism::hls_ecdsa;
    full.responding_authentication_value =
        AuthenticationValue{AuthenticationValueKind::charstring, long_challenge};
    full.user_information = long_challenge;
    check_round_trip(full);
}

BOOST_AUTO_TEST_SUITE_END()
