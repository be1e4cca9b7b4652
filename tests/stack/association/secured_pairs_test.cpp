// Client and meter with every mechanism, suite, envelope and protection: what is asked is done and
// answered, nothing of it is to be read on the line, and no number is ever sent twice.

#include <map>

#include "stack/security/service_tag.hpp"
#include "tests/stack/association/secured_pair.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

constexpr std::array suites{SecuritySuite::aes_gcm_128, SecuritySuite::ecdh_ecdsa_aes_gcm_128,
                            SecuritySuite::ecdh_ecdsa_aes_gcm_256};
constexpr std::string_view marked = "0910A5A4A3A2A1A0AFAEADACABAAA9A8A7A6";

bool holds(ByteView octets, ByteView part) {
    return !std::ranges::search(octets, part).empty();
}

/// The numbers that one side has sent, by key: never one twice, and always upwards.
class Numbers {
public:
    void note(ByteView apdu) {
        const auto envelope = xdlms::decode_ciphered_apdu(apdu);
        if (!envelope) {
            return;
        }
        if (const auto* one = std::get_if<xdlms::ServiceCiphering>(&*envelope)) {
            const auto service = security::ciphered_service(one->tag);
            note(service->is_dedicated ? 'd' : 'g', one->content);
        } else if (const auto* two = std::get_if<xdlms::GeneralGloDedCiphering>(&*envelope)) {
            note(two->tag == xdlms::ApduTag::general_ded_ciphering ? 'd' : 'g', two->content);
        } else if (const auto* three = std::get_if<xdlms::GeneralCiphering>(&*envelope)) {
            const bool global =
                !three->key_info || std::holds_alternative<xdlms::IdentifiedKey>(*three->key_info);
            note(global ? 'g' : 'm', three->content);
        } else {
            const auto& outer = std::get<xdlms::GeneralSigning>(*envelope);
            note(outer.content);
        }
    }
    std::size_t count = 0;

private:
    void note(char key, const xdlms::ProtectedContent& content) {
        const auto found = highest_.find(key);
        BOOST_TEST((found == highest_.end() || content.invocation_counter > found->second));
        highest_[key] = content.invocation_counter;
        ++count;
    }
    std::map<char, std::uint32_t> highest_;
};

/// A whole life: every request, what it wrote read back, a release.
void live(SecuredPair& pair, const SecuredTerms& terms) {
    BOOST_REQUIRE_MESSAGE(pair.open(), pair.result);
    BOOST_TEST(pair.get() == "0904DEADBEEF");
    BOOST_TEST(pair.set(marked) == "done");
    BOOST_TEST(pair.get() == marked);
    if (!terms.short_names) {
        BOOST_TEST(pair.action(marked) == marked);
        const bool general = (terms.offered() & SecuredTerms::general_protection) != 0;
        BOOST_TEST(pair.access() == (general || !terms.ciphered ? marked : "not-negotiated"));
    }
    BOOST_TEST(pair.release());
}

void check_line(const SecuredPair& pair, const SecuredTerms& terms) {
    const bool hidden = terms.ciphered && terms.requests.protection.encrypted;
    for (const auto* side : {&pair.sent, &pair.answered}) {
        Numbers numbers;
        for (const ByteBuffer& apdu : *side) {
            numbers.note(apdu);
            BOOST_TEST((hidden && holds(apdu, ByteView(octets(marked)).subspan(2))) == false);
        }
        // A signature has no number.
        const Protection& asked = terms.requests.protection;
        BOOST_TEST((numbers.count != 0) ==
                   (terms.ciphered && (asked.authenticated || asked.encrypted)));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secured_pairs)

// APPL_OPEN_X_1, APPL_OPEN_3, SYMSEC_X_HLS_1, SYMSEC_1_X_CAP_1
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_1_every_mechanism_in_every_suite_and_context) {
    for (const SecuritySuite suite : suites) {
        for (Byte mechanism = 0; mechanism <= 7; ++mechanism) {
            for (const bool ciphered : {false, true}) {
                for (const bool short_names : {false, true}) {
                    SecuredTerms terms;
                    terms.suite = suite;
                    terms.mechanism = static_cast<acse::Mechanism>(mechanism);
                    terms.ciphered = ciphered;
                    terms.short_names = short_names;
                    if (terms.mechanism == acse::Mechanism::hls_ecdsa && !curve_of(suite)) {
                        continue;
                    }
                    BOOST_TEST_CONTEXT("suite " << int(number_of(suite)) << " mechanism "
                                                << int(mechanism) << " ciphered " << ciphered
                                                << " short names " << short_names) {
                        SecuredPair pair(terms);
                        live(pair, terms);
                        check_line(pair, terms);
                    }
                }
            }
        }
    }
}

