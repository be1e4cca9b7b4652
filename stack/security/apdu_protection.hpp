#pragma once
// Protection of whole APDUs between two sides (Green Book 9.2.4, 9.2.7; sheet sections 11.3-11.5
// and 11.8): service-specific and general ciphering, identified, wrapped and agreed keys, and
// signatures. One object for one association or one sender of notifications; it knows nothing of
// either. What is opened is handed out behind all checks only: tag, signature, counter, title and
// the protection that was asked for.

#include <array>
#include <optional>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/elliptic_curve.hpp"
#include "stack/security/invocation_counter.hpp"
#include "stack/security/keys.hpp"
#include "stack/security/protection.hpp"
#include "stack/security/system_title.hpp"
#include "stack/security/wiped_buffer.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::security {

/// The envelope of an APDU and the key it is sealed with.
enum class ProtectionKind : std::uint8_t {
    plain,
    // glo- and ded-, of the services that have these tags
    service_global,
    service_broadcast,
    service_dedicated,
    // general-glo-ciphering and general-ded-ciphering, of every APDU
    general_global,
    general_broadcast,
    general_dedicated,
    // general-ciphering, by its key-info
    unnamed_key,  ///< the unicast key
    identified_unicast_key,
    identified_broadcast_key,
    wrapped_key,         ///< a new one for each message, under the master key
    one_pass_key,        ///< agreed by C(1e, 1s)
    static_unified_key,  ///< agreed by C(0e, 2s)
    // general-signing without ciphering
    signed_only,
};

/// How an APDU is to be protected.
struct ProtectionRequest {
    ProtectionKind kind = ProtectionKind::service_global;
    Protection protection = authenticated_encryption;
    /// Signs what is ciphered; else what is signed is ciphered, which needs a general envelope.
    bool signed_outside = false;
    // Of general-ciphering and general-signing. Without a transaction-id one of 8 octets is drawn.
    ByteView transaction_id;
    ByteView date_time;
    ByteView other_information;
};

/// What an APDU that was received turned out to be.
struct Opened {
    ByteView apdu;  ///< plain; valid until the next call of open(), and as long as its argument
    Protection protection;
    ProtectionKind kind = ProtectionKind::plain;
    bool signed_outside = false;
    std::optional<SystemTitle> originator;     ///< nothing for a plain APDU
    std::optional<InvocationCounter> counter;  ///< nothing for a plain or a signed one
    ByteView transaction_id;                   ///< as long as `apdu`
};

/// An answer in the same envelope, protected like the request and at least as `required`.
ProtectionRequest answer_to(const Opened& request, Protection required);

/// The keys that the two sides share, and those of either; all but the first may be absent.
struct ProtectionKeys {
    std::optional<EncryptionKey> unicast;
    std::optional<EncryptionKey> broadcast;
    std::optional<AuthenticationKey> authentication;
    std::optional<MasterKey> master;
    std::optional<PrivateKey> own_signing;
    std::optional<PrivateKey> own_agreement;
    std::optional<PublicKey> peer_signing;
    std::optional<PublicKey> peer_agreement;
};

/// The keys that have counters of their own.
enum class KeySlot : std::uint8_t {
    unicast,
    broadcast,
    dedicated,
    message,  ///< wrapped and agreed keys, all of them together
};

/// What real devices do beside the standard; all off by default.
struct ProtectionQuirks {
    /// The header of general-ciphering enters the additional data without its fields' lengths.
    bool header_without_lengths = false;
    /// Without an authentication key, ciphered content is opened without verifying its tag. It
    /// counts as encrypted only.
    bool opens_unverified = false;
};

struct RefusalCounts {
    std::uint64_t tag_mismatches = 0;
    std::uint64_t counters_too_low = 0;
    std::uint64_t insufficient_protections = 0;
    std::uint64_t others = 0;  ///< malformed, wrong title, unknown key, bad signature ...
};

class ApduProtection {
public:
    /// `random` outlives the object. Errors: out_of_range for a key that does not fit the suite.
    static Result<ApduProtection> create(SecuritySuite suite, const SystemTitle& own_title,
                                         ProtectionKeys keys, Random& random,
                                         ProtectionQuirks quirks = {});

    /// Protects an APDU. The result lies in `out`, which grows if it must and is never made
    /// smaller: it is valid until `out` changes; a plain APDU is its own result. `apdu` must not
    /// lie in `out`. Errors: out_of_range for protections that the kind cannot give,
    /// unsupported_service for a service without glo- and ded- tags, key_missing,
    /// wrong_system_title when the peer's is needed and unknown, counter_exhausted,
    /// counter_not_reserved, defect.
    Result<ByteView> protect(ByteView apdu, const ProtectionRequest& request, ByteBuffer& out);

