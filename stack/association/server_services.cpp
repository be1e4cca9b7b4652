// The services of a server: what is asked, and whether it was negotiated.

#include <algorithm>

#include "stack/association/server_table.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

using cosem::DataAccessResult;
using xdlms::ConformanceBit;
using xdlms::InvokeIdAndPriority;
using xdlms::RawDataBlock;

void ServerAssociation::receive_service(ByteView apdu) {
    using enum xdlms::ApduTag;
    received_.assign(apdu.begin(), apdu.end());
    if (state_ == State::authenticating) {
        receive_pass_3();
        return;
    }
    const bool logical = configuration_.referencing == Referencing::logical_name;
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case get_request: return logical ? receive_get() : refuse();
        case set_request: return logical ? receive_set() : refuse();
        case action_request: return logical ? receive_action() : refuse();
        case access_request: return logical ? receive_access() : refuse();
        case read_request: return logical ? refuse() : receive_read();
        case write_request: return logical ? refuse() : receive_write();
        case unconfirmed_write_request: return logical ? refuse() : receive_unconfirmed_write();
        default: return refuse();
    }
}

bool ServerAssociation::may_serve(ConformanceBit service) {
    if (is_associated() && has(service)) {
        return true;
    }
    refuse();
    return false;
}

template <class Apdu>
const Apdu* ServerAssociation::taken(const Result<Apdu>& decoded) {
    if (decoded) {
        return &*decoded;
    }
    ++counters_.malformed_apdus;
    refuse();
    return nullptr;
}

bool ServerAssociation::may_select(const std::optional<cosem::SelectiveAccess>& selection) {
    if (!selection || has(ConformanceBit::selective_access)) {
        return true;
    }
    refuse();
    return false;
}

bool ServerAssociation::may_select(
    const xdlms::List<cosem::AttributeDescriptorWithSelection>& list) {
    const bool selects = std::any_of(list.begin(), list.end(), [](const auto& item) {
        return item.access_selection.has_value();
    });
    if (!list.empty() && has(ConformanceBit::multiple_references) &&
        (!selects || has(ConformanceBit::selective_access))) {
        return true;
    }
    refuse();
    return false;
}

void ServerAssociation::receive_get() {
    if (!confirmed_) {
        refuse();
        return;
    }
    if (!may_serve(ConformanceBit::get)) {
        return;
    }
    const auto decoded_request = xdlms::decode_get_request(received_, configuration_.get_tolerance);
    const xdlms::GetRequest* request = taken(decoded_request);
    if (!request) {
        return;
    }
    if (const auto* next = std::get_if<xdlms::GetRequestNext>(request)) {
        fetch_block(ServerService::get, next->invoke_id_and_priority, next->block_number);
    } else if (const auto* normal = std::get_if<xdlms::GetRequestNormal>(request)) {
        if (may_select(normal->access_selection)) {
            ServerRequest one(ServerService::get, normal->invoke_id_and_priority);
            one.attribute = {normal->attribute, normal->access_selection};
            take(std::move(one));
        }
    } else {
        const auto& list = std::get<xdlms::GetRequestWithList>(*request);
        if (may_select(list.attributes)) {
            ServerRequest many(ServerService::get, list.invoke_id_and_priority);
            many.with_list = true;
            many.count = list.attributes.size();
            many.attributes = list.attributes.begin();
            take(std::move(many));
        }
    }
}

void ServerAssociation::receive_set() {
    if (!may_serve(ConformanceBit::set)) {
        return;
    }
    const auto decoded_request = xdlms::decode_set_request(received_);
    const xdlms::SetRequest* decoded = taken(decoded_request);
    if (!decoded) {
        return;
    }
    const InvokeIdAndPriority invoke =
        std::visit([](const auto& choice) { return choice.invoke_id_and_priority; }, *decoded);
    if (invoke.is_confirmed() && !confirmed_) {
        refuse();
        return;
    }
    if (const auto* part = std::get_if<xdlms::SetRequestWithDatablock>(decoded)) {
        take_block(ServerService::set, invoke, part->block);
        return;
    }
    ServerRequest request(ServerService::set, invoke);
    request.confirmed = invoke.is_confirmed() || configuration_.answer_unconfirmed;
    const auto take_attribute = [&](const auto& choice) {
        request.attribute = {choice.attribute, choice.access_selection};
        return may_select(choice.access_selection);
    };
    const auto take_list = [&](const auto& choice) {
        request.with_list = true;
        request.count = choice.attributes.size();
        request.attributes = choice.attributes.begin();
        return may_select(choice.attributes);
    };
    if (const auto* normal = std::get_if<xdlms::SetRequestNormal>(decoded)) {
        request.value = normal->value;
        if (take_attribute(*normal)) {
            take(std::move(request));
        }
    } else if (const auto* list = std::get_if<xdlms::SetRequestWithList>(decoded)) {
        request.values = list->values.begin();
        if (take_list(*list)) {
            take(std::move(request));
        }
    } else if (!has(ConformanceBit::block_transfer_with_set_or_write)) {
        refuse();
    } else if (const auto* first = std::get_if<xdlms::SetRequestWithFirstDatablock>(decoded)) {
        if (take_attribute(*first)) {
            take_first_block(std::move(request), first->block);
        }
    } else {
        const auto& first_of_list = std::get<xdlms::SetRequestWithListAndFirstDatablock>(*decoded);
        if (take_list(first_of_list)) {
            take_first_block(std::move(request), first_of_list.block);
        }
    }
}

