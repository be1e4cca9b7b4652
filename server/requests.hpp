#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "render/decode.hpp"
#include "stack/association/security_terms.hpp"
#include "stack/axdr/tag.hpp"
#include "stack/base/secret.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/security/system_title.hpp"
#include "stack/xdlms/conformance.hpp"

namespace dlms::service {

enum class ConnectionType : std::uint8_t { tcp, hdlc, serial, udp, dialin };

// In the order of the mechanisms' numbers.
enum class AuthenticationType : std::uint8_t {
    none,
    low,
    high,
    high_md5,
    high_sha1,
    high_gmac,
    high_sha256,
    high_ecdsa
};

enum class SecurityChoice : std::uint8_t {
    none,
    authentication,
    encryption,
    authenticated_encryption
};

// Signatures of APDUs: of what is then ciphered, or of what is ciphered already.
enum class SigningChoice : std::uint8_t { none, inside, outside };

// How this meter's handshake departs from the usual one. What the caller left out is empty.
struct HandshakeRequest {
    std::optional<std::uint8_t> user_id;  // client user identification
    std::optional<std::uint8_t> challenge_size;
    std::optional<cosem::ObisCode> authentication_object;  // of reply_to_HLS_authentication
    std::optional<std::uint16_t> authentication_name;      // the same with short names
    bool omits_system_title = false;
    bool opens_unverified = false;
    bool header_without_lengths = false;

    friend bool operator==(const HandshakeRequest&, const HandshakeRequest&) = default;
};

// The part of /connect about keys. What the caller left out is empty.
struct SecurityRequest {
    SecurityChoice level = SecurityChoice::none;
    std::uint8_t suite = 0;
    std::optional<SecretBytes> encryption_key;  // global unicast
    std::optional<SecretBytes> authentication_key;
    std::optional<SecretBytes> master_key;
    std::optional<SecretBytes> broadcast_key;
    association::Envelope envelope = association::Envelope::service_specific;
    bool names_envelope = false;  // else the profile's
    SigningChoice signing = SigningChoice::none;
    // A dedicated key is drawn for each association: the same one twice would repeat numbers, so
    // that a value that callers give is not used.
    bool dedicated_key = false;
    std::optional<security::SystemTitle> system_title;  // ours
    std::optional<security::SystemTitle> meter_system_title;
    std::optional<cosem::ObisCode> counter_object;
    bool trusts_high_counter = false;
    HandshakeRequest handshake;
    // For ECDSA, signed APDUs and agreed keys, in PEM or DER: our private keys, our certificate,
    // the meter's, and its authority's.
    std::optional<SecretBytes> signing_key;
    std::optional<SecretBytes> agreement_key;
    ByteBuffer meter_agreement_certificate;
    ByteBuffer signing_certificate;
    ByteBuffer meter_certificate;
    ByteBuffer meter_authority;

    [[nodiscard]] SecurityRequest clone() const;
    [[nodiscard]] bool matches(const SecurityRequest& other) const;
};

enum class ParityChoice : std::uint8_t { none, odd, even };

// The part of /connect that is below the association. What the caller left out is empty.
struct LinkRequest {
    std::optional<std::string> serial_port;
    std::optional<std::uint32_t> baud_rate;
    std::optional<std::uint8_t> data_bits;
    std::optional<ParityChoice> parity;
    std::optional<std::uint8_t> stop_bits;
    std::optional<bool> rts;
    std::optional<bool> dtr;
    bool mode_e = false;
    std::optional<std::string> device_address;  // in the request of mode E
    std::optional<std::string> manufacturer;    // expected in its identification: three letters
    std::optional<bool> disconnect_first;
    bool expect_echo = false;
    std::optional<std::uint16_t> physical_address;
    std::optional<std::uint8_t> address_size;  // octets of an HDLC address: 1, 2 or 4
    std::optional<std::uint8_t> window_size;
    std::optional<std::uint16_t> max_info_length;
    bool tls = false;
    std::optional<std::string> tls_server_name;
    std::optional<std::uint8_t> gateway_network_id;
    std::optional<std::vector<std::uint8_t>> gateway_device;
    bool caller_speaks_hdlc = false;  // of a meter that calls; else the wrapper

    friend bool operator==(const LinkRequest&, const LinkRequest&) = default;
};

enum class BackendChoice : std::uint8_t { automatic, native, vendor };

// POST /connect: how to reach one meter. What the caller left out is empty; the configuration and
// the brand's profile fill it in.
struct ConnectRequest {
    std::string meter_number;
    std::string brand;
    ConnectionType connection_type = ConnectionType::tcp;
    std::optional<std::string> ip_address;
    std::uint16_t port = 4059;
    std::optional<std::uint16_t> server_address;
    std::optional<std::uint16_t> client_address;
    LinkRequest link;
    std::optional<AuthenticationType> authentication;
    std::optional<SecretBytes> password;
    std::optional<std::chrono::milliseconds> timeout;
    SecurityRequest security;
    bool use_logical_name = true;
    bool pre_established = false;
    std::optional<std::uint16_t> max_pdu_size;
    std::optional<xdlms::Conformance> conformance;  // proposed
    std::optional<std::uint8_t> block_window;
    std::optional<std::uint8_t> outstanding_requests;
    std::optional<std::string> time_zone;
    BackendChoice backend = BackendChoice::automatic;

    // A copy, with the password, that the caller asks for by name.
    [[nodiscard]] ConnectRequest clone() const;

    // True if both ask for the same association with the same meter.
    [[nodiscard]] bool matches(const ConnectRequest& other) const;
};

// POST /read.
struct ReadRequest {
    std::string meter_number;
    std::string obis_text;  // as the caller wrote it
    cosem::AttributeDescriptor attribute;
};

// POST /read-multiple. An item whose OBIS code does not parse fails alone; it keeps the text for
// its answer.
struct ReadItem {
    std::string obis_text;
    std::optional<cosem::AttributeDescriptor> attribute;
    std::uint16_t class_id = 3;
    std::int8_t attribute_id = 2;
};

struct ReadMultipleRequest {
    std::string meter_number;
    std::vector<ReadItem> items;
};

struct NamedValue {
    std::int8_t attribute_id = 2;
    std::string value;
};

// POST /write. `value` is the JSON text of the value as it was sent, so that no digit is lost.
struct WriteRequest {
    std::string meter_number;
    std::string obis_text;
    cosem::AttributeDescriptor attribute;
    std::string value;
    // Where the value names several attributes of the object: each with its own value.
    std::vector<NamedValue> named;
    std::optional<axdr::Tag> data_type;
    bool broadcast = false;  // to every meter of the line; nobody answers
};

// Octets to be decoded; the layer is found out if it is absent.
struct DecodeRequest {
    ByteBuffer octets;
    std::optional<render::DecodeLayer> layer;
    render::DecodeKeys keys;
};

}  // namespace dlms::service
