// Passes 3 and 4 of the mechanisms 2 to 7: the client answers our challenge, and we its own
// (APPL_OPEN_3, APPL_OPEN_X_3, APPL_OPEN_X_4).

#include "stack/association/server_table.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

namespace {

constexpr std::uint16_t association_ln_class = 15;
constexpr std::int8_t reply_to_hls_method = 1;

}  // namespace

/// The answer to our challenge, if received_ is an APDU that may carry one.
std::optional<ByteView> ServerAssociation::read_pass_3(xdlms::InvokeIdAndPriority& invoke) const {
    std::optional<axdr::DataView> parameter;
    if (configuration_.referencing == Referencing::logical_name) {
        const auto request = xdlms::decode_action_request(received_);
        const auto* action = request ? std::get_if<xdlms::ActionRequestNormal>(&*request) : nullptr;
        const cosem::MethodDescriptor reply{association_ln_class,
                                            configuration_.security.authentication_object,
                                            reply_to_hls_method};
        if (action && action->method == reply && action->invoke_id_and_priority.is_confirmed()) {
            invoke = action->invoke_id_and_priority;
            parameter = action->parameters;
        }
    } else if (const auto request = xdlms::decode_read_request(received_);
               request && request->specifications.size() == 1) {
        const auto name = *request->specifications.begin();
        const auto* access = std::get_if<xdlms::ParameterizedAccess>(&name);
        if (access && access->short_name == configuration_.security.authentication_name) {
            parameter = access->parameter;
        }
    }
    if (!parameter) {
        return std::nullopt;
    }
    const Result<ByteView> octets = parameter->octets();
    return octets ? std::optional(*octets) : std::nullopt;
}

void ServerAssociation::receive_pass_3() {
    xdlms::InvokeIdAndPriority invoke;
    const std::optional<ByteView> answer = read_pass_3(invoke);
    if (!answer) {
        refuse();
        return;
    }
    if (!hls_.verify(means(), *answer)) {
        answer_pass_3(invoke, cosem::ActionResult::other_reason, {});
        end_unauthenticated();
        emit(AuthenticationFailed{});
        return;
    }
    const Result<ByteBuffer> own = hls_.answer(means());
    if (!own) {
        ++counters_.unsealed_answers;
        answer_pass_3(invoke, cosem::ActionResult::temporary_failure, {});
        end_unauthenticated();
        return;
    }
    answer_pass_3(invoke, cosem::ActionResult::success, *own);
    advance(Input::authenticated);
    emit(AssociationEstablished{conformance_, client_max_receive_pdu_size_, confirmed_, user_id_});
}

void ServerAssociation::end_unauthenticated() {
    ++counters_.refused_associations;
    const bool in_blocks = block_transfer_.is_sending();
    if (in_blocks) {
        // The blocks of the answer go with the attempt; a plain one says as much.
        in_general_blocks_ = false;
        block_transfer_.reset();
        refuse();
    }
    end_association();
}

void ServerAssociation::answer_pass_3(xdlms::InvokeIdAndPriority invoke, cosem::ActionResult result,
                                      ByteView answer) {
    axdr::DataBuilder builder;
    const Result<axdr::Data> data = builder.octet_string(answer).finish();
    prepared_.clear();
    Writer writer(prepared_);
    const bool success = result == cosem::ActionResult::success && data;
    if (configuration_.referencing == Referencing::logical_name) {
        xdlms::ActionOutcome outcome{result, std::nullopt};
        if (success) {
            outcome.return_parameters = xdlms::GetDataResult(data->view());
        }
        xdlms::encode(writer, xdlms::ActionResponseNormal{invoke, outcome});
    } else {
        // The codes of both services are the same as far as they are used here.
        const xdlms::ReadResult item =
            success ? xdlms::ReadResult(data->view())
                    : xdlms::ReadResult(static_cast<cosem::DataAccessResult>(result));
        xdlms::encode(writer,
                      xdlms::ReadResponse{xdlms::List<xdlms::ReadResult>(std::span(&item, 1))});
    }
    const bool blocks = !in_general_blocks_ && sealed_size() > answer_limit() &&
                        has(xdlms::ConformanceBit::general_block_transfer);
    if (!blocks) {
        send_prepared();
        return;
    }
    seal_prepared();
    if (!send_in_general_blocks()) {
        queue_.push().swap(prepared_);
    }
}

}  // namespace dlms::association