void ServerAssociation::receive_action() {
    if (!may_serve(ConformanceBit::action)) {
        return;
    }
    const auto decoded_request = xdlms::decode_action_request(received_);
    const xdlms::ActionRequest* decoded = taken(decoded_request);
    if (!decoded) {
        return;
    }
    const InvokeIdAndPriority invoke =
        std::visit([](const auto& choice) { return choice.invoke_id_and_priority; }, *decoded);
    if (invoke.is_confirmed() && !confirmed_) {
        refuse();
        return;
    }
    if (const auto* part = std::get_if<xdlms::ActionRequestWithPblock>(decoded)) {
        take_block(ServerService::action, invoke, part->block);
        return;
    }
    if (const auto* next = std::get_if<xdlms::ActionRequestNextPblock>(decoded)) {
        fetch_block(ServerService::action, invoke, next->block_number);
        return;
    }
    ServerRequest request(ServerService::action, invoke);
    request.confirmed = invoke.is_confirmed() || configuration_.answer_unconfirmed;
    const auto take_list = [&](const auto& choice) {
        request.with_list = true;
        request.count = choice.methods.size();
        request.methods = choice.methods.begin();
        if (request.count != 0 && has(ConformanceBit::multiple_references)) {
            return true;
        }
        refuse();
        return false;
    };
    if (const auto* normal = std::get_if<xdlms::ActionRequestNormal>(decoded)) {
        request.method = normal->method;
        request.value = normal->parameters;
        take(std::move(request));
    } else if (const auto* list = std::get_if<xdlms::ActionRequestWithList>(decoded)) {
        request.values = list->parameters.begin();
        if (take_list(*list)) {
            take(std::move(request));
        }
    } else if (!has(ConformanceBit::block_transfer_with_action)) {
        refuse();
    } else if (const auto* first = std::get_if<xdlms::ActionRequestWithFirstPblock>(decoded)) {
        request.method = first->method;
        take_first_block(std::move(request), first->block);
    } else {
        const auto& first_of_list = std::get<xdlms::ActionRequestWithListAndFirstPblock>(*decoded);
        if (take_list(first_of_list)) {
            take_first_block(std::move(request), first_of_list.block);
        }
    }
}

void ServerAssociation::receive_access() {
    if (!may_serve(ConformanceBit::access)) {
        return;
    }
    const auto decoded_request = xdlms::decode_access_request(received_);
    const xdlms::AccessRequest* decoded = taken(decoded_request);
    if (!decoded) {
        return;
    }
    const bool confirmed = decoded->long_invoke_id_and_priority.is_confirmed();
    const auto& list = decoded->specifications;
    const bool selects = std::any_of(list.begin(), list.end(), [](const auto& item) {
        return std::holds_alternative<xdlms::AccessGetWithSelection>(item) ||
               std::holds_alternative<xdlms::AccessSetWithSelection>(item);
    });
    if (list.empty() || (confirmed && !confirmed_) ||
        (selects && !has(ConformanceBit::selective_access))) {
        refuse();
        return;
    }
    ServerRequest request(ServerService::access, InvokeIdAndPriority());
    request.long_invoke = decoded->long_invoke_id_and_priority;
    request.confirmed = confirmed || configuration_.answer_unconfirmed;
    request.with_list = true;
    request.count = decoded->specifications.size();
    request.specifications = decoded->specifications;
    request.specification = decoded->specifications.begin();
    request.values = decoded->data.begin();
    take(std::move(request));
}

bool ServerAssociation::is_negotiated(
    const xdlms::List<xdlms::VariableAccessSpecification>& names) const {
    const bool selects = std::any_of(names.begin(), names.end(), [](const auto& item) {
        return std::holds_alternative<xdlms::ParameterizedAccess>(item);
    });
    const bool procedures =
        std::any_of(names.begin(), names.end(), [](const auto& item) { return item.index() > 1; });
    return !names.empty() && !procedures &&
           (names.size() == 1 || has(ConformanceBit::multiple_references)) &&
           (!selects || has(ConformanceBit::parameterized_access));
}

