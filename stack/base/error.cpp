#include "stack/base/error.hpp"

#include <algorithm>

namespace dlms {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::truncated: return "truncated";
        case ErrorCode::trailing_octets: return "trailing-octets";
        case ErrorCode::invalid_length_encoding: return "invalid-length-encoding";
        case ErrorCode::length_beyond_buffer: return "length-beyond-buffer";
        case ErrorCode::inner_length_mismatch: return "inner-length-mismatch";
        case ErrorCode::unknown_tag: return "unknown-tag";
        case ErrorCode::unknown_choice: return "unknown-choice";
        case ErrorCode::unknown_value: return "unknown-value";
        case ErrorCode::bad_presence_flag: return "bad-presence-flag";
        case ErrorCode::nesting_too_deep: return "nesting-too-deep";
        case ErrorCode::too_many_elements: return "too-many-elements";
        case ErrorCode::invalid_utf8: return "invalid-utf8";
        case ErrorCode::missing_field: return "missing-field";
        case ErrorCode::repeated_field: return "repeated-field";
        case ErrorCode::field_order: return "field-order";
        case ErrorCode::unknown_object_identifier: return "unknown-object-identifier";
        case ErrorCode::list_count_mismatch: return "list-count-mismatch";
        case ErrorCode::invalid_text: return "invalid-text";
        case ErrorCode::value_out_of_range: return "value-out-of-range";
        case ErrorCode::type_mismatch: return "type-mismatch";
        case ErrorCode::element_missing: return "element-missing";
        case ErrorCode::zero_width_element: return "zero-width-element";
        case ErrorCode::no_frame: return "no-frame";
        case ErrorCode::frame_format: return "frame-format";
        case ErrorCode::frame_length_mismatch: return "frame-length-mismatch";
        case ErrorCode::address_encoding: return "address-encoding";
        case ErrorCode::unsupported_control: return "unsupported-control";
        case ErrorCode::information_not_permitted: return "information-not-permitted";
        case ErrorCode::check_mismatch: return "check-mismatch";
        case ErrorCode::header_check_mismatch: return "header-check-mismatch";
        case ErrorCode::unexpected_apdu: return "unexpected-apdu";
        case ErrorCode::wrong_invoke_id: return "wrong-invoke-id";
        case ErrorCode::wrong_block_number: return "wrong-block-number";
        case ErrorCode::wrong_version: return "wrong-version";
        case ErrorCode::pdu_too_long: return "pdu-too-long";
        case ErrorCode::conformance_violation: return "conformance-violation";
        case ErrorCode::answer_too_long: return "answer-too-long";
        case ErrorCode::association_lost: return "association-lost";
        case ErrorCode::link_misaddressed: return "link-misaddressed";
        case ErrorCode::tag_mismatch: return "tag-mismatch";
        case ErrorCode::wrong_manufacturer: return "wrong-manufacturer";
        case ErrorCode::counter_too_low: return "counter-too-low";
        case ErrorCode::insufficient_protection: return "insufficient-protection";
        case ErrorCode::wrong_system_title: return "wrong-system-title";
        case ErrorCode::wrong_security_suite: return "wrong-security-suite";
        case ErrorCode::unknown_key: return "unknown-key";
        case ErrorCode::signature_mismatch: return "signature-mismatch";
        case ErrorCode::authentication_failed: return "authentication-failed";
        case ErrorCode::reflected_challenge: return "reflected-challenge";
        case ErrorCode::sequence_error: return "sequence-error";
        case ErrorCode::frame_rejected: return "frame-rejected";
        case ErrorCode::link_refused: return "link-refused";
        case ErrorCode::transfer_aborted: return "transfer-aborted";
        case ErrorCode::unsupported_service: return "unsupported-service";
        case ErrorCode::unsupported_type: return "unsupported-type";
        case ErrorCode::unsupported_mechanism: return "unsupported-mechanism";
        case ErrorCode::unsupported_context: return "unsupported-context";
        case ErrorCode::unsupported_compression: return "unsupported-compression";
        case ErrorCode::unsupported_mode: return "unsupported-mode";
        case ErrorCode::unsupported_baud_rate: return "unsupported-baud-rate";
        case ErrorCode::wrong_state: return "wrong-state";
        case ErrorCode::out_of_range: return "out-of-range";
        case ErrorCode::request_too_long: return "request-too-long";
        case ErrorCode::not_negotiated: return "not-negotiated";
        case ErrorCode::buffer_limit: return "buffer-limit";
        case ErrorCode::unusable_credentials: return "unusable-credentials";
        case ErrorCode::key_missing: return "key-missing";
        case ErrorCode::counter_not_reserved: return "counter-not-reserved";
        case ErrorCode::counter_exhausted: return "counter-exhausted";
        case ErrorCode::timeout: return "timeout";
        case ErrorCode::connect_refused: return "connect-refused";
        case ErrorCode::connect_timeout: return "connect-timeout";
        case ErrorCode::host_unreachable: return "host-unreachable";
        case ErrorCode::not_allowed_target: return "not-allowed-target";
        case ErrorCode::connection_lost: return "connection-lost";
        case ErrorCode::cancelled: return "cancelled";
        case ErrorCode::port_missing: return "port-missing";
        case ErrorCode::port_busy: return "port-busy";
        case ErrorCode::port_denied: return "port-denied";
        case ErrorCode::port_settings_refused: return "port-settings-refused";
        case ErrorCode::port_gone: return "port-gone";
        case ErrorCode::tls_failed: return "tls-failed";
        case ErrorCode::tls_not_spoken: return "tls-not-spoken";
        case ErrorCode::tls_no_common_terms: return "tls-no-common-terms";
        case ErrorCode::certificate_untrusted: return "certificate-untrusted";
        case ErrorCode::certificate_expired: return "certificate-expired";
        case ErrorCode::certificate_name_mismatch: return "certificate-name-mismatch";
        case ErrorCode::certificate_rejected: return "certificate-rejected";
        case ErrorCode::own_certificate_rejected: return "own-certificate-rejected";
        case ErrorCode::defect: return "defect";
        case ErrorCode::store_failed: return "store-failed";
    }
    return "unknown-error";
}

std::string_view name(Blame blame) {
    switch (blame) {
        case Blame::malformed: return "malformed";
        case Blame::peer_misbehaved: return "peer-misbehaved";
        case Blame::unsupported: return "unsupported";
        case Blame::misuse: return "misuse";
        case Blame::transport: return "transport";
        case Blame::internal: return "internal";
    }
    return "unknown-blame";
}

std::string_view name(Layer layer) {
    switch (layer) {
        case Layer::base: return "base";
        case Layer::axdr: return "axdr";
        case Layer::ber: return "ber";
        case Layer::cosem: return "cosem";
        case Layer::acse: return "acse";
        case Layer::xdlms: return "xdlms";
        case Layer::security: return "security";
        case Layer::hdlc: return "hdlc";
        case Layer::wrapper: return "wrapper";
        case Layer::iec62056_21: return "iec62056-21";
        case Layer::mbus: return "mbus";
        case Layer::association: return "association";
        case Layer::transport: return "transport";
        case Layer::client: return "client";
        case Layer::vendor: return "vendor";
        case Layer::store: return "store";
    }
    return "unknown-layer";
}

std::string describe(const Error& error) {
    std::string text{name(error.layer)};
    text += ": ";
    std::string code{name(error.code)};
    std::ranges::replace(code, '-', ' ');
    text += code;
    if (error.blame() == Blame::malformed) {
        text += " at octet " + std::to_string(error.offset);
    }
    return text;
}

}  // namespace dlms
