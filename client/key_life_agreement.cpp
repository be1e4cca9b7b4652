// New keys that the meter and we agree on. They are known when the meter's half has come, so that
// they are staged then, and not before they are sent: if the answer is lost, so are they.

#include <algorithm>

#include "client/agreed_keys.hpp"
#include "client/key_life.hpp"

namespace dlms::client {
namespace {

using security::KeyId;

constexpr std::uint16_t security_setup_class = 64;
constexpr std::int8_t key_agreement_method = 3;
constexpr std::chrono::seconds release_within{5};

KeyId id_of(SecretKind kind) {
    switch (kind) {
        case SecretKind::authentication: return KeyId::authentication;
        case SecretKind::broadcast: return KeyId::broadcast;
        case SecretKind::master: return KeyId::master;
        default: return KeyId::unicast;
    }
}

SecretKind kind_of(KeyId id) {
    switch (id) {
        case KeyId::authentication: return SecretKind::authentication;
        case KeyId::broadcast: return SecretKind::broadcast;
        case KeyId::master: return SecretKind::master;
        case KeyId::unicast: break;
    }
    return SecretKind::encryption;
}

Outcome<MeterSecrets> secrets_from(const AgreementOffer& offer,
                                   const std::optional<axdr::Data>& answer,
                                   const MeterSecurity& security) {
    auto keys = answer
                    ? agreed_keys(offer, answer->view(),
                                  {security.suite, *security.own_title, *security.meter_title,
                                   *security.keys.peer_signing})
                    : Result<std::vector<AgreedKey>>(fail(ErrorCode::type_mismatch, Layer::client));
    if (!keys) {
        return std::unexpected(from_error(keys.error()));
    }
    MeterSecrets fresh;
    for (const AgreedKey& key : *keys) {
        fresh.set(kind_of(key.id), key.octets.reveal());
    }
    return fresh;
}

}  // namespace

std::string agreement_obstacle(const MeterParameters& parameters,
                               std::span<const SecretKind> kinds) {
    const MeterSecurity& security = parameters.security;
    const security::Protection& protection = security.requests.protection;
    if (kinds.empty() || std::ranges::find(kinds, SecretKind::password) != kinds.end()) {
        return "keys are agreed on, one at least, and no passwords";
    }
    if (!security::curve_of(security.suite)) {
        return "keys are agreed on in security suites 1 and 2 only";
    }
    if (!security.ciphered || !protection.authenticated || !protection.encrypted) {
        return "keys are agreed on in an association with authenticated encryption only";
    }
    if (!security.keys.own_signing) {
        return "our half of an agreement is signed, and no signing key is known";
    }
    if (!security.keys.peer_signing || !security.meter_title) {
        return "the meter's half of an agreement is signed, and no certificate of it is known";
    }
    return {};
}

asio::awaitable<KeyLife::SecretOutcome<void>> KeyLife::agree(const MeterParameters& parameters,
                                                             std::span<const SecretKind> kinds,
                                                             const SecretChange& places,
                                                             Instant deadline) {
    constexpr const char* step = "agreeing on new keys";
    std::vector<KeyId> ids;
    std::ranges::transform(kinds, std::back_inserter(ids), id_of);
    SystemRandom random;
    const auto offer = offer_agreement(ids, *parameters.security.keys.own_signing, random);
    if (!offer) {
        co_return std::unexpected(SecretFailure{from_error(offer.error()), step, InForce::former});
    }
    const auto client = make_client_(parameters.clone());
    const Outcome<AssociationInfo> made = co_await client->connect(deadline);
    if (!made) {
        co_return std::unexpected(
            SecretFailure{made.error(), "associating with the present secrets", InForce::former});
    }
    const cosem::MethodDescriptor method{security_setup_class, places.security_setup,
                                         key_agreement_method};
    const auto answer = co_await client->invoke(method, axdr::Data(offer->parameter), deadline);
    Outcome<MeterSecrets> fresh;
    if (answer) {
        fresh = secrets_from(*offer, *answer, parameters.security);
    } else {
        fresh = std::unexpected(answer.error());
    }
    SecretChange change;
    change.security_setup = places.security_setup;
    change.association = places.association;
    Status staged;
    if (fresh) {
        change.fresh = std::move(*fresh);
        const MeterSecrets in_force = secrets_of(parameters).of_kinds_in(change.fresh);
        staged = records_.stage(meter_, provable(in_force), change.fresh);
    }
    // The association may be of no more use under keys that are no more: nobody waits for it long.
    co_await client->release(std::chrono::steady_clock::now() + release_within);
    if (fresh && staged) {
        co_return co_await prove(parameters, change, nullptr, deadline);
    }
    Failure failure;
    if (fresh) {
        failure = from_error(staged.error());
    } else {
        failure = fresh.error();
    }
    const bool is_refused = !answer && is_refusal(answer.error());
    if (!answer && !is_refused && answer.error().code != FailureCode::outcome_unknown) {
        // Nothing was sent.
        co_return std::unexpected(SecretFailure{failure, step, InForce::former});
    }
    // The meter may have keys that we do not, whatever it says.
    const Outcome<void> with_former = co_await associates(parameters, MeterSecrets(), deadline);
    const bool shows_all =
        is_refused || std::ranges::all_of(kinds, [](SecretKind kind) {
            return kind == SecretKind::encryption || kind == SecretKind::authentication;
        });
    co_return std::unexpected(
        SecretFailure{failure, step, with_former && shows_all ? InForce::former : InForce::lost});
}

}  // namespace dlms::client
