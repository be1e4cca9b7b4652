// Every envelope, suite and protection, client against simulated meter, over the wrapper and HDLC.

#include <boost/test/unit_test.hpp>

#include "tests/integration/secured_world.hpp"

namespace dlms::testing {
namespace {

using client::LinkKind;
using client::MeterParameters;
using security::Protection;

const cosem::AttributeDescriptor long_text{1, {0, 0, 96, 1, 9, 255}, 2};
constexpr Protection signature{.digitally_signed = true};

struct Row {
    Protection protection;
    bool outside;  ///< signed outside of what is ciphered
};
constexpr std::array rows{
    Row{security::authenticated_only, false},
    Row{security::encrypted_only, false},
    Row{security::authenticated_encryption, false},
    Row{security::authenticated_encryption | signature, false},
    Row{security::authenticated_encryption | signature, true},
    Row{signature, false},
};

bool needs_curve(const Row& row, association::Envelope envelope) {
    return row.protection.digitally_signed || envelope == association::Envelope::one_pass_key ||
           envelope == association::Envelope::static_unified_key;
}

/// Reads, writes and reads back what takes several blocks, invokes, and releases.
void converse(Desk& desk, int round) {
    BOOST_TEST(text(desk.read()) == "0600003039");
    const std::string value = "09820258" + std::string(1198, '5') + std::to_string(10 + round % 90);
    const auto written = desk.wait(desk.client.write(long_text, *axdr::Data::parse(octets(value)),
                                                     in(std::chrono::seconds(20))));
    BOOST_TEST(written.has_value());
    client::ReadRequest request;
    request.attribute = long_text;
    BOOST_TEST(text(desk.wait(
                   desk.client.read(std::move(request), in(std::chrono::seconds(20))))) == value);
    desk.release();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(protected_meter)

BOOST_AUTO_TEST_CASE(SYMSEC_X_TAG_1_every_envelope_suite_and_protection_over_both_links) {
    int round = 0;
    for (const int suite : {0, 1, 2}) {
        const SetupWorld world(SetupOptions{.suite = suite, .pdu_size = 520});
        for (std::size_t envelope = 0; envelope < client::envelope_names.size(); ++envelope) {
            for (const Row& row : rows) {
                for (const LinkKind link : {LinkKind::wrapper, LinkKind::hdlc}) {
                    const auto kind = static_cast<association::Envelope>(envelope);
                    if (suite == 0 && needs_curve(row, kind)) {
                        continue;
                    }
                    BOOST_TEST_CONTEXT("suite " << suite << ", " << client::envelope_names[envelope]
                                                << ", A " << row.protection.authenticated << " E "
                                                << row.protection.encrypted << " S "
                                                << row.protection.digitally_signed << " outside "
                                                << row.outside << ", "
                                                << (link == LinkKind::hdlc ? "HDLC" : "wrapper")) {
                        MeterParameters asked = world.parameters(1, row.protection);
                        if (link == LinkKind::hdlc) {
                            asked.endpoint.port = world.meter.hdlc_port();
                            asked.use_hdlc(client::profile_of_brand("generic"));
                        }
                        asked.security.requests.envelope = kind;
                        asked.security.requests.signed_outside = row.outside;
                        // Signatures alone hide nothing that a dedicated key could seal.
                        asked.security.dedicated_key = link == LinkKind::hdlc;
                        converse(*world.desk(std::move(asked)), ++round);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_missing_for_an_envelope_is_told_before_anything_is_sent) {
    const SetupWorld world;
    MeterParameters asked = world.parameters(1, security::authenticated_encryption);
    BOOST_TEST(client::missing_key(asked.security, asked.mechanism) == "");
    const auto missing = [&](association::Envelope envelope, const auto& take_away) {
        MeterParameters less = asked.clone();
        less.security.requests.envelope = envelope;
        take_away(less.security.keys);
        const std::string sentence = client::missing_key(less.security, less.mechanism);
        const auto one = world.desk(std::move(less));
        const auto value = one->read();
        BOOST_TEST((!value && value.error().code == client::FailureCode::deciphering_failed));
        return sentence;
    };
    using association::Envelope;
    using Keys = security::ProtectionKeys;
    BOOST_TEST(missing(Envelope::wrapped_key, [](Keys& keys) { keys.master.reset(); }) ==
               "wrapped keys need a master key");
    BOOST_TEST(missing(Envelope::one_pass_key, [](Keys& keys) { keys.own_signing.reset(); }) ==
               "signatures need a signing key and the meter's certificate");
    BOOST_TEST(missing(Envelope::static_unified_key, [](Keys& keys) {
                   keys.peer_agreement.reset();
               }) == "agreed keys need an agreement key and the meter's certificate of its own");
    BOOST_TEST(missing(Envelope::general, [](Keys& keys) { keys.unicast.reset(); }) ==
               "ciphering needs an encryption key");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