    /// Opens what protect() of the other side made, and hands out nothing below `required`. The
    /// receive counters rise behind a good tag only. Errors: every malformed code;
    /// unsupported_compression, wrong_security_suite, wrong_system_title, unknown_key, key_missing
    /// (no authentication key), counter_too_low, tag_mismatch, signature_mismatch,
    /// unexpected_apdu (an APDU that does not fit its tag), insufficient_protection.
    Result<Opened> open(ByteView apdu, Protection required);
    /// The lowest number that would have done when open() or its like last failed with
    /// counter_too_low; FFFFFFFF when there is none.
    std::uint32_t next_acceptable() const { return next_acceptable_; }

    /// Octets of an APDU of `apdu_size` octets when protect() has protected it. Changes nothing.
    std::size_t protected_size(std::size_t apdu_size, const ProtectionRequest& request) const;

    /// The answer of HLS mechanism 5, with a counter of the unicast key. Errors: as protect().
    Result<ByteBuffer> gmac_answer(ByteView challenge);
    /// Errors: authentication_failed, wrong_security_suite, key_missing, wrong_system_title.
    Status verify_gmac_answer(ByteView challenge, ByteView answer);
    /// The answer of HLS mechanism 7, a signature. `own_challenge` is the one that we sent. Errors:
    /// key_missing, wrong_system_title while the peer's is unknown, defect.
    Result<ByteBuffer> signature_answer(ByteView challenge, ByteView own_challenge) const;
    /// Of the peer, to `own_challenge`. Errors: authentication_failed, key_missing,
    /// wrong_system_title.
    Status verify_signature_answer(ByteView own_challenge, ByteView peer_challenge,
                                   ByteView answer) const;

    /// Of the other side: what it calls itself in AARQ, AARE or elsewhere. Without one, the first
    /// title that comes with a good tag is kept. Each title has receive counters of its own, which
    /// are found again when it comes back: who only says another name opens no way for old APDUs.
    /// Errors: wrong_system_title for our own one, with which vectors would repeat, and for one
    /// more when most_peers titles have proved that they have the key.
    Status set_peer_title(const SystemTitle& title);
    const std::optional<SystemTitle>& peer_title() const { return peer_title_; }
    const SystemTitle& own_title() const { return own_title_; }
    SecuritySuite suite() const { return suite_; }

    /// A dedicated key; its counters begin at 0, but those of the one before go on if it is the
    /// same once more. Errors: out_of_range for another size than the suite's.
    Status set_dedicated_key(const DedicatedKey& key);
    /// Nothing is sealed or opened with the dedicated key any more.
    void forget_dedicated_key() { state(KeySlot::dedicated).cipher.reset(); }
    /// Replaces a global key; the counters of `slot` (unicast or broadcast) begin anew, and nothing
    /// is sent before a range is granted. Errors: out_of_range.
    Status replace_key(KeySlot slot, const EncryptionKey& key);
    Status replace_key(const AuthenticationKey& key);
    /// The public keys that certificates give to the peer, both of them; nothing: none is known.
    /// Errors: out_of_range for a key on another curve than the suite's; neither is changed then.
    Status set_peer_keys(std::optional<PublicKey> signing, std::optional<PublicKey> agreement);
    /// Our own, of which those that are named are replaced. Errors: as above.
    Status replace_own_keys(std::optional<PrivateKey> signing, std::optional<PrivateKey> agreement);

    /// Ranges are granted here, and counters of earlier sessions put back. The message keys need
    /// ranges too: a transaction-id that repeats would repeat an agreed key.
    SendCounter& send_counter(KeySlot slot) { return state(slot).sent; }
    const SendCounter& send_counter(KeySlot slot) const { return state(slot).sent; }
    /// Of the peer whose title is set now.
    ReceiveCounter& receive_counter(KeySlot slot) { return state(slot).received; }
    const ReceiveCounter& receive_counter(KeySlot slot) const { return state(slot).received; }
    const RefusalCounts& refusals() const { return refusals_; }

private:
    /// Signed and ciphered, and once more: nobody needs deeper ones.
    static constexpr std::size_t most_layers = 3;
    /// Peers whose receive counters are kept.
    static constexpr std::size_t most_peers = 64;

