#pragma once
// New keys that a meter and we agree on: the parameter and the answer of key_agreement (security
// setup, class 64 version 1, method 3; ephemeral unified model C(2e, 0s), sheet section 11.7).

#include <span>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/security/key_agreement.hpp"
#include "stack/security/keys.hpp"

namespace dlms::client {

/// Our half: what is sent, and the private keys that nobody else has.
struct AgreementOffer {
    struct Half {
        security::KeyId id{};
        security::PrivateKey ephemeral;
    };
    axdr::Data parameter;
    std::vector<Half> halves;
};

/// Errors: out_of_range for no key at all or one named twice, defect.
Result<AgreementOffer> offer_agreement(std::span<const security::KeyId> ids,
                                       const security::PrivateKey& signer, Random& random);

struct AgreedKey {
    security::KeyId id{};
    SecretBytes octets;
};
/// Both sides, and the key that the meter signs with.
struct AgreementParties {
    security::SecuritySuite suite;
    security::SystemTitle client;
    security::SystemTitle meter;
    security::PublicKey meter_signing;
};
/// The keys, of which the meter has told its halves. Errors: type_mismatch for an answer of another
/// form, or about other keys; those of open_key_agreement_data().
Result<std::vector<AgreedKey>> agreed_keys(const AgreementOffer& offer,
                                           const axdr::DataView& answer,
                                           const AgreementParties& parties);

}  // namespace dlms::client
