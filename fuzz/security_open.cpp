// Protected APDUs, opened with valid keys: by suites 0, 1 and 2, each with what it can have. What
// is opened was asked for and is fresh; and whatever one bit changes on its way is refused.

#include "fuzz/property.hpp"
#include "stack/security/apdu_protection.hpp"

namespace {

using namespace dlms;
using namespace dlms::security;

template <class Key>
Key key_of(SecuritySuite suite, Byte first) {
    ByteBuffer octets(key_size(suite));
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<Byte>(first + i);
    }
    return Key::from(octets).value();
}

/// With the keys of the public examples, which the seeds are sealed with.
ApduProtection side(SecuritySuite suite, const SystemTitle& own, Random& random) {
    ProtectionKeys keys;
    keys.unicast = key_of<EncryptionKey>(suite, 0x00);
    keys.broadcast = key_of<EncryptionKey>(suite, 0x00);
    keys.authentication = key_of<AuthenticationKey>(suite, 0xD0);
    keys.master = key_of<MasterKey>(suite, 0x40);
    if (const std::optional<Curve> curve = curve_of(suite)) {
        const ByteBuffer number(coordinate_size(*curve), 0x11);
        keys.own_signing = PrivateKey::from(*curve, number).value();
        keys.own_agreement = keys.own_signing->clone();
        keys.peer_signing = keys.own_signing->public_key();
        keys.peer_agreement = keys.own_signing->public_key();
    }
    ApduProtection result = ApduProtection::create(suite, own, std::move(keys), random).value();
    result.set_dedicated_key(key_of<DedicatedKey>(suite, 0x00)).value();
    result.send_counter(KeySlot::unicast).grant({1, 1000}).value();
    return result;
}

const SystemTitle sender({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});
const SystemTitle receiver({0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1});

void open_input(SecuritySuite suite, ByteView apdu) {
    SeededRandom random(1);
    ApduProtection side_of_receiver = side(suite, receiver, random);
    side_of_receiver.set_peer_title(sender).value();
    const Result<Opened> opened = side_of_receiver.open(apdu, no_protection);
    if (!opened) {
        fuzz::require_inside(opened.error(), apdu);
        return;
    }
    fuzz::require(!opened->apdu.empty(), "what is opened is an APDU");
    if (opened->protection.authenticated) {
        fuzz::require(
            side_of_receiver.open(apdu, no_protection).error().code == ErrorCode::counter_too_low,
            "nothing is opened twice");
    }
}

void seal_input(SecuritySuite suite, std::uint8_t choice, ByteView apdu) {
    SeededRandom random(1);
    ApduProtection from = side(suite, sender, random);
    ApduProtection to = side(suite, receiver, random);
    from.set_peer_title(receiver).value();
    to.set_peer_title(sender).value();
    ProtectionRequest request;
    request.kind = (choice & 1) != 0 ? ProtectionKind::general_global : ProtectionKind::unnamed_key;
    request.protection.encrypted = (choice & 2) != 0;
    ByteBuffer out;
    const Result<ByteView> sealed = from.protect(apdu, request, out);
    fuzz::require(sealed.has_value() == !apdu.empty(), "every APDU can be protected");
    if (!sealed) {
        return;
    }
    ByteBuffer changed = to_buffer(*sealed);
    const std::size_t bit = (choice * 31u + apdu.size() * 7u) % (8 * changed.size());
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
    fuzz::require(!to.open(changed, request.protection), "every bit matters");
    // An APDU that is an envelope itself is opened further, or refused.
    if (!xdlms::is_ciphered_apdu(static_cast<xdlms::ApduTag>(apdu[0]))) {
        const Result<Opened> opened = to.open(*sealed, request.protection);
        fuzz::require(opened.has_value() && as_text(opened->apdu) == as_text(apdu),
                      "what was sealed is opened");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed(ByteView(bytes, size));
    const Byte choice = feed.octet();
    const auto suite = static_cast<SecuritySuite>(choice % 3);
    const ByteView apdu = feed.octets(size);
    if ((choice & 0x80) == 0) {
        open_input(suite, apdu);
    } else {
        seal_input(suite, static_cast<std::uint8_t>(choice / 3 & 0x1F), apdu);
    }
    return 0;
}