bool ServerAssociation::may_name(const xdlms::List<xdlms::VariableAccessSpecification>& names) {
    if (is_negotiated(names)) {
        return true;
    }
    refuse();
    return false;
}

bool ServerAssociation::may_use_blocks(ServerService service) {
    using enum ConformanceBit;
    if (security_.opened_by_broadcast_key()) {
        ++counters_.refused_apdus;  // a block is acknowledged, and many heard this one
        return false;
    }
    const bool reads = service == ServerService::get || service == ServerService::read;
    const auto bit = service == ServerService::action ? block_transfer_with_action
                     : reads                          ? block_transfer_with_get_or_read
                                                      : block_transfer_with_set_or_write;
    if (has(bit)) {
        return true;
    }
    refuse();
    return false;
}

void ServerAssociation::receive_read() {
    if (!confirmed_) {
        refuse();
        return;
    }
    if (!may_serve(ConformanceBit::read)) {
        return;
    }
    const auto decoded_request = xdlms::decode_read_request(received_);
    const xdlms::ReadRequest* decoded = taken(decoded_request);
    if (!decoded) {
        return;
    }
    const auto& names = decoded->specifications;
    // A procedure stands alone.
    const auto first = names.size() == 1 ? *names.begin() : xdlms::VariableAccessSpecification();
    if (const auto* next = std::get_if<xdlms::BlockNumberAccess>(&first)) {
        fetch_block(ServerService::read, {}, next->block_number);
        return;
    }
    ServerRequest request(ServerService::read, InvokeIdAndPriority());
    request.with_list = true;
    if (const auto* part = std::get_if<xdlms::ReadDataBlockAccess>(&first)) {
        const RawDataBlock block{part->last_block, part->block_number, part->raw_data};
        if (part->block_number == 1) {
            take_first_block(std::move(request), block);
        } else {
            take_block(ServerService::read, {}, block);
        }
        return;
    }
    if (may_name(names)) {
        request.count = names.size();
        request.names = names.begin();
        take(std::move(request));
    }
}

void ServerAssociation::receive_write() {
    if (!confirmed_) {
        refuse();
        return;
    }
    if (!may_serve(ConformanceBit::write)) {
        return;
    }
    const auto decoded_request = xdlms::decode_write_request(received_);
    const xdlms::WriteRequest* decoded = taken(decoded_request);
    if (!decoded) {
        return;
    }
    const auto& names = decoded->specifications;
    // A procedure stands alone.
    const auto first = names.size() == 1 ? *names.begin() : xdlms::VariableAccessSpecification();
    ServerRequest request(ServerService::write, InvokeIdAndPriority());
    request.with_list = true;
    if (const auto* part = std::get_if<xdlms::WriteDataBlockAccess>(&first)) {
        const auto octets = (*decoded->values.begin()).octets();
        if (!octets) {
            refuse();
            return;
        }
        const RawDataBlock block{part->last_block, part->block_number, *octets};
        if (part->block_number == 1) {
            take_first_block(std::move(request), block);
        } else {
            take_block(ServerService::write, {}, block);
        }
        return;
    }
    if (may_name(names)) {
        request.count = names.size();
        request.names = names.begin();
        request.values = decoded->values.begin();
        take(std::move(request));
    }
}

void ServerAssociation::receive_unconfirmed_write() {
    // It has no answer, so what is wrong with it is counted and nothing else.
    const auto decoded = xdlms::decode_unconfirmed_write_request(received_);
    if (!decoded || !is_associated() || !has(ConformanceBit::unconfirmed_write)) {
        ++(decoded ? counters_.refused_apdus : counters_.malformed_apdus);
        return;
    }
    const auto& names = decoded->specifications;
    if (!is_negotiated(names)) {
        ++counters_.refused_apdus;
        return;
    }
    ServerRequest request(ServerService::write, InvokeIdAndPriority());
    request.confirmed = false;
    request.with_list = true;
    request.count = names.size();
    request.names = names.begin();
    request.values = decoded->values.begin();
    take(std::move(request));
}

void ServerAssociation::receive_notification_confirm() {
    const auto confirm = xdlms::decode_data_notification_confirm(received_);
    if (!confirm || !has(ConformanceBit::data_notification)) {
        ++(confirm ? counters_.refused_apdus : counters_.malformed_apdus);
        return;
    }
    emit(NotificationConfirmed{confirm->long_invoke_id_and_priority.invoke_id()});
}

}  // namespace dlms::association
