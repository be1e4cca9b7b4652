#include "simulator/device_security.hpp"

#include <algorithm>
#include <utility>

#include "stack/acse/aarq.hpp"
#include "stack/security/digest.hpp"
#include "stack/security/key_agreement.hpp"
#include "stack/security/key_wrap.hpp"

namespace dlms::simulator {
namespace {

using security::ApduProtection;
using security::KeySlot;

/// Numbers that an association gets at once.
constexpr std::uint32_t range_size = 64;

/// Where the array of generations has a key.
constexpr std::size_t index_of(security::KeyId id) {
    return static_cast<std::size_t>(id);
}

/// The keys whose counters outlive an association: a dedicated key ends with its own.
constexpr std::array lasting_slots{KeySlot::unicast, KeySlot::broadcast, KeySlot::message};

/// Where an array of counters has a slot.
constexpr std::size_t place_of(KeySlot slot) {
    return static_cast<std::size_t>(slot);
}

security::ProtectionKeys copy_of(const security::ProtectionKeys& keys) {
    const auto copy = [](const auto& key) {
        return key ? std::optional(key->clone()) : std::nullopt;
    };
    security::ProtectionKeys made;
    made.unicast = copy(keys.unicast);
    made.broadcast = copy(keys.broadcast);
    made.authentication = copy(keys.authentication);
    made.master = copy(keys.master);
    made.own_signing = copy(keys.own_signing);
    made.own_agreement = copy(keys.own_agreement);
    made.peer_signing = keys.peer_signing;
    made.peer_agreement = keys.peer_agreement;
    return made;
}

/// An element of key_transfer's and of key_agreement's arrays.
struct KeyElement {
    std::uint8_t id = 0;
    ByteView data;
};

std::optional<KeyElement> read_key_element(const axdr::DataView& element) {
    constexpr std::uint64_t last_id = 3;
    const auto id = element.element(0);
    const auto data = element.element(1);
    const auto number =
        id ? id->unsigned_integer() : Result<std::uint64_t>(std::unexpected(id.error()));
    const auto octets = data ? data->octets() : Result<ByteView>(std::unexpected(data.error()));
    if (!number || !octets || *number > last_id) {
        return std::nullopt;
    }
    return KeyElement{static_cast<std::uint8_t>(*number), *octets};
}

/// Of every client that has proved its keys, by key slot.
using ReceivedCounters = std::map<security::SystemTitle, std::array<security::ReceiveCounter, 4>>;

/// What a client has used up on whatever connection. The client that the association knows stays
/// the same.
void load_received(const ReceivedCounters& known, const security::SystemTitle& client,
                   ApduProtection& protection) {
    const auto before = protection.peer_title();
    const auto found = known.find(client);
    if (found == known.end() || !protection.set_peer_title(client)) {
        return;
    }
    for (const KeySlot slot : lasting_slots) {
        if (const auto highest = found->second.at(place_of(slot)).highest()) {
            protection.receive_counter(slot).accept(*highest);
        }
    }
    if (before) {
        (void)protection.set_peer_title(*before);
    }
}

}  // namespace

DeclaredSecurity DeclaredSecurity::clone() const {
    DeclaredSecurity made;
    made.suite = suite;
    made.system_title = system_title;
    made.keys = copy_of(keys);
    made.certificates = certificates;
    return made;
}

DeviceSecurity::DeviceSecurity(DeclaredSecurity declared)
    : declared_(std::move(declared)),
      certificates_(security::curve_of(declared_.suite), declared_.system_title,
                    std::move(declared_.certificates)) {}

std::unique_ptr<ApduProtection> DeviceSecurity::protection() {
    if (!declared_.system_title) {
        return nullptr;
    }
    auto made = ApduProtection::create(declared_.suite, *declared_.system_title,
                                       copy_of(declared_.keys), random_);
    if (!made) {
        return nullptr;
    }
    for (const auto& [client, received] : received_) {
        if (made->set_peer_title(client)) {
            for (const KeySlot slot : lasting_slots) {
                made->receive_counter(slot) = received.at(place_of(slot));
            }
        }
    }
    supply(*made);
    return std::make_unique<ApduProtection>(std::move(*made));
}

void DeviceSecurity::supply(ApduProtection& protection) {
    for (const KeySlot slot : lasting_slots) {
        // One row of numbers for all keys: none comes twice with any. Taken when something is
        // sealed, so that who has no key uses up nothing.
        protection.send_counter(slot).set_source([this]() -> std::optional<security::CounterRange> {
            if (next_number_ > security::last_invocation_counter - range_size) {
                return std::nullopt;
            }
            next_number_ += range_size;
            return security::CounterRange{next_number_ - range_size, next_number_ - 1};
        });
    }
}

void DeviceSecurity::prepare(ApduProtection& protection) {
    supply(protection);
    if (const auto client = protection.peer_title()) {
        load_received(received_, *client, protection);
    }
}

void DeviceSecurity::settle(const ApduProtection& protection) {
    if (!protection.peer_title()) {
        return;
    }
    for (const KeySlot slot : lasting_slots) {
        if (const auto highest = protection.receive_counter(slot).highest()) {
            received_[*protection.peer_title()].at(place_of(slot)).accept(*highest);
        }
    }
}

bool DeviceSecurity::activate(std::uint8_t policy, std::uint8_t version) {
    const auto wanted = version == 0 ? security::SecurityPolicy::from_v0(policy)
                                     : security::SecurityPolicy::from_v1(policy);
    if (!wanted || (active_policy_ && !wanted->is_at_least(*active_policy_))) {
        return false;
    }
    policy_ = policy;
    active_policy_ = *wanted;
    ++generation_;
    return true;
}

bool DeviceSecurity::transfer(const axdr::DataView& keys) {
    const auto elements = keys.elements();
    if (!declared_.keys.master || !elements || elements->size() == 0) {
        return false;
    }
    TakenKeys taken;
    const axdr::ElementRange all = *elements;
    for (const axdr::DataView& element : all) {
        const auto read = read_key_element(element);
        if (!read || taken.at(read->id)) {
            return false;
        }
        auto key = security::aes_key_unwrap(declared_.keys.master->reveal(), read->data);
        if (!key || key->size() != security::key_size(declared_.suite)) {
            return false;
        }
        taken.at(read->id) = std::move(*key);
    }
    take(taken);
    return true;
}

void DeviceSecurity::take(const TakenKeys& keys) {
    ++generation_;
    const auto replace = [&](security::KeyId id, auto& into) {
        if (const auto& key = keys.at(index_of(id))) {
            into = *std::remove_reference_t<decltype(*into)>::from(key->reveal());
            changed_at_.at(index_of(id)) = generation_;
        }
    };
    if (const auto& key = keys.at(index_of(security::KeyId::unicast))) {
        change_received(KeySlot::unicast, declared_.keys.unicast, key->reveal());
    }
    if (const auto& key = keys.at(index_of(security::KeyId::broadcast))) {
        change_received(KeySlot::broadcast, declared_.keys.broadcast, key->reveal());
    }
    replace(security::KeyId::unicast, declared_.keys.unicast);
    replace(security::KeyId::broadcast, declared_.keys.broadcast);
    replace(security::KeyId::authentication, declared_.keys.authentication);
    replace(security::KeyId::master, declared_.keys.master);
}

std::optional<axdr::Data> DeviceSecurity::agree(const axdr::DataView& keys,
                                                const security::SystemTitle& client,
                                                security::Time now) {
    const auto elements = keys.elements();
    const auto signer = key_of_client(client, Use::digital_signature, now);
    const auto& own = declared_.keys.own_signing;
    if (!signer || !own || !declared_.system_title || !elements || elements->size() == 0) {
        return std::nullopt;
    }
    TakenKeys taken;
    axdr::DataBuilder answer;
    answer.array(elements->size());
    const axdr::ElementRange all = *elements;
    for (const axdr::DataView& element : all) {
        const auto read = read_key_element(element);
        if (!read || taken.at(read->id)) {
            return std::nullopt;
        }
        const auto theirs = security::open_key_agreement_data(read->id, read->data, *signer);
        const auto ours = security::PrivateKey::generate(own->curve(), random_);
        if (!theirs || !ours) {
            return std::nullopt;
        }
        const auto purpose = read->id == index_of(security::KeyId::master)
                                 ? security::KeyPurpose::aes_key_wrap
                                 : security::KeyPurpose::aes_gcm;
        auto key = security::ephemeral_unified_key(declared_.suite, *ours, *theirs, client,
                                                   *declared_.system_title, purpose);
        const auto data = security::make_key_agreement_data(read->id, ours->public_key(), *own);
        if (!key || !data) {
            return std::nullopt;
        }
        taken.at(read->id) = std::move(*key);
        answer.structure(2).enumerated(read->id).octet_string(*data);
    }
    auto built = answer.finish();
    if (!built) {
        return std::nullopt;
    }
    take(taken);
    return std::move(*built);
}

std::array<const security::PrivateKey*, 3> DeviceSecurity::pairs_in_force() const {
    const auto of = [](const std::optional<security::PrivateKey>& pair) {
        return pair ? &*pair : nullptr;
    };
    return {of(declared_.keys.own_signing), of(declared_.keys.own_agreement), of(tls_pair_)};
}

std::optional<ByteBuffer> DeviceSecurity::certificate_request(Use use) const {
    return certificates_.request(use, pairs_in_force().at(static_cast<std::size_t>(use)));
}

bool DeviceSecurity::import_certificate(ByteView der, security::Time now) {
    auto imported = certificates_.import(der, pairs_in_force(), now);
    if (!imported) {
        return false;
    }
    if (imported->pair) {
        switch (*imported->use) {
            case Use::digital_signature:
                declared_.keys.own_signing = std::move(imported->pair);
                break;
            case Use::key_agreement:
                declared_.keys.own_agreement = std::move(imported->pair);
                break;
            case Use::tls: tls_pair_ = std::move(imported->pair); break;
        }
        pairs_changed_at_ = ++generation_;
    }
    return true;
}

std::optional<security::PublicKey> DeviceSecurity::key_of_client(
    const security::SystemTitle& client, Use use, security::Time now) const {
    auto known = certificates_.key_of(client, use, now);
    return known                           ? known
           : use == Use::digital_signature ? declared_.keys.peer_signing
                                           : declared_.keys.peer_agreement;
}

void DeviceSecurity::identify(ApduProtection& protection, ByteView aarq, security::Time now) const {
    // Read like the association reads it: what it accepts must not pass by here.
    const auto decoded = acse::decode_aarq(aarq, {.keep_unknown_names = true});
    if (!decoded) {
        return;
    }
    std::optional<security::SystemTitle> client = protection.peer_title();
    if (decoded->calling_ap_title) {
        const auto named = security::SystemTitle::from(*decoded->calling_ap_title);
        client = named ? std::optional(*named) : std::nullopt;
    }
    if (!client) {
        return;
    }
    load_received(received_, *client, protection);
    auto signing = key_of_client(*client, Use::digital_signature, now);
    if (decoded->calling_ae_qualifier) {
        if (auto shown = certificates_.trusted_key(*decoded->calling_ae_qualifier, *client,
                                                   Use::digital_signature, now)) {
            signing = std::move(shown);
        }
    }
    // They are on the suite's curve, as the scenario's reader and an import make sure.
    (void)protection.set_peer_keys(std::move(signing),
                                   key_of_client(*client, Use::key_agreement, now));
}

void DeviceSecurity::take_over(association::ServerAssociation& association,
                               std::uint64_t since) const {
    if (active_policy_ && association.configuration().security.ciphered) {
        association.set_policy(*active_policy_);
    }
    ApduProtection* const protection = association.protection();
    if (!protection) {
        return;
    }
    // They are of the right size, as transfer() has made sure.
    if (changed_at_[index_of(security::KeyId::unicast)] > since) {
        (void)protection->replace_key(KeySlot::unicast, *declared_.keys.unicast);
    }
    if (changed_at_[index_of(security::KeyId::broadcast)] > since) {
        (void)protection->replace_key(KeySlot::broadcast, *declared_.keys.broadcast);
    }
    if (changed_at_[index_of(security::KeyId::authentication)] > since) {
        (void)protection->replace_key(*declared_.keys.authentication);
    }
    if (pairs_changed_at_ > since) {
        security::ProtectionKeys copy = copy_of(declared_.keys);
        (void)protection->replace_own_keys(std::move(copy.own_signing),
                                           std::move(copy.own_agreement));
    }
}

/// The counters of a key that is left are kept, and those of one that comes back found again: what
/// was recorded under it must not be taken once more.
void DeviceSecurity::change_received(KeySlot slot,
                                     const std::optional<security::EncryptionKey>& former,
                                     ByteView key) {
    const auto digest_of = [](ByteView octets) {
        return security::digest(security::DigestAlgorithm::sha256, {octets}).value_or(ByteBuffer());
    };
    const ByteBuffer digest = digest_of(key);
    if (former && digest_of(former->reveal()) == digest) {
        return;
    }
    FormerKey left{slot, former ? digest_of(former->reveal()) : ByteBuffer(), {}};
    for (auto& [client, received] : received_) {
        left.received[client] = std::exchange(received.at(place_of(slot)), {});
    }
    const auto known = std::ranges::find_if(former_keys_, [&](const FormerKey& one) {
        return one.slot == slot && one.digest == digest;
    });
    if (known != former_keys_.end()) {
        for (const auto& [client, received] : known->received) {
            received_[client].at(place_of(slot)) = received;
        }
        former_keys_.erase(known);
    } else if (former_keys_.size() == most_former_keys) {
        former_keys_.erase(former_keys_.begin());
    }
    former_keys_.push_back(std::move(left));
}

ApduProtection* DeviceSecurity::protection_of_unasked() {
    if (!unasked_ || unasked_generation_ != generation_) {
        unasked_ = protection();
        unasked_generation_ = generation_;
    }
    if (!unasked_) {
        return nullptr;
    }
    prepare(*unasked_);
    return unasked_.get();
}

std::optional<ByteBuffer> DeviceSecurity::seal_unasked(
    ByteView apdu, const security::ProtectionRequest& how,
    const std::optional<security::SystemTitle>& recipient, security::Time now) {
    ApduProtection* const protection = protection_of_unasked();
    if (!protection || (recipient && !protection->set_peer_title(*recipient))) {
        return std::nullopt;
    }
    if (recipient &&
        !protection->set_peer_keys(key_of_client(*recipient, Use::digital_signature, now),
                                   key_of_client(*recipient, Use::key_agreement, now))) {
        return std::nullopt;
    }
    ByteBuffer room;
    const auto sealed = protection->protect(apdu, how, room);
    return sealed ? std::optional(to_buffer(*sealed)) : std::nullopt;
}

std::optional<ByteBuffer> DeviceSecurity::open_answer(ByteView apdu) {
    ApduProtection* const protection = protection_of_unasked();
    if (!protection) {
        return to_buffer(apdu);
    }
    const auto opened = protection->open(apdu, security::no_protection);
    settle(*protection);
    return opened ? std::optional(to_buffer(opened->apdu)) : std::nullopt;
}

std::uint32_t DeviceSecurity::highest_received() const {
    std::uint32_t highest = 0;
    for (const auto& [client, received] : received_) {
        if (const auto number = received.at(place_of(KeySlot::unicast)).highest()) {
            highest = std::max(highest, number->value());
        }
    }
    return highest;
}

}  // namespace dlms::simulator
