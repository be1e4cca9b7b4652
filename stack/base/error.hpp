#pragma once
// What can go wrong, grouped by who is to blame. An Error is small, literal and carries no text
// from a peer; describe() makes the sentence.

#include <cstdint>
#include <string>
#include <string_view>

namespace dlms {

/// Who has to act for the error to go away.
enum class Blame : std::uint8_t {
    malformed,        ///< the octets do not form what they claim to be
    peer_misbehaved,  ///< well-formed octets that break the protocol's rules
    unsupported,      ///< legal, but not offered by this software
    misuse,           ///< our caller asked for what the state or the ranges forbid
    transport,        ///< the line: sockets, ports, time
    internal,         ///< a defect of this software
};

/// The part of the software that found the error.
enum class Layer : std::uint8_t {
    base,
    axdr,
    ber,
    cosem,
    acse,
    xdlms,
    security,
    hdlc,
    wrapper,
    iec62056_21,
    mbus,
    association,
    transport,
    client,
    vendor,
    store,
};

/// The closed list of errors. The blame is the hundreds digit, so that it cannot drift.
enum class ErrorCode : std::uint16_t {
    // malformed
    truncated = 0,              ///< octets end before the structure does
    trailing_octets,            ///< octets are left after the structure's end
    invalid_length_encoding,    ///< indefinite, or more than four length octets
    length_beyond_buffer,       ///< a length or count exceeds what remains
    inner_length_mismatch,      ///< an inner length disagrees with its outer one
    unknown_tag,                ///< tag not in the standard's table
    unknown_choice,             ///< CHOICE alternative not in the standard's table
    unknown_value,              ///< enumerated value outside the standard's table
    bad_presence_flag,          ///< OPTIONAL or DEFAULT flag other than 0 or 1
    nesting_too_deep,           ///< more than limits::max_data_depth levels
    too_many_elements,          ///< more than limits::max_data_elements elements
    invalid_utf8,               ///< utf8-string that is not UTF-8
    missing_field,              ///< mandatory field absent
    repeated_field,             ///< field present twice
    field_order,                ///< field out of the standard's order
    unknown_object_identifier,  ///< OID not known as context or mechanism
    list_count_mismatch,        ///< two lists that must be of one length are not
    invalid_text,               ///< text that does not parse
    value_out_of_range,         ///< number outside the field's range
    type_mismatch,              ///< Data of another type than was asked for
    element_missing,            ///< array or structure has fewer elements than was asked for
    zero_width_element,         ///< compact-array elements that take no octets
    no_frame,                   ///< flags without a frame between them, or no flag at all
    frame_format,               ///< frame format type or start octet other than the standard's
    frame_length_mismatch,      ///< the length field and the octets between the flags disagree
    address_encoding,           ///< HDLC address of other than 1, 2 or 4 octets
    unsupported_control,        ///< control field that the standard's subset does not have
    information_not_permitted,  ///< information in a frame that must not carry any
    check_mismatch,             ///< frame check sequence, block check, checksum or CRC is wrong
    header_check_mismatch,      ///< header check sequence is wrong
    // peer_misbehaved
    unexpected_apdu = 100,    ///< APDU that the state does not allow
    wrong_invoke_id,          ///< answer to a request that is not outstanding
    wrong_block_number,       ///< block out of sequence
    wrong_version,            ///< wrapper version other than 1
    pdu_too_long,             ///< APDU above the agreed size
    conformance_violation,    ///< service that was not negotiated, or more than was proposed
    answer_too_long,          ///< assembled answer above limits::max_long_answer
    association_lost,         ///< the peer ended the association
    link_misaddressed,        ///< frame for or from another address
    tag_mismatch,             ///< the authentication tag of a ciphered APDU does not fit
    wrong_manufacturer,       ///< a meter of another maker than the one expected
    counter_too_low,          ///< invocation counter not above the last one that was accepted
    insufficient_protection,  ///< less protection than the policy or the access rights ask for
    wrong_system_title,       ///< system title missing, of no 8 octets, or of somebody else
    wrong_security_suite,     ///< another security suite than the agreed one
    unknown_key,              ///< protected with a key that we do not have, or in no way we know
    signature_mismatch,       ///< the signature is not the signer's
    authentication_failed,    ///< the peer's answer to our challenge is wrong
    reflected_challenge,      ///< the peer sent our own challenge back
    sequence_error,           ///< HDLC: a number of frames that were never sent, or never the next
    frame_rejected,           ///< HDLC: the peer answered a frame with FRMR
    link_refused,             ///< HDLC: the peer answered SNRM with DM
    transfer_aborted,         ///< the peer gave a general block transfer up before its end
    // unsupported
    unsupported_service = 200,  ///< legal APDU or choice that this version does not offer
    unsupported_type,           ///< legal Data type that this version does not offer
    unsupported_mechanism,      ///< legal authentication mechanism that is not offered
    unsupported_context,        ///< legal application context that is not offered
    unsupported_compression,    ///< legal compression of a ciphered APDU that is not offered
    unsupported_mode,       ///< the meter does not offer the mode of IEC 62056-21 that is wanted
    unsupported_baud_rate,  ///< a speed that the standard does not know, or the port cannot do
    // misuse
    wrong_state = 300,     ///< command refused by the state
    out_of_range,          ///< argument outside its range
    request_too_long,      ///< request above what the peer accepts, and blocks not available
    not_negotiated,        ///< service that the association did not negotiate
    buffer_limit,          ///< Writer above its limit
    unusable_credentials,  ///< certificate, key or CA file that cannot be read or used
    key_missing,           ///< a key that the protection asked for needs is not configured
    counter_not_reserved,  ///< no invocation counter is reserved for this key
    counter_exhausted,     ///< the key's invocation counter is at its end: the key is to be changed
    // transport
    timeout = 400,              ///< no answer within the time-out
    connect_refused,            ///< nobody listens there
    connect_timeout,            ///< connection not made within the time-out
    host_unreachable,           ///< no route, or name not found
    not_allowed_target,         ///< an address that the configuration does not allow
    connection_lost,            ///< the line broke or the peer closed it
    cancelled,                  ///< our side gave the work up
    port_missing,               ///< no such serial port, or its device is not plugged in
    port_busy,                  ///< another program has the serial port
    port_denied,                ///< no permission for the serial port, or it is none
    port_settings_refused,      ///< the serial port cannot do what its settings ask for
    port_gone,                  ///< the serial port's device was unplugged
    tls_failed,                 ///< no TLS with the peer, for a reason that no other code names
    tls_not_spoken,             ///< what the peer answers is no TLS
    tls_no_common_terms,        ///< no version, cipher or group that both sides accept
    certificate_untrusted,      ///< no CA that we trust has signed the peer's certificate
    certificate_expired,        ///< the peer's certificate is over, or not valid yet
    certificate_name_mismatch,  ///< the peer's certificate is for another name
    certificate_rejected,       ///< the peer's certificate is unusable for another reason
    own_certificate_rejected,   ///< the peer refused our certificate, or that we have none
    // internal
    defect = 500,  ///< a state that must not occur
    store_failed,  ///< what must outlive the process could not be written, or read back
};

constexpr Blame blame_of(ErrorCode code) {
    return static_cast<Blame>(static_cast<std::uint16_t>(code) / 100);
}

/// One error. `offset` is the octet, from the start of the octets handed in, where it was found;
/// 0 where octets play no part.
struct Error {
    ErrorCode code{};
    Layer layer{};
    std::uint32_t offset{};

    constexpr Blame blame() const { return blame_of(code); }
    friend constexpr bool operator==(const Error&, const Error&) = default;
};

/// The name as written above with hyphens, for example "length-beyond-buffer".
std::string_view name(ErrorCode code);
std::string_view name(Blame blame);
std::string_view name(Layer layer);

/// A sentence for people, for example "xdlms: length beyond buffer at octet 12".
std::string describe(const Error& error);

}  // namespace dlms