    struct KeyState {
        std::optional<AesGcm> cipher;
        SendCounter sent;
        ReceiveCounter received;
    };
    /// The receive counters of a title that is not the peer's now.
    struct OtherPeer {
        SystemTitle title;
        std::array<ReceiveCounter, 4> received;
    };
    struct MessageKey {
        SecretBytes key;
        ByteBuffer data;  ///< key-ciphered-data
    };
    /// What a piece of content is opened with, and who sealed it.
    struct Sealed {
        const xdlms::ProtectedContent& content;
        SystemTitle originator;
        KeySlot slot;
        ByteView header;                        ///< general-ciphering's part of the additional data
        std::optional<xdlms::ApduTag> service;  ///< what service-specific ciphering announces
    };

    ApduProtection(SecuritySuite suite, const SystemTitle& own_title, ProtectionKeys keys,
                   Random& random, ProtectionQuirks quirks);

    KeyState& state(KeySlot slot) { return states_[static_cast<std::size_t>(slot)]; }
    const KeyState& state(KeySlot slot) const { return states_[static_cast<std::size_t>(slot)]; }
    Status set_cipher(KeySlot slot, ByteView key);
    bool has_received() const;
    Status check_fresh(KeySlot slot, InvocationCounter counter);
    void forget_received(KeySlot slot);
    void set_authentication_key(ByteView key);
    ByteView additional_prefix(xdlms::SecurityControl control);
    Result<ByteView> additional_header(const xdlms::GeneralHeader& header);

    // apdu_sealing.cpp
    Result<xdlms::GeneralHeader> make_header(const ProtectionRequest& request);
    Result<ByteView> sign(ByteView apdu, const xdlms::GeneralHeader& header, ByteBuffer& out);
    Result<ByteView> seal(ByteView apdu, const ProtectionRequest& request,
                          const xdlms::GeneralHeader& header, ByteBuffer& out);
    Status write_head(ByteView apdu, const ProtectionRequest& request,
                      const xdlms::GeneralHeader& header, const xdlms::ProtectedContent& content);
    Result<xdlms::KeyInfo> make_key_info(ProtectionKind kind, ByteView transaction_id);
    Result<MessageKey> make_message_key(ProtectionKind kind, ByteView transaction_id);
    Result<MessageKey> make_one_pass_key(const SystemTitle& recipient);

    // apdu_opening.cpp
    Status open_layer(Opened& opened, std::size_t layer);
    Status open_layer(Opened& opened, std::size_t layer, const xdlms::ServiceCiphering& apdu);
    Status open_layer(Opened& opened, std::size_t layer, const xdlms::GeneralGloDedCiphering& apdu);
    Status open_layer(Opened& opened, std::size_t layer, const xdlms::GeneralCiphering& apdu);
    Status open_layer(Opened& opened, std::size_t layer, const xdlms::GeneralSigning& apdu);
    Status open_content(Opened& opened, std::size_t layer, const Sealed& sealed);
    static Status check_service(const Sealed& sealed, ByteView apdu);
    Status open_octets(const Sealed& sealed, std::span<Byte> plaintext, bool is_verified);
    Result<SystemTitle> originator(ByteView title) const;
    Status check_recipient(ByteView title) const;
    Result<ProtectionKind> find_key(const xdlms::GeneralCiphering& apdu,
                                    const SystemTitle& originator);
    Result<SecretBytes> unwrap_message_key(const xdlms::WrappedKey& wrapped) const;
    Result<SecretBytes> agree_message_key(const xdlms::AgreedKey& agreed,
                                          const SystemTitle& originator,
                                          ByteView transaction_id) const;
    std::unexpected<Error> refuse(const Error& error);

    SecuritySuite suite_;
    SystemTitle own_title_;
    std::optional<SystemTitle> peer_title_;
    ProtectionKeys keys_;
    Random* random_;
    ProtectionQuirks quirks_;
    std::array<KeyState, 4> states_;
    std::vector<OtherPeer> other_peers_;
    std::optional<DedicatedKey> dedicated_;  // the last one, so that its numbers never repeat
    std::uint32_t next_acceptable_ = 0;
    /// Security control and authentication key, in the one place where they are needed together.
    WipedBuffer prefix_;
    RefusalCounts refusals_;
    // Room to work in.
    ByteBuffer head_;
    ByteBuffer header_;
    ByteBuffer key_data_;
    ByteBuffer signed_;
    std::array<Byte, 8> transaction_id_{};
    std::array<WipedBuffer, most_layers> plaintexts_;
};

}  // namespace dlms::security
