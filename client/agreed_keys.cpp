#include "client/agreed_keys.hpp"

#include <algorithm>

#include "stack/axdr/data_builder.hpp"

namespace dlms::client {
namespace {

using security::KeyId;

constexpr std::uint8_t number_of(KeyId id) {
    return static_cast<std::uint8_t>(id);
}

security::KeyPurpose purpose_of(KeyId id) {
    return id == KeyId::master ? security::KeyPurpose::aes_key_wrap : security::KeyPurpose::aes_gcm;
}

std::unexpected<Error> other_form() {
    return fail(ErrorCode::type_mismatch, Layer::client);
}

}  // namespace

Result<AgreementOffer> offer_agreement(std::span<const KeyId> ids,
                                       const security::PrivateKey& signer, Random& random) {
    if (ids.empty()) {
        return fail(ErrorCode::out_of_range, Layer::client);
    }
    AgreementOffer offer;
    axdr::DataBuilder builder;
    builder.array(ids.size());
    for (const KeyId id : ids) {
        if (std::ranges::count(ids, id) != 1) {
            return fail(ErrorCode::out_of_range, Layer::client);
        }
        auto ephemeral = security::PrivateKey::generate(signer.curve(), random);
        if (!ephemeral) {
            return std::unexpected(ephemeral.error());
        }
        const auto data =
            security::make_key_agreement_data(number_of(id), ephemeral->public_key(), signer);
        if (!data) {
            return std::unexpected(data.error());
        }
        builder.structure(2).enumerated(number_of(id)).octet_string(*data);
        offer.halves.push_back({id, std::move(*ephemeral)});
    }
    auto parameter = builder.finish();
    if (!parameter) {
        return std::unexpected(parameter.error());
    }
    offer.parameter = std::move(*parameter);
    return offer;
}

Result<std::vector<AgreedKey>> agreed_keys(const AgreementOffer& offer,
                                           const axdr::DataView& answer,
                                           const AgreementParties& parties) {
    const auto elements = answer.elements();
    if (!answer.is(axdr::Tag::array) || !elements || elements->size() != offer.halves.size()) {
        return other_form();
    }
    std::vector<AgreedKey> keys;
    for (const AgreementOffer::Half& half : offer.halves) {
        // In whatever order.
        Result<ByteView> data = other_form();
        const axdr::ElementRange all = *elements;
        for (const axdr::DataView& element : all) {
            const auto id = element.element(0);
            const auto number =
                id ? id->unsigned_integer() : Result<std::uint64_t>(std::unexpected(id.error()));
            const auto octets = element.element(1);
            if (number && *number == number_of(half.id) && octets) {
                data = octets->octets();
            }
        }
        if (!data) {
            return std::unexpected(data.error());
        }
        const auto theirs =
            security::open_key_agreement_data(number_of(half.id), *data, parties.meter_signing);
        if (!theirs) {
            return std::unexpected(theirs.error());
        }
        auto key =
            security::ephemeral_unified_key(parties.suite, half.ephemeral, *theirs, parties.client,
                                            parties.meter, purpose_of(half.id));
        if (!key) {
            return std::unexpected(key.error());
        }
        keys.push_back({half.id, std::move(*key)});
    }
    return keys;
}

}  // namespace dlms::client
