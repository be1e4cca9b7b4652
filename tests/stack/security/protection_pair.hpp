#pragma once
// Two sides that share keys: a client and a meter, as the tests of protection need them.

#include <boost/test/unit_test.hpp>

#include "stack/security/apdu_protection.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

namespace dlms::testing {

using namespace security;

inline const SystemTitle client_title({0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1});
inline const SystemTitle meter_title({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});

template <class Key>
Key key_of(SecuritySuite suite, Byte first) {
    ByteBuffer octets(key_size(suite));
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<Byte>(first + i);
    }
    return Key::from(octets).value();
}

class ProtectionPair {
public:
    explicit ProtectionPair(SecuritySuite suite, ProtectionQuirks quirks = {})
        : random_(7),
          client(side(suite, client_title, quirks)),
          meter(side(suite, meter_title, quirks)) {
        for (ApduProtection* one : {&client, &meter}) {
            for (const KeySlot slot : {KeySlot::unicast, KeySlot::broadcast, KeySlot::message}) {
                one->send_counter(slot).grant({1, 0xFFFF}).value();
            }
            one->set_dedicated_key(key_of<DedicatedKey>(suite, 0x70)).value();
        }
        client.set_peer_title(meter_title).value();
        meter.set_peer_title(client_title).value();
    }

private:
    /// The same key pairs for both sides, out of one seed.
    ApduProtection side(SecuritySuite suite, const SystemTitle& own, ProtectionQuirks quirks) {
        ProtectionKeys keys;
        keys.unicast = key_of<EncryptionKey>(suite, 0x00);
        keys.broadcast = key_of<EncryptionKey>(suite, 0x20);
        keys.authentication = key_of<AuthenticationKey>(suite, 0xD0);
        keys.master = key_of<MasterKey>(suite, 0x40);
        if (const std::optional<Curve> curve = curve_of(suite)) {
            SeededRandom seeded(1);
            const auto next = [&] { return PrivateKey::generate(*curve, seeded).value(); };
            const PrivateKey client_signing = next();
            const PrivateKey client_agreement = next();
            const PrivateKey meter_signing = next();
            const PrivateKey meter_agreement = next();
            const bool is_client = own == client_title;
            keys.own_signing = (is_client ? client_signing : meter_signing).clone();
            keys.own_agreement = (is_client ? client_agreement : meter_agreement).clone();
            keys.peer_signing = (is_client ? meter_signing : client_signing).public_key();
            keys.peer_agreement = (is_client ? meter_agreement : client_agreement).public_key();
        }
        return ApduProtection::create(suite, own, std::move(keys), random_, quirks).value();
    }

    SeededRandom random_;

public:
    ApduProtection client;
    ApduProtection meter;
};

// What they say to each other.

inline const ByteBuffer request = octets("C001C100080000010000FF0200");
inline const ByteBuffer response = octets("C401C100090C07E80102FF0A0B0CFFFFC400");
inline constexpr Protection signature{.digitally_signed = true};

inline ProtectionRequest wanted(ProtectionKind kind,
                                Protection protection = authenticated_encryption,
                                bool signed_outside = false) {
    ProtectionRequest how;
    how.kind = kind;
    how.protection = protection;
    how.signed_outside = signed_outside;
    return how;
}

inline ByteBuffer sealed(ApduProtection& side, const ByteBuffer& apdu,
                         const ProtectionRequest& how) {
    ByteBuffer out;
    const Result<ByteView> result = side.protect(apdu, how, out);
    BOOST_REQUIRE_MESSAGE(result.has_value(), outcome(result));
    return to_buffer(*result);
}

inline ErrorCode refusal(ApduProtection& side, ByteView apdu,
                         Protection required = authenticated_encryption) {
    const ExactBuffer exact(apdu);
    const Result<Opened> opened = side.open(exact.view(), required);
    return opened ? ErrorCode::defect : opened.error().code;
}

inline std::string opened_hex(ApduProtection& side, ByteView apdu,
                              Protection required = authenticated_encryption) {
    const Result<Opened> opened = side.open(apdu, required);
    return opened ? to_hex(opened->apdu) : outcome(opened);
}

}  // namespace dlms::testing
