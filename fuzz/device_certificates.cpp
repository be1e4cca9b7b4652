// A simulated meter's security setup under a list of operations: key pairs, certificates that come
// in as they are, damaged or from an authority of ours, key agreement.

#include <algorithm>

#include "fuzz/property.hpp"
#include "simulator/device_security.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/security/key_agreement.hpp"

namespace {

using namespace dlms;
using namespace dlms::security;
using simulator::DeviceSecurity;

constexpr Time now{std::chrono::seconds(1'800'000'000)};
const SystemTitle meter({'T', 'S', 'T', 0, 0, 0, 0, 1});
const SystemTitle client({'H', 'E', 'S', 0, 0, 0, 0, 1});

PrivateKey key(Byte number) {
    ByteBuffer octets(32);
    octets.back() = number;
    return *PrivateKey::from(Curve::p256, octets);
}

Certificate issue(const std::string& name, const PublicKey& owner,
                  std::optional<CertificateUse> use, Byte serial, const Certificate* authority) {
    const CertificateContents contents{name,
                                       owner,
                                       use,
                                       ByteBuffer{serial},
                                       now - std::chrono::hours(1),
                                       now + std::chrono::hours(1)};
    return *issue_certificate(contents, key(1), authority);
}

struct World {
    Certificate authority = issue("CA", key(1).public_key(), std::nullopt, 1, nullptr);
    DeviceSecurity device{[&] {
        simulator::DeclaredSecurity declared;
        declared.suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128;
        declared.system_title = meter;
        declared.keys.own_signing = key(2);
        declared.certificates.authorities.push_back(authority);
        return declared;
    }()};

    void check() const {
        axdr::DataBuilder builder;
        device.certificates().add_to(builder);
        const auto list = builder.finish();
        fuzz::require(list.has_value(), "the list is well-formed");
        const std::size_t count = list->view().elements()->size();
        fuzz::require(count >= 1 && count <= 32, "the authority stays, and there is a limit");
    }
};

/// A certificate that our authority has signed, and what must come of it.
void import_good(World& world, fuzz::Feed& feed) {
    const Byte kind = feed.octet();
    const bool of_meter = (kind & 1) != 0;
    const auto use = static_cast<CertificateUse>((kind >> 1) % 3);
    const Byte number = static_cast<Byte>(2 + feed.octet() % 4);
    const Certificate made = issue((of_meter ? meter : client).hex(), key(number).public_key(), use,
                                   static_cast<Byte>(2 + feed.octet() % 100), &world.authority);
    ByteBuffer der = to_buffer(made.der());
    const Byte place = feed.octet();
    const Byte change = feed.octet();
    der[place % der.size()] ^= change;
    const bool taken = world.device.import_certificate(der, now);
    // Key 2 is the meter's for signatures, and stays it: no other pair was drawn by number.
    const bool fits =
        of_meter ? number == 2 && use == CertificateUse::digital_signature : number != 2;
    fuzz::require(!taken || change == 0, "no certificate that was changed is taken");
    fuzz::require(!taken || fits, "nobody has another's key");
    if (taken) {
        axdr::DataBuilder builder;
        builder.structure(2)
            .enumerated(1)
            .structure(2)
            .octet_string(made.serial_number())
            .octet_string(made.issuer());
        const auto name = builder.finish();
        const Certificate* found = world.device.certificates().find(name->view());
        fuzz::require(found != nullptr, "what was taken is there");
    }
}

void agree(World& world, fuzz::Feed& feed) {
    const auto data = axdr::parse_data(feed.octets(feed.octet() * 2u));
    if (data && data->is(axdr::Tag::array)) {
        fuzz::require(!world.device.agree(*data, client, now),
                      "nothing is agreed on without the client's signature");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    constexpr unsigned most_operations = 24;
    fuzz::Feed feed(ByteView(bytes, size));
    World world;
    for (unsigned done = 0; done < most_operations && !feed.empty(); ++done) {
        const Byte operation = feed.octet();
        switch (operation % 7) {
            case 0:
                world.device.generate_key_pair(static_cast<CertificateUse>(feed.octet() % 3));
                break;
            case 1: {
                const auto use = static_cast<CertificateUse>(feed.octet() % 3);
                if (const auto der = world.device.certificate_request(use)) {
                    const auto request = open_certificate_request(*der);
                    fuzz::require(request && request->owner == meter, "a request is the meter's");
                }
                break;
            }
            case 2: world.device.import_certificate(feed.octets(feed.octet() * 4u), now); break;
            case 3: import_good(world, feed); break;
            case 4: agree(world, feed); break;
            default: {
                const auto name = axdr::parse_data(feed.octets(feed.octet()));
                if (name && name->is(axdr::Tag::structure)) {
                    const bool is_there = world.device.certificates().find(*name) != nullptr;
                    const bool removed =
                        operation % 7 == 5 && world.device.certificates().remove(*name);
                    fuzz::require(is_there || !removed, "what is not there is not removed");
                }
            }
        }
        world.check();
    }
    return 0;
}
