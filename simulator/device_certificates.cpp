#include "simulator/device_certificates.hpp"

#include <algorithm>

namespace dlms::simulator {
namespace {

using axdr::DataView;
using security::Certificate;
using security::CertificateUse;
using security::PrivateKey;
using security::PublicKey;
using security::SystemTitle;

// certificate_entity and certificate_type.
constexpr std::uint8_t entity_server = 0;
constexpr std::uint8_t entity_client = 1;
constexpr std::uint8_t entity_authority = 2;
constexpr std::uint8_t entity_other = 3;
constexpr std::uint8_t type_other = 3;
// certificate_identification_type.
constexpr std::uint64_t by_entity = 0;
constexpr std::uint64_t by_serial = 1;

constexpr std::size_t index_of(CertificateUse use) {
    return static_cast<std::size_t>(use);
}

/// TLS is told by its extended key usage before the others.
std::optional<CertificateUse> use_of(const Certificate& certificate) {
    for (const CertificateUse use :
         {CertificateUse::tls, CertificateUse::digital_signature, CertificateUse::key_agreement}) {
        if (certificate.allows(use)) {
            return use;
        }
    }
    return std::nullopt;
}

std::uint8_t type_of(const Certificate& certificate) {
    const auto use = certificate.is_authority() ? std::nullopt : use_of(certificate);
    return use ? static_cast<std::uint8_t>(*use) : type_other;
}

std::uint8_t entity_of(const Certificate& certificate, const std::optional<SystemTitle>& own) {
    if (certificate.is_authority()) {
        return entity_authority;
    }
    const auto title = certificate.system_title();
    return !title ? entity_other : title == own ? entity_server : entity_client;
}

/// An INTEGER's octets without those that only say that it is positive.
ByteView trimmed(ByteView number) {
    while (number.size() > 1 && number[0] == 0) {
        number = number.subspan(1);
    }
    return number;
}

std::optional<std::uint64_t> number_in(const DataView& structure, std::size_t index) {
    const auto element = structure.element(index);
    const auto number = element ? element->unsigned_integer()
                                : Result<std::uint64_t>(std::unexpected(element.error()));
    return number ? std::optional(*number) : std::nullopt;
}

std::optional<ByteView> octets_in(const DataView& structure, std::size_t index) {
    const auto element = structure.element(index);
    const auto octets =
        element ? element->octets() : Result<ByteView>(std::unexpected(element.error()));
    return octets ? std::optional(*octets) : std::nullopt;
}

/// An authority has a name in the place of a title.
bool is_of(const Certificate& certificate, ByteView owner) {
    const auto title = certificate.system_title();
    return title ? std::ranges::equal(title->octets(), owner)
                 : std::ranges::equal(as_bytes(certificate.common_name()), owner);
}

}  // namespace

DeviceCertificates::DeviceCertificates(std::optional<security::Curve> curve,
                                       std::optional<SystemTitle> own_title,
                                       DeclaredCertificates declared)
    : curve_(curve),
      own_title_(own_title),
      declared_authorities_(declared.authorities.size()),
      certificates_(std::move(declared.authorities)) {
    std::ranges::move(declared.certificates, std::back_inserter(certificates_));
}

bool DeviceCertificates::generate(Use use, Random& random) {
    if (!curve_) {
        return false;
    }
    auto pair = PrivateKey::generate(*curve_, random);
    if (!pair) {
        return false;
    }
    fresh_.at(index_of(use)) = std::move(*pair);
    return true;
}

std::optional<ByteBuffer> DeviceCertificates::request(Use use, const PrivateKey* in_force) const {
    const auto& fresh = fresh_.at(index_of(use));
    const PrivateKey* const pair = fresh ? &*fresh : in_force;
    if (!pair || !own_title_) {
        return std::nullopt;
    }
    auto made = security::make_certificate_request(*own_title_, *pair);
    return made ? std::optional(std::move(*made)) : std::nullopt;
}

bool DeviceCertificates::is_trusted(const Certificate& certificate, security::Time now) const {
    security::TrustAnchors anchors;
    for (const Certificate& one : certificates_) {
        if (one.is_authority()) {
            (void)anchors.add(one);
        }
    }
    return anchors.verify(certificate, now).has_value();
}

std::optional<DeviceCertificates::Imported> DeviceCertificates::import(
    ByteView der, const std::array<const PrivateKey*, 3>& in_force, security::Time now) {
    auto certificate = Certificate::from(der);
    if (!certificate || certificate->public_key().curve() != curve_ ||
        !is_trusted(*certificate, now)) {
        return std::nullopt;
    }
    const auto is_same = [&](const Certificate& one) {
        return std::ranges::equal(one.der(), certificate->der());
    };
    const bool is_here = std::ranges::any_of(certificates_, is_same);
    const auto keep = [&] {
        if (!is_here) {
            certificates_.push_back(std::move(*certificate));
        }
    };
    const bool has_room = is_here || certificates_.size() < most_certificates;
    if (certificate->is_authority()) {
        if (!has_room) {
            return std::nullopt;
        }
        keep();
        return Imported{};
    }
    const auto title = certificate->system_title();
    const auto use = use_of(*certificate);
    if (!title || !use) {
        return std::nullopt;
    }
    const PublicKey& key = certificate->public_key();
    const auto has_key = [&](const PrivateKey* pair) { return pair && pair->public_key() == key; };
    const auto is_fresh = [&](const std::optional<PrivateKey>& pair) {
        return pair && pair->public_key() == key;
    };
    Imported imported;
    if (title == own_title_) {
        auto& fresh = fresh_.at(index_of(*use));
        if (is_fresh(fresh)) {
            imported = {use, std::move(*fresh)};
        } else if (!has_key(in_force.at(index_of(*use)))) {
            return std::nullopt;
        }
    } else if (std::ranges::any_of(in_force, has_key) || std::ranges::any_of(fresh_, is_fresh)) {
        return std::nullopt;  // nobody else has our key
    }
    const auto is_former = [&](const Certificate& one) {
        return !one.is_authority() && one.system_title() == title && use_of(one) == use;
    };
    if (!is_here && !has_room && std::ranges::none_of(certificates_, is_former)) {
        return std::nullopt;
    }
    if (imported.pair) {
        fresh_.at(index_of(*use)).reset();
    }
    if (!is_here) {
        std::erase_if(certificates_, is_former);
    }
    keep();
    return imported;
}

std::vector<Certificate>::const_iterator DeviceCertificates::locate(
    const DataView& identification) const {
    const auto kind = number_in(identification, 0);
    const auto options = identification.element(1);
    if (!kind || !options || !options->is(axdr::Tag::structure)) {
        return certificates_.end();
    }
    if (*kind == by_entity) {
        const auto entity = number_in(*options, 0);
        const auto type = number_in(*options, 1);
        const auto owner = octets_in(*options, 2);
        return std::ranges::find_if(certificates_, [&](const Certificate& one) {
            return entity && type && owner && entity_of(one, own_title_) == *entity &&
                   type_of(one) == *type && is_of(one, *owner);
        });
    }
    const auto serial = octets_in(*options, 0);
    const auto issuer = octets_in(*options, 1);
    return std::ranges::find_if(certificates_, [&](const Certificate& one) {
        return *kind == by_serial && serial && issuer &&
               std::ranges::equal(trimmed(one.serial_number()), trimmed(*serial)) &&
               std::ranges::equal(one.issuer(), *issuer);
    });
}

const Certificate* DeviceCertificates::find(const DataView& identification) const {
    const auto found = locate(identification);
    return found != certificates_.end() ? &*found : nullptr;
}

bool DeviceCertificates::remove(const DataView& identification) {
    const auto found = locate(identification);
    const auto trusted = certificates_.begin() + static_cast<std::ptrdiff_t>(declared_authorities_);
    if (found == certificates_.end() || found < trusted) {
        return false;
    }
    certificates_.erase(found);
    return true;
}

std::optional<PublicKey> DeviceCertificates::key_of(const SystemTitle& owner, Use use,
                                                    security::Time now) const {
    const auto found = std::ranges::find_if(certificates_, [&](const Certificate& one) {
        return !one.is_authority() && one.system_title() == owner && use_of(one) == use &&
               one.not_before() <= now && now <= one.not_after();
    });
    return found != certificates_.end() ? std::optional(found->public_key()) : std::nullopt;
}

std::optional<PublicKey> DeviceCertificates::trusted_key(ByteView der, const SystemTitle& owner,
                                                         Use use, security::Time now) const {
    const auto certificate = Certificate::from(der);
    const bool fits = certificate && !certificate->is_authority() &&
                      certificate->system_title() == owner && certificate->allows(use) &&
                      certificate->public_key().curve() == curve_ && is_trusted(*certificate, now);
    return fits ? std::optional(certificate->public_key()) : std::nullopt;
}

void DeviceCertificates::add_to(axdr::DataBuilder& builder) const {
    builder.array(certificates_.size());
    for (const Certificate& one : certificates_) {
        builder.structure(6)
            .enumerated(entity_of(one, own_title_))
            .enumerated(type_of(one))
            .octet_string(one.serial_number())
            .octet_string(one.issuer())
            .octet_string(one.subject())
            .octet_string({});
    }
}

}  // namespace dlms::simulator
