#pragma once
// DeviceSecurity: system title, keys and invocation counters of a logical device, shared by all its
// associations on all connections.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "simulator/device_certificates.hpp"
#include "stack/association/server_association.hpp"

namespace dlms::simulator {

/// Without a title the device knows no ciphering.
struct DeclaredSecurity {
    security::SecuritySuite suite = security::SecuritySuite::aes_gcm_128;
    std::optional<security::SystemTitle> system_title;
    /// The peer's keys are those of clients that no certificate is known of.
    security::ProtectionKeys keys;
    DeclaredCertificates certificates;

    DeclaredSecurity clone() const;
};

class DeviceSecurity {
public:
    /// The keys fit the suite, as the scenario's reader has made sure.
    explicit DeviceSecurity(DeclaredSecurity declared);

    /// What a new association gets: keys, numbers for what it will seal, and what every client has
    /// used up already. Must not outlive this. Nothing without a system title.
    std::unique_ptr<security::ApduProtection> protection();
    Random& random() { return random_; }

    /// To be called before an APDU is handed to an association: numbers for its answers, also with
    /// keys that are new, and what the client has used up on other connections.
    void prepare(security::ApduProtection& protection);
    /// And behind it: what the client has used up.
    void settle(const security::ApduProtection& protection);

    /// Title, suite and the keys in force; for what must open or seal beside the associations.
    const DeclaredSecurity& declared() const { return declared_; }

    // Security setup (class 64).
    std::uint8_t suite() const { return security::number_of(declared_.suite); }
    const std::optional<security::SystemTitle>& system_title() const {
        return declared_.system_title;
    }
    /// What every ciphered association asks for beside its own terms, as the object has it.
    std::uint8_t policy() const { return policy_; }
    /// security_activate: a policy of the object's version (0, or 1 and later), never a weaker one.
    /// False changes nothing.
    bool activate(std::uint8_t policy, std::uint8_t version);
    /// key_transfer: pairs of key id and key wrapped with the master key; all of them, or none.
    /// They are in force with take_over(). False for what does not unwrap, fits no key or is none.
    bool transfer(const axdr::DataView& keys);
    /// key_agreement: pairs of key id, and of ephemeral key and signature of the client that asks;
    /// all of them, or none. What is to be answered; in force as with transfer(). Nothing for what
    /// it does not verify, for a client whose key is not known, and in suite 0.
    std::optional<axdr::Data> agree(const axdr::DataView& keys, const security::SystemTitle& client,
                                    security::Time now);
    using Use = security::CertificateUse;
    const DeviceCertificates& certificates() const { return certificates_; }
    DeviceCertificates& certificates() { return certificates_; }
    bool generate_key_pair(Use use) { return certificates_.generate(use, random_); }
    std::optional<ByteBuffer> certificate_request(Use use) const;
    /// import_certificate. False changes nothing.
    bool import_certificate(ByteView der, security::Time now);

    /// Gives an association the public keys of the client whose AARQ is to be delivered: from the
    /// certificate in it, from one that is known, or as declared.
    void identify(security::ApduProtection& protection, ByteView aarq, security::Time now) const;

    /// Counts the changes by activate(), transfer(), agree() and import_certificate().
    std::uint64_t generation() const { return generation_; }
    /// Gives an association what has changed since a generation. Behind the answer to the request
    /// that changed it.
    void take_over(association::ServerAssociation& association, std::uint64_t since) const;

    /// What the policy asks of answers and of what the meter sends unasked.
    security::Protection policy_for_answers() const {
        return active_policy_ ? active_policy_->for_responses() : security::no_protection;
    }
    /// Seals what the meter sends outside of any association. Nothing where a key, a title or a
    /// system title of its own lacks.
    std::optional<ByteBuffer> seal_unasked(ByteView apdu, const security::ProtectionRequest& how,
                                           const std::optional<security::SystemTitle>& recipient,
                                           security::Time now);
    /// Opens what comes back, plain or ciphered with the device's keys; nothing for what is not
    /// right.
    std::optional<ByteBuffer> open_answer(ByteView apdu);

    /// The highest number that was accepted with the unicast key, of whatever client; 0 for none.
    std::uint32_t highest_received() const;

private:
    /// What clients have used up with a key that is not in force now.
    struct FormerKey {
        security::KeySlot slot{};
        ByteBuffer digest;  ///< SHA-256 of the key
        std::map<security::SystemTitle, security::ReceiveCounter> received;
    };
    /// The oldest is forgotten beyond.
    static constexpr std::size_t most_former_keys = 1000;

    using TakenKeys = std::array<std::optional<SecretBytes>, 4>;  // by key id

    void supply(security::ApduProtection& protection);
    security::ApduProtection* protection_of_unasked();
    void take(const TakenKeys& keys);
    void change_received(security::KeySlot slot,
                         const std::optional<security::EncryptionKey>& former, ByteView key);
    std::array<const security::PrivateKey*, 3> pairs_in_force() const;
    std::optional<security::PublicKey> key_of_client(const security::SystemTitle& client, Use use,
                                                     security::Time now) const;

    DeclaredSecurity declared_;
    DeviceCertificates certificates_;
    std::optional<security::PrivateKey> tls_pair_;  // nothing here speaks TLS with it
    SystemRandom random_;
    std::uint32_t next_number_ = 1;
    std::uint8_t policy_ = 0;
    std::optional<security::SecurityPolicy> active_policy_;
    std::uint64_t generation_ = 0;
    std::array<std::uint64_t, 4> changed_at_{};  // generations, by key id
    std::uint64_t pairs_changed_at_ = 0;
    /// Of what is sent outside of any association, made with the keys of a generation.
    std::unique_ptr<security::ApduProtection> unasked_;
    std::uint64_t unasked_generation_ = 0;
    /// Of every client that has proved its keys, by key slot.
    std::map<security::SystemTitle, std::array<security::ReceiveCounter, 4>> received_;
    std::vector<FormerKey> former_keys_;  // the oldest in front
};

}  // namespace dlms::simulator