// SYMSEC_0_SecDataX_P1, SYMSEC_X_TAG_1, SYMSEC_1_X_GC_1, SYMSEC_1_X_SIGN_1
BOOST_AUTO_TEST_CASE(SYMSEC_X_TAG_1_every_envelope_key_and_protection_in_every_suite) {
    const std::array protections{authenticated_only, encrypted_only, authenticated_encryption,
                                 authenticated_encryption | testing::signature, testing::signature};
    for (const SecuritySuite suite : suites) {
        for (Byte envelope = 0; envelope <= 6; ++envelope) {
            for (const Protection& protection : protections) {
                for (const bool dedicated : {false, true}) {
                    SecuredTerms terms;
                    terms.suite = suite;
                    terms.dedicated = dedicated;
                    terms.requests = {.protection = protection,
                                      .envelope = static_cast<Envelope>(envelope),
                                      .signed_outside = dedicated};
                    terms.responses = protection;
                    const bool needs_curve =
                        protection.digitally_signed || envelope > Byte(Envelope::wrapped_key);
                    if (needs_curve && !curve_of(suite)) {
                        continue;
                    }
                    BOOST_TEST_CONTEXT("suite " << int(number_of(suite)) << " envelope "
                                                << int(envelope) << " dedicated " << dedicated
                                                << " A " << protection.authenticated << " E "
                                                << protection.encrypted << " S "
                                                << protection.digitally_signed) {
                        SecuredPair pair(terms);
                        live(pair, terms);
                        check_line(pair, terms);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(without_general_protection_the_service_specific_envelope_stands_in) {
    SecuredTerms terms;
    terms.requests.envelope = Envelope::general;
    terms.conformance = 0x00FEDF;
    SecuredPair pair(terms);
    live(pair, terms);
    check_line(pair, terms);
    BOOST_TEST(int(pair.sent[2][0]) == 0xC8);  // glo-get-request
}

// GBT_X_8: blocks of both kinds around and inside of what is sealed, and no APDU above its size.
BOOST_AUTO_TEST_CASE(GBT_X_8_sizes_count_the_envelope_in_blocks_of_both_kinds) {
    std::string large = "0982012C";
    for (int i = 0; i < 300; ++i) {
        large += "5A";
    }
    for (const std::uint32_t conformance : {0x40FEDFu, 0x60FEDFu, 0x60E2DFu, 0x00FEDFu}) {
        for (const Envelope envelope : {Envelope::service_specific, Envelope::general,
                                        Envelope::identified_key, Envelope::wrapped_key}) {
            for (const unsigned size : {120u, 150u, 200u, 317u, 318u, 335u, 340u, 500u}) {
                SecuredTerms terms;
                terms.conformance = conformance;
                terms.requests.envelope = envelope;
                terms.client_size = terms.server_size = static_cast<std::uint16_t>(size);
                BOOST_TEST_CONTEXT("conformance " << conformance << " envelope " << int(envelope)
                                                  << " size " << size) {
                    SecuredPair pair(terms);
                    BOOST_REQUIRE(pair.open());
                    const std::size_t before = pair.sent.size();
                    BOOST_TEST(pair.set(large) == "done");
                    BOOST_TEST(pair.get() == large);
                    BOOST_TEST(pair.action(large) == large);
                    BOOST_TEST(pair.sent.size() - before > (size < 300 ? 6u : 2u));
                    for (const auto* side : {&pair.sent, &pair.answered}) {
                        for (const ByteBuffer& apdu : *side) {
                            // ACSE comes before a size was agreed.
                            BOOST_TEST((apdu.size() <= size || (apdu[0] & 0xFC) == 0x60));
                            BOOST_TEST(!holds(apdu, octets("5A5A5A5A5A5A")));
                        }
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_fits_exactly_goes_in_one_APDU_and_one_octet_less_does_not) {
    SecuredTerms terms;
    terms.mechanism = acse::Mechanism::lls;  // a third pass would be the longest APDU
    SecuredPair wide(terms);
    BOOST_REQUIRE(wide.open());
    BOOST_REQUIRE_EQUAL(wide.set(marked), "done");
    const auto size = static_cast<std::uint16_t>(wide.sent.back().size());
    terms.server_size = size;
    SecuredPair exact(terms);
    BOOST_REQUIRE(exact.open());
    std::size_t before = exact.sent.size();
    BOOST_REQUIRE_EQUAL(exact.set(marked), "done");
    BOOST_TEST(exact.sent.size() - before == 1u);
    terms.server_size = static_cast<std::uint16_t>(size - 1);
    SecuredPair narrow(terms);
    BOOST_REQUIRE(narrow.open());
    before = narrow.sent.size();
    BOOST_REQUIRE_EQUAL(narrow.set(marked), "done");
    BOOST_TEST(narrow.sent.size() - before > 1u);
}

BOOST_AUTO_TEST_CASE(a_push_is_sealed_as_the_policy_has_it) {
    for (const std::uint32_t conformance : {0x40FEDFu, 0x60FEDFu}) {
        SecuredTerms terms;
        terms.conformance = conformance;
        terms.client_size = 100;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        for (const std::string_view text : {marked, std::string_view("0A03414243")}) {
            const ByteBuffer body = octets(text);
            xdlms::DataNotification push;
            push.body = *axdr::parse_data(body);
            BOOST_REQUIRE(pair.meter->notify(push));
            pair.run();
            BOOST_TEST(pair.result == "push " + std::string(text));
            BOOST_TEST(!holds(pair.answered.back(), ByteView(body).subspan(2)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
