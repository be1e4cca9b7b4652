// How a client makes an association: AARQ and AARE, and the passes 3 and 4 of mechanisms 2 to 7.

#include <array>

#include "stack/acse/aarq.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/client_table.hpp"
#include "stack/axdr/data_builder.hpp"

namespace dlms::association {

using security::KeySlot;

namespace {

/// sender-acse-requirements with its one bit, authentication.
constexpr std::array<Byte, 1> authentication_bit{0x80};
const ber::BitString authentication_functional_unit{7, authentication_bit};

constexpr std::uint16_t association_ln_class = 15;
constexpr std::int8_t reply_to_hls_method = 1;

std::unexpected<Error> misuse(ErrorCode code) {
    return fail(code, Layer::association);
}

/// What pass 4 brought: the meter's answer, or why there is none.
std::optional<ByteView> answer_in(const ClientEvent& event) {
    const axdr::DataView* data = nullptr;
    const auto* action = std::get_if<ActionCompleted>(&event);
    if (action && action->outcome.result == cosem::ActionResult::success &&
        action->outcome.return_parameters) {
        data = std::get_if<axdr::DataView>(&*action->outcome.return_parameters);
    }
    xdlms::ReadResult first;
    const auto* read = std::get_if<ReadCompleted>(&event);
    if (read && read->results.size() == 1) {
        first = *read->results.begin();
        data = std::get_if<axdr::DataView>(&first);
    }
    if (!data) {
        return std::nullopt;
    }
    const Result<ByteView> octets = data->octets();
    return octets ? std::optional(*octets) : std::nullopt;
}

}  // namespace

Status ClientAssociation::may_send(std::size_t numbers, KeySlot slot) const {
    const security::ApduProtection* protection = security_.protection();
    if (numbers == 0 || !protection || protection->send_counter(slot).remaining() >= numbers) {
        return {};
    }
    const bool at_end =
        protection->send_counter(slot).next_free() + numbers > std::uint64_t{0xFFFFFFFF};
    return misuse(at_end ? ErrorCode::counter_exhausted : ErrorCode::counter_not_reserved);
}

/// Whether everything is there that the association needs before it begins.
Status ClientAssociation::may_associate() const {
    const SecurityTerms& terms = configuration_.security;
    const acse::Mechanism mechanism = configuration_.mechanism;
    if (acse::name(mechanism).empty()) {
        return misuse(ErrorCode::unsupported_mechanism);
    }
    if ((terms.ciphered || needs_titles(mechanism)) && !security_.protection()) {
        return misuse(ErrorCode::key_missing);
    }
    if ((is_hls(mechanism) || terms.dedicated_key) && !terms.random) {
        return misuse(ErrorCode::out_of_range);
    }
    // An AARQ, the answer of GMAC, and the APDU that it goes in, as far as they take numbers.
    const bool protects =
        security_.in_force() && terms.requests.protection != security::no_protection;
    const bool dedicated = terms.dedicated_key && terms.requests.key != KeyChoice::global;
    const bool pass_3 = is_hls(mechanism) && protects && !dedicated && !terms.stops_at_challenge;
    const bool by_message_key = terms.requests.envelope >= Envelope::wrapped_key;
    const std::size_t unicast =
        std::size_t{security_.in_force()} +
        (mechanism == acse::Mechanism::hls_gmac && !terms.stops_at_challenge) +
        (pass_3 && !by_message_key);
    const Status may = may_send(unicast, KeySlot::unicast);
    return may ? may_send(pass_3 && by_message_key, KeySlot::message) : may;
}

/// The user-information of an AARQ or RLRQ, sealed in a ciphered context.
Result<ByteBuffer> ClientAssociation::encode_initiate(
    const std::optional<security::DedicatedKey>& key) {
    xdlms::InitiateRequest initiate;
    if (key) {
        initiate.dedicated_key = key->reveal();
    }
    initiate.proposed_conformance = configuration_.proposed_conformance;
    initiate.client_max_receive_pdu_size = configuration_.max_receive_pdu_size;
    ByteBuffer encoded;
    encoded.reserve(64);  // a key must not be left behind in a smaller one
    Writer writer(encoded);
    xdlms::encode(writer, initiate);
    if (!security_.in_force()) {
        return encoded;
    }
    security::ProtectionRequest how;
    how.protection = initiate_protection(configuration_.security.requests.protection);
    how.protection.encrypted = how.protection.encrypted || key;
    if (const Status sealed = security_.seal(encoded, how); !sealed) {
        wipe(encoded);
        return std::unexpected(sealed.error());
    }
    return encoded;
}

acse::ApplicationContext ClientAssociation::context() const {
    using enum acse::ApplicationContext;
    const bool ciphered = configuration_.security.ciphered;
    return configuration_.referencing == Referencing::logical_name ? (ciphered ? ln_ciphered : ln)
                                                                   : (ciphered ? sn_ciphered : sn);
}

Status ClientAssociation::associate(Instant now) {
    if (const Status may = may_associate(); !may) {
        return may;
    }
    const SecurityTerms& terms = configuration_.security;
    const acse::Mechanism mechanism = configuration_.mechanism;
    HlsExchange hls;
    if (is_hls(mechanism)) {
        Result<HlsExchange> begun =
            HlsExchange::begin(mechanism, *terms.random, terms.challenge_size);
        if (!begun) {
            return std::unexpected(begun.error());
        }
        hls = std::move(*begun);
    }
    std::optional<security::DedicatedKey> key;
    if (security_.in_force() && terms.dedicated_key) {
        security::WipedBuffer drawn;
        const std::span<Byte> octets =
            drawn.first(security::key_size(security_.protection()->suite()));
        if (!terms.random->fill(octets)) {
            return misuse(ErrorCode::defect);
        }
        key = security::DedicatedKey::from(octets).value();
    }
    const Result<ByteBuffer> user_information = encode_initiate(key);
    if (!user_information) {
        return std::unexpected(user_information.error());
    }

    acse::Aarq aarq;
    aarq.application_context = context();
    if ((terms.ciphered || needs_titles(mechanism)) && terms.sends_title) {
        aarq.calling_ap_title = security_.protection()->own_title().octets();
    }
    if (!terms.certificate.empty()) {
        aarq.calling_ae_qualifier = terms.certificate;
    }
    if (terms.user_id) {
        aarq.calling_ae_invocation_id = *terms.user_id;
    }
    if (mechanism != acse::Mechanism::lowest) {
        aarq.sender_acse_requirements = authentication_functional_unit;
        aarq.mechanism = mechanism;
        aarq.calling_authentication_value = acse::AuthenticationValue{
            acse::AuthenticationValueKind::charstring,
            is_hls(mechanism) ? hls.own_challenge() : configuration_.password.reveal()};
    }
    aarq.user_information = *user_information;
    queue_.clear();
    Writer writer(queue_.push(), limits::max_apdu);
    acse::encode(writer, aarq);
    if (!writer.ok()) {
        queue_.wipe();
        return misuse(ErrorCode::out_of_range);
    }
    forget_agreement();
    if (const Status agreed = security_.agree(false, key); !agreed) {
        queue_.wipe();
        return agreed;
    }
    advance(Input::open);
    hls_ = std::move(hls);
    peer_certificate_.clear();
    refusal_.reset();
    stray_.reset();
    deadline_ = now + configuration_.response_timeout;
    return {};
}

Result<ByteBuffer> ClientAssociation::encode_release() {
    acse::Rlrq rlrq;
    if (!configuration_.release_without_reason) {
        rlrq.reason = acse::ReleaseRequestReason::normal;
    }
    ByteBuffer user_information;
    if (security_.in_force() && configuration_.security.protected_release) {
        Result<ByteBuffer> initiate = encode_initiate(std::nullopt);
        if (!initiate) {
            return initiate;
        }
        user_information.swap(*initiate);
        rlrq.user_information = user_information;
    }
    ByteBuffer encoded;
    Writer writer(encoded);
    acse::encode(writer, rlrq);
    return encoded;
}

void ClientAssociation::receive_aare(ByteView apdu, Instant now) {
    if (state_ != State::associating) {
        unexpected();
        return;
    }
    // Rejections of some firmware carry codes of its own; they are shown, not refused.
    const Result<acse::Aare> aare =
        acse::decode_aare(apdu, {.keep_unknown_names = true, .keep_unknown_codes = true});
    if (!aare) {
        ++counters_.malformed_apdus;
        abort(aare.error());
        return;
    }
    std::optional<xdlms::ConfirmedServiceError> service_error;
    if (aare->user_information) {
        if (const auto decoded = xdlms::decode_confirmed_service_error(*aare->user_information)) {
            service_error = *decoded;
        }
    }
    const bool pending = aare->diagnostic == acse::UserDiagnostic::authentication_required &&
                         !is_hls(configuration_.mechanism);
    if (aare->result != acse::AssociationResult::accepted || service_error || pending) {
        advance(Input::refused);
        emit(AssociationRefused{aare->result, aare->diagnostic, service_error, std::nullopt});
        return;
    }
    // Who accepts names the context that was proposed (Green Book 9.4.4.3).
    if (aare->application_context.known() != context()) {
        ++counters_.refused_apdus;
        abort(error_of(ErrorCode::unsupported_context));
        return;
    }
    if (!aare->user_information) {
        ++counters_.malformed_apdus;
        abort(error_of(ErrorCode::missing_field));
        return;
    }
    if (!take_title(*aare)) {
        return;
    }
    const std::optional<ByteView> initiate = open_initiate(*aare);
    if (initiate) {
        accept(*aare, *initiate, now);
    }
}

/// The meter's system title, where it is needed.
bool ClientAssociation::take_title(const acse::Aare& aare) {
    security::ApduProtection* protection = security_.protection();
    const bool needed = security_.in_force() || needs_titles(configuration_.mechanism);
    if (!protection || !needed) {
        return true;
    }
    const std::optional<security::SystemTitle>& known = configuration_.security.peer_title;
    if (!aare.responding_ap_title && !known) {
        return true;  // what cannot do without it fails
    }
    Result<security::SystemTitle> title =
        aare.responding_ap_title ? security::SystemTitle::from(*aare.responding_ap_title)
                                 : Result<security::SystemTitle>(*known);
    if (!title || (known && *title != *known) || !protection->set_peer_title(*title)) {
        ++counters_.refused_apdus;
        abort(error_of(ErrorCode::wrong_system_title));
        return false;
    }
    if (const Status recalled = recall_received(); !recalled) {
        abort(recalled.error());
        return false;
    }
    return true;
}

Status ClientAssociation::recall_received() {
    security::ApduProtection* protection = security_.protection();
    return protection && configuration_.recall_received
               ? configuration_.recall_received(*protection)
               : Status();
}

/// The InitiateResponse of an AARE that accepts, as it was before it was sealed.
std::optional<ByteView> ClientAssociation::open_initiate(const acse::Aare& aare) {
    if (!security_.in_force()) {
        return *aare.user_information;
    }
    if (!may_open()) {
        ++counters_.refused_apdus;
        abort(error_of(ErrorCode::wrong_system_title));
        return std::nullopt;
    }
    const security::Protection least = initiate_protection(configuration_.security.responses);
    const bool any = configuration_.security.responses == security::no_protection;
    const Result<security::Opened> opened =
        security_.open(*aare.user_information, any ? security::no_protection : least);
    Error error = opened ? Error{} : opened.error();
    if (opened && opened->protection == security::no_protection) {
        error = error_of(ErrorCode::insufficient_protection);
    } else if (opened) {
        const auto refused = xdlms::decode_confirmed_service_error(opened->apdu);
        if (!refused) {
            return opened->apdu;
        }
        advance(Input::refused);
        emit(AssociationRefused{aare.result, aare.diagnostic, *refused, std::nullopt});
        return std::nullopt;
    }
    ++counters_.refused_apdus;
    abort(error);
    return std::nullopt;
}

/// What the two sides agreed on; the attempt ends if that is nothing to go by.
bool ClientAssociation::agree(ByteView initiate_response) {
    const auto initiate =
        xdlms::decode_initiate_response(initiate_response, configuration_.initiate_tolerance);
    if (!initiate) {
        ++counters_.malformed_apdus;
        abort(initiate.error());
        return false;
    }
    if (initiate->negotiated_dlms_version != xdlms::dlms_version) {
        abort(error_of(ErrorCode::conformance_violation));
        return false;
    }
    conformance_ = initiate->negotiated_conformance & configuration_.proposed_conformance;
    server_max_receive_pdu_size_ = initiate->server_max_receive_pdu_size;
    (void)security_.agree(conformance_.has(xdlms::ConformanceBit::general_protection),
                          std::nullopt);  // no new key, so nothing can fail
    return true;
}

void ClientAssociation::accept(const acse::Aare& aare, ByteView initiate_response, Instant now) {
    if (aare.responding_ae_qualifier) {
        peer_certificate_ = to_buffer(*aare.responding_ae_qualifier);
    }
    if (!agree(initiate_response)) {
        return;
    }
    if (!is_hls(configuration_.mechanism)) {
        advance(Input::accepted);
        emit(Associated{conformance_, server_max_receive_pdu_size_});
        return;
    }
    // A meter that skips the rest would have proved nothing.
    const auto& challenge = aare.responding_authentication_value;
    const bool same_mechanism =
        !aare.mechanism || aare.mechanism->known() == configuration_.mechanism;
    if (!challenge || challenge->kind != acse::AuthenticationValueKind::charstring ||
        !same_mechanism) {
        ++counters_.refused_apdus;
        end_unauthenticated(error_of(ErrorCode::authentication_failed));
        return;
    }
    if (configuration_.security.stops_at_challenge) {
        advance(Input::refused);
        emit(AssociationRefused{aare.result, acse::UserDiagnostic::authentication_required,
                                std::nullopt, std::nullopt});
        say_release();
        return;
    }
    authenticate(challenge->octets, now);
}

void ClientAssociation::authenticate(ByteView challenge, Instant now) {
    if (const Status taken = hls_.take(challenge); !taken) {
        ++counters_.refused_apdus;
        end_unauthenticated(taken.error());
        return;
    }
    const Result<ByteBuffer> answer = hls_.answer(means());
    if (!answer) {
        end_unauthenticated(answer.error());
        return;
    }
    advance(Input::challenged);
    if (const Result<RequestId> sent = send_pass_3(*answer, now); !sent) {
        end_unauthenticated(sent.error());
    }
}

Result<RequestId> ClientAssociation::send_pass_3(ByteView answer, Instant now) {
    axdr::DataBuilder builder;
    const Result<axdr::Data> built = builder.octet_string(answer).finish();
    if (!built) {
        return std::unexpected(built.error());
    }
    const SecurityTerms& terms = configuration_.security;
    if (configuration_.referencing == Referencing::logical_name) {
        return send_action({association_ln_class, terms.authentication_object, reply_to_hls_method},
                           built->view(), now, {});
    }
    const xdlms::VariableAccessSpecification method =
        xdlms::ParameterizedAccess{terms.authentication_name, 0, built->view()};
    return send_read(std::span(&method, 1), now);
}

/// The end of pass 3, whichever it is.
void ClientAssociation::take_pass_4(const ClientEvent& event) {
    if (const std::optional<ByteView> answer = answer_in(event)) {
        if (const Status proved = hls_.verify(means(), *answer); !proved) {
            ++counters_.refused_apdus;
            end_unauthenticated(proved.error());
            return;
        }
        advance(Input::authenticated);
        emit(Associated{conformance_, server_max_receive_pdu_size_});
        return;
    }
    const auto* failed = std::get_if<RequestFailed>(&event);
    if (failed && std::holds_alternative<Error>(failed->reason)) {
        end_unauthenticated(std::get<Error>(failed->reason));
        return;
    }
    AssociationRefused refused;
    refused.diagnostic = acse::UserDiagnostic::authentication_failure;
    if (failed) {
        if (const auto* exception = std::get_if<xdlms::ExceptionResponse>(&failed->reason)) {
            refused.exception = *exception;
        } else if (const auto* error = std::get_if<xdlms::ConfirmedServiceError>(&failed->reason)) {
            refused.service_error = *error;
        }
    }
    advance(Input::refused);
    emit(refused);
}

/// We leave, and say so if we can: the meter may take the association for made.
void ClientAssociation::end_unauthenticated(const Error& error) {
    abort(error);
    if (error.code != ErrorCode::timeout) {
        say_release();
    }
}

void ClientAssociation::say_release() {
    if (Result<ByteBuffer> rlrq = encode_release()) {
        queue_.push().swap(*rlrq);
    }
}

}  // namespace dlms::association
