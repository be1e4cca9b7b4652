#include "client/key_life.hpp"

#include <algorithm>
#include <array>

#include "client/key_transfer.hpp"
#include "stack/axdr/data_builder.hpp"

namespace dlms::client {
namespace {

using acse::Mechanism;
using security::KeyId;

constexpr std::uint16_t association_class = 15;
constexpr std::int8_t secret_attribute = 7;
constexpr std::int8_t change_hls_secret_method = 2;
constexpr std::uint16_t security_setup_class = 64;
constexpr std::int8_t key_transfer_method = 2;
/// How long the release of an association may take, whatever the meter does.
constexpr std::chrono::seconds release_within{5};

struct TransferredKind {
    SecretKind kind;
    KeyId id;
};
constexpr std::array transferred_kinds{
    TransferredKind{SecretKind::encryption, KeyId::unicast},
    TransferredKind{SecretKind::broadcast, KeyId::broadcast},
    TransferredKind{SecretKind::authentication, KeyId::authentication},
    TransferredKind{SecretKind::master, KeyId::master},
};

Instant now() {
    return std::chrono::steady_clock::now();
}

bool has_changeable_secret(Mechanism mechanism) {
    return mechanism == Mechanism::lls || mechanism == Mechanism::hls_manufacturer ||
           mechanism == Mechanism::hls_md5 || mechanism == Mechanism::hls_sha1 ||
           mechanism == Mechanism::hls_sha256;
}

/// Whether an association with these parameters comes about with one of the secrets only.
bool uses_any(const MeterParameters& parameters, const MeterSecrets& secrets) {
    const MeterSecurity& security = parameters.security;
    const bool gmac = parameters.mechanism == Mechanism::hls_gmac;
    return (secrets.find(SecretKind::encryption) && (security.ciphered || gmac)) ||
           (secrets.find(SecretKind::authentication) &&
            (security.requests.protection.authenticated || gmac)) ||
           (secrets.find(SecretKind::password) && has_changeable_secret(parameters.mechanism));
}

bool has_keys(const MeterSecrets& secrets) {
    return std::ranges::any_of(transferred_kinds, [&](const TransferredKind& one) {
        return secrets.find(one.kind) != nullptr;
    });
}

/// Whether the meter may have carried out what was sent.
bool may_be_done(const Failure& failure) {
    return failure.code == FailureCode::outcome_unknown;
}

template <class Key>
Status take(const MeterSecrets& secrets, SecretKind kind, std::optional<Key>& key) {
    const SecretBytes* secret = secrets.find(kind);
    if (!secret) {
        return {};
    }
    auto taken = Key::from(secret->reveal());
    if (!taken) {
        return std::unexpected(taken.error());
    }
    key = std::move(*taken);
    return {};
}

Outcome<axdr::Data> octet_string(ByteView octets) {
    axdr::DataBuilder builder;
    builder.octet_string(octets);
    auto data = builder.finish();
    if (!data) {
        return std::unexpected(from_error(data.error()));
    }
    return std::move(*data);
}

Outcome<axdr::Data> transfer_parameter(const MeterSecrets& fresh,
                                       const security::MasterKey& master) {
    std::vector<NewKey> keys;
    for (const TransferredKind& one : transferred_kinds) {
        if (const SecretBytes* secret = fresh.find(one.kind)) {
            keys.push_back({one.id, secret->reveal()});
        }
    }
    auto data = wrapped_keys(master, keys);
    if (!data) {
        return std::unexpected(from_error(data.error()));
    }
    return std::move(*data);
}

}  // namespace

MeterSecrets provable(const MeterSecrets& secrets) {
    MeterSecrets result;
    for (const SecretKind kind :
         {SecretKind::encryption, SecretKind::authentication, SecretKind::password}) {
        if (const SecretBytes* secret = secrets.find(kind)) {
            result.set(kind, secret->reveal());
        }
    }
    return result;
}

Result<MeterSecrets> draw_keys(std::span<const SecretKind> kinds, security::SecuritySuite suite,
                               Random& random) {
    MeterSecrets drawn;
    for (const SecretKind kind : kinds) {
        if (kind == SecretKind::password) {
            return fail(ErrorCode::out_of_range, Layer::client);
        }
        ByteBuffer octets(security::key_size(suite));
        if (!random.fill(octets)) {
            return fail(ErrorCode::defect, Layer::client);
        }
        drawn.set(kind, octets);
        wipe(octets);
    }
    if (drawn.empty()) {
        return fail(ErrorCode::out_of_range, Layer::client);
    }
    return drawn;
}

MeterSecrets secrets_of(const MeterParameters& parameters) {
    const security::ProtectionKeys& keys = parameters.security.keys;
    MeterSecrets secrets;
    const auto add = [&](SecretKind kind, const auto& key) {
        if (key) {
            secrets.set(kind, key->reveal());
        }
    };
    add(SecretKind::encryption, keys.unicast);
    add(SecretKind::authentication, keys.authentication);
    add(SecretKind::broadcast, keys.broadcast);
    add(SecretKind::master, keys.master);
    if (has_changeable_secret(parameters.mechanism)) {
        secrets.set(SecretKind::password, parameters.password.reveal());
    }
    return secrets;
}

Result<MeterParameters> with_secrets(const MeterParameters& parameters,
                                     const MeterSecrets& secrets) {
    MeterParameters result = parameters.clone();
    security::ProtectionKeys& keys = result.security.keys;
    for (const Status& taken : {take(secrets, SecretKind::encryption, keys.unicast),
                                take(secrets, SecretKind::authentication, keys.authentication),
                                take(secrets, SecretKind::broadcast, keys.broadcast),
                                take(secrets, SecretKind::master, keys.master)}) {
        if (!taken) {
            return std::unexpected(taken.error());
        }
    }
    if (const SecretBytes* password = secrets.find(SecretKind::password)) {
        result.password = password->clone();
    }
    return result;
}

std::string obstacle(const MeterParameters& parameters, const SecretChange& change) {
    const MeterSecurity& security = parameters.security;
    const security::Protection& protection = security.requests.protection;
    const bool keys = has_keys(change.fresh);
    const SecretBytes* password = change.fresh.find(SecretKind::password);
    if (change.fresh.empty()) {
        return "no new secret was named";
    }
    if (keys && password) {
        return "keys and a password are changed one after the other, so that the meter never has "
               "one without the other";
    }
    if (!security.ciphered || !protection.authenticated || !protection.encrypted) {
        return "secrets are changed in an association with authenticated encryption only";
    }
    if (password && !has_changeable_secret(parameters.mechanism)) {
        return "the association's mechanism has no password";
    }
    if (password && password->empty()) {
        return "a password has one octet at least";
    }
    if (keys && !security.keys.master) {
        return "new keys are wrapped with the master key, and none is known";
    }
    const std::size_t size = security::key_size(security.suite);
    for (const TransferredKind& one : transferred_kinds) {
        const SecretBytes* key = change.fresh.find(one.kind);
        if (key && key->size() != size) {
            return "a key of security suite " +
                   std::to_string(security::number_of(security.suite)) + " has " +
                   std::to_string(size) + " octets";
        }
    }
    return {};
}

asio::awaitable<Outcome<void>> KeyLife::associates(const MeterParameters& parameters,
                                                   const MeterSecrets& secrets, Instant deadline) {
    auto changed = with_secrets(parameters, secrets);
    if (!changed) {
        co_return std::unexpected(from_error(changed.error()));
    }
    const auto client = make_client_(std::move(*changed));
    const Outcome<AssociationInfo> made = co_await client->connect(deadline);
    co_await client->release(now() + release_within);
    if (!made) {
        co_return std::unexpected(made.error());
    }
    co_return Outcome<void>();
}

asio::awaitable<Outcome<void>> KeyLife::send(MeterClient& client, const MeterParameters& parameters,
                                             const SecretChange& change, Instant deadline) {
    const SecretBytes* password = change.fresh.find(SecretKind::password);
    if (!password && !parameters.security.keys.master) {
        co_return std::unexpected(from_error(Error{ErrorCode::key_missing, Layer::client, 0}));
    }
    Outcome<axdr::Data> parameter =
        password ? octet_string(password->reveal())
                 : transfer_parameter(change.fresh, *parameters.security.keys.master);
    if (!parameter) {
        co_return std::unexpected(parameter.error());
    }
    if (password && parameters.mechanism == Mechanism::lls) {
        const cosem::AttributeDescriptor secret{association_class, change.association,
                                                secret_attribute};
        co_return co_await client.write(secret, std::move(*parameter), deadline);
    }
    const cosem::MethodDescriptor method =
        password ? cosem::MethodDescriptor{association_class, change.association,
                                           change_hls_secret_method}
                 : cosem::MethodDescriptor{security_setup_class, change.security_setup,
                                           key_transfer_method};
    const auto done = co_await client.invoke(method, std::move(*parameter), deadline);
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return Outcome<void>();
}

KeyLife::SecretOutcome<void> KeyLife::commit(const MeterParameters& former) {
    if (const Status done = records_.commit(meter_, secrets_of(former)); !done) {
        // They stay staged: the next connection finds out that the meter has them.
        return std::unexpected(
            SecretFailure{from_error(done.error()), "recording the new secrets", InForce::fresh});
    }
    return {};
}

KeyLife::SecretOutcome<void> KeyLife::discard(const Failure& failure, const char* step) {
    // If that fails they stay staged, which settle() takes for what it is.
    static_cast<void>(records_.discard(meter_));
    return std::unexpected(SecretFailure{failure, step, InForce::former});
}

asio::awaitable<KeyLife::SecretOutcome<void>> KeyLife::change(const MeterParameters& parameters,
                                                              const SecretChange& change,
                                                              Instant deadline) {
    const auto client = make_client_(parameters.clone());
    const Outcome<AssociationInfo> made = co_await client->connect(deadline);
    if (!made) {
        co_return std::unexpected(
            SecretFailure{made.error(), "associating with the present secrets", InForce::former});
    }
    // The association has proven these; no other is taken on the caller's word.
    const MeterSecrets in_force = secrets_of(parameters).of_kinds_in(change.fresh);
    if (const Status staged = records_.stage(meter_, provable(in_force), change.fresh); !staged) {
        co_await client->release(now() + release_within);
        co_return std::unexpected(SecretFailure{from_error(staged.error()),
                                                "recording the new secrets", InForce::former});
    }
    const Outcome<void> sent = co_await send(*client, parameters, change, deadline);
    co_await client->release(now() + release_within);
    co_return co_await prove(parameters, change, sent ? nullptr : &sent.error(), deadline);
}

// `doubt`: why it is not known whether the meter carried out the transfer. A refusal too is only
// the meter's word, which an association proves.
asio::awaitable<KeyLife::SecretOutcome<void>> KeyLife::prove(const MeterParameters& parameters,
                                                             const SecretChange& change,
                                                             const Failure* doubt,
                                                             Instant deadline) {
    if (provable(change.fresh).empty()) {
        // The meter's word is all there is.
        if (!doubt) {
            co_return commit(parameters);
        }
        if (!may_be_done(*doubt)) {
            co_return discard(*doubt, "transferring the new secrets");
        }
        co_return std::unexpected(
            SecretFailure{*doubt, "transferring the new secrets", InForce::unknown});
    }
    // What is likely first: meters count the tries with secrets that they do not have.
    const bool is_refused = doubt && !may_be_done(*doubt);
    if (is_refused) {
        const Outcome<void> as_before = co_await associates(parameters, MeterSecrets(), deadline);
        if (as_before) {
            co_return discard(*doubt, "transferring the new secrets");
        }
    }
    const Outcome<void> with_fresh = co_await associates(parameters, change.fresh, deadline);
    if (with_fresh) {
        co_return commit(parameters);
    }
    const Failure& failure = doubt ? *doubt : with_fresh.error();
    const char* const step =
        doubt ? "transferring the new secrets" : "associating with the new secrets";
    if (!is_refused) {
        const Outcome<void> as_before = co_await associates(parameters, MeterSecrets(), deadline);
        if (as_before) {
            co_return discard(failure, step);
        }
    }
    co_return std::unexpected(SecretFailure{failure, step, InForce::unknown});
}

asio::awaitable<KeyLife::SecretOutcome<void>> KeyLife::settle(const MeterParameters& parameters,
                                                              const SecretChange* places,
                                                              Instant deadline) {
    const auto staged = records_.staged(meter_);
    if (!staged) {
        co_return std::unexpected(SecretFailure{from_error(staged.error()),
                                                "reading the secrets' records", InForce::unknown});
    }
    if (provable(*staged).empty()) {
        if (staged->empty() || !places) {
            co_return SecretOutcome<void>();
        }
        const SecretChange change{staged->clone(), places->security_setup, places->association};
        co_return co_await send_again(parameters, change, deadline);
    }
    if (!uses_any(parameters, *staged)) {
        co_return SecretOutcome<void>();  // such an association shows nothing
    }
    const Outcome<void> with_fresh = co_await associates(parameters, *staged, deadline);
    if (with_fresh) {
        co_return commit(parameters);
    }
    const Outcome<void> with_former = co_await associates(parameters, MeterSecrets(), deadline);
    if (with_former) {
        static_cast<void>(discard(with_fresh.error(), ""));
        co_return SecretOutcome<void>();
    }
    co_return std::unexpected(SecretFailure{with_former.error(),
                                            "associating with the secrets of before a change that "
                                            "was cut off, and with those that it meant",
                                            InForce::unknown});
}

// A meter that has a key takes it again.
asio::awaitable<KeyLife::SecretOutcome<void>> KeyLife::send_again(const MeterParameters& parameters,
                                                                  const SecretChange& change,
                                                                  Instant deadline) {
    const auto client = make_client_(parameters.clone());
    Outcome<void> sent = co_await send(*client, parameters, change, deadline);
    const auto wrapped_anew = with_secrets(parameters, change.fresh);
    if (!sent && change.fresh.find(SecretKind::master) && wrapped_anew) {
        sent = co_await send(*client, *wrapped_anew, change, deadline);
    }
    co_await client->release(now() + release_within);
    if (sent) {
        co_return commit(parameters);
    }
    co_return std::unexpected(SecretFailure{
        sent.error(), "sending the keys of a change that was cut off", InForce::unknown});
}

}  // namespace dlms::client
