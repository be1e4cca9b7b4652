#include "stack/association/server_request.hpp"

namespace dlms::association {
namespace {

using xdlms::AccessAction;
using xdlms::AccessGet;
using xdlms::AccessGetWithSelection;
using xdlms::AccessSet;
using xdlms::AccessSetWithSelection;

/// A list has a Data for every method, so null-data stands for no parameters.
std::optional<axdr::DataView> parameters_of(const axdr::DataView& data) {
    return data.tag() == axdr::Tag::null_data ? std::nullopt : std::optional(data);
}

/// Only codes that the line knows go there.
template <class Code>
Code known(Code code) {
    return is_known(code) ? code : Code::other_reason;
}

xdlms::GetDataResult known(const xdlms::GetDataResult& result) {
    const auto* code = std::get_if<cosem::DataAccessResult>(&result);
    return code ? xdlms::GetDataResult(known(*code)) : result;
}

struct AccessIndication {
    axdr::DataView data;

    ServerEvent operator()(const AccessGet& get) const {
        return GetIndication{get.attribute, std::nullopt};
    }
    ServerEvent operator()(const AccessSet& set) const {
        return SetIndication{set.attribute, std::nullopt, data};
    }
    ServerEvent operator()(const AccessAction& action) const {
        return ActionIndication{action.method, parameters_of(data)};
    }
    ServerEvent operator()(const AccessGetWithSelection& get) const {
        return GetIndication{get.attribute, get.access_selection};
    }
    ServerEvent operator()(const AccessSetWithSelection& set) const {
        return SetIndication{set.attribute, set.access_selection, data};
    }
};

}  // namespace

ServerEvent ServerRequest::indication() const {
    switch (service) {
        case ServerService::get: {
            const auto& item = attribute ? *attribute : *attributes;
            return GetIndication{item.attribute, item.access_selection};
        }
        case ServerService::set: {
            const auto& item = attribute ? *attribute : *attributes;
            return SetIndication{item.attribute, item.access_selection, value ? *value : *values};
        }
        case ServerService::action:
            return method ? ActionIndication{*method, value}
                          : ActionIndication{*methods, parameters_of(*values)};
        case ServerService::access: return std::visit(AccessIndication{*values}, *specification);
        case ServerService::read:
        case ServerService::write: break;
    }
    std::uint16_t name = 0;
    std::optional<cosem::SelectiveAccess> parameterized;
    if (const auto* variable = std::get_if<xdlms::VariableName>(&*names)) {
        name = variable->short_name;
    } else if (const auto* access = std::get_if<xdlms::ParameterizedAccess>(&*names)) {
        name = access->short_name;
        parameterized = cosem::SelectiveAccess{access->selector, access->parameter};
    }
    if (service == ServerService::read) {
        return ReadIndication{name, parameterized};
    }
    return WriteIndication{name, parameterized, *values};
}

void ServerRequest::go_on() {
    ++index;
    if (is_done()) {
        return;
    }
    switch (service) {
        case ServerService::get: ++attributes; return;
        case ServerService::set:
            ++attributes;
            ++values;
            return;
        case ServerService::action:
            ++methods;
            ++values;
            return;
        case ServerService::access:
            ++specification;
            ++values;
            return;
        case ServerService::read: ++names; return;
        case ServerService::write:
            ++names;
            ++values;
            return;
    }
}

void ServerRequest::record_get(const xdlms::GetDataResult& outcome) {
    const xdlms::GetDataResult result = known(outcome);
    if (service == ServerService::access) {
        const auto* data = std::get_if<axdr::DataView>(&result);
        const auto code =
            data ? cosem::DataAccessResult::success : std::get<cosem::DataAccessResult>(result);
        record_access(data ? *data : axdr::DataView(), xdlms::AccessGetResult{code}, !data);
        return;
    }
    // Read-Response begins its choices as Get-Data-Result does: 0 is Data, 1 is a refusal.
    Writer writer(results);
    xdlms::write(writer, result);
    go_on();
}

void ServerRequest::record_set(cosem::DataAccessResult outcome) {
    const cosem::DataAccessResult result = known(outcome);
    const bool success = result == cosem::DataAccessResult::success;
    if (service == ServerService::access) {
        record_access(axdr::DataView(), xdlms::AccessSetResult{result}, !success);
        return;
    }
    Writer writer(results);
    if (service == ServerService::write) {
        xdlms::write(writer, success ? xdlms::WriteResult(xdlms::WriteSucceeded())
                                     : xdlms::WriteResult(result));
    } else {
        xdlms::write(writer, result);
    }
    go_on();
}

void ServerRequest::record_action(const xdlms::ActionOutcome& owners) {
    xdlms::ActionOutcome outcome{known(owners.result), owners.return_parameters};
    if (outcome.return_parameters) {
        outcome.return_parameters = known(*outcome.return_parameters);
    }
    if (service == ServerService::access) {
        const auto* data = outcome.return_parameters
                               ? std::get_if<axdr::DataView>(&*outcome.return_parameters)
                               : nullptr;
        record_access(data ? *data : axdr::DataView(), xdlms::AccessActionResult{outcome.result},
                      outcome.result != cosem::ActionResult::success);
        return;
    }
    Writer writer(results);
    xdlms::write(writer, outcome);
    go_on();
}

void ServerRequest::record_refusal(cosem::DataAccessResult refusal) {
    const ServerEvent item = indication();
    if (std::holds_alternative<GetIndication>(item) ||
        std::holds_alternative<ReadIndication>(item)) {
        record_get(refusal);
    } else if (std::holds_alternative<ActionIndication>(item)) {
        // The codes are the same as far as a refusal of an item needs them.
        record_action({static_cast<cosem::ActionResult>(refusal), std::nullopt});
    } else {
        record_set(refusal);
    }
}

void ServerRequest::record_access(const axdr::DataView& data, const xdlms::AccessResult& result,
                                  bool failure) {
    Writer data_writer(access_data);
    data_writer.bytes(data.encoded());
    Writer result_writer(results);
    xdlms::write(result_writer, result);
    failed = failed || failure;
    go_on();
}

std::size_t ServerRequest::certain_answer() const {
    if (!with_list) {
        return 0;
    }
    ByteBuffer fixed;  // all but the results
    Writer writer(fixed);
    axdr::write_length(writer, count);
    switch (service) {
        case ServerService::set: return 3 + fixed.size() + count + (is_long ? 4 : 0);
        case ServerService::action: return 3 + fixed.size() + 2 * count;
        case ServerService::write: return 1 + fixed.size() + 2 * count;  // a refusal has a code
        case ServerService::access:
            axdr::write_length(writer, count);
            if (long_invoke.is_self_descriptive()) {
                write(writer, specifications);
            }
            // tag, invoke-id, no time, presence; a null-data and a result for each
            return 7 + fixed.size() + 3 * count;
        default: return 0;
    }
}

bool ServerRequest::leave_out_data() {
    const bool of_actions = service == ServerService::action && with_list;
    if (!of_actions && service != ServerService::access) {
        return false;
    }
    const ByteBuffer whole_results = std::exchange(results, {});
    const ByteBuffer whole_data = std::exchange(access_data, {});
    Reader result_reader(whole_results, Layer::xdlms);
    Reader data_reader(whole_data, Layer::xdlms);
    Writer writer(results);
    Writer data_writer(access_data);
    for (std::size_t i = 0; i < count; ++i) {
        if (of_actions) {
            auto outcome = xdlms::read_action_outcome(result_reader);
            if (outcome.return_parameters) {
                outcome = {cosem::ActionResult::data_block_unavailable, std::nullopt};
            }
            xdlms::write(writer, outcome);
            continue;
        }
        auto result = xdlms::read_access_result(result_reader);
        if (axdr::read_data(data_reader).tag() != axdr::Tag::null_data) {
            if (std::holds_alternative<xdlms::AccessActionResult>(result)) {
                result = xdlms::AccessActionResult{cosem::ActionResult::data_block_unavailable};
            } else {
                result = xdlms::AccessGetResult{cosem::DataAccessResult::data_block_unavailable};
            }
        }
        xdlms::write(writer, result);
        data_writer.bytes(axdr::DataView().encoded());
    }
    return true;
}

Status ServerRequest::take_assembled() {
    if (service == ServerService::read || service == ServerService::write) {
        Reader reader(assembled, Layer::xdlms);
        const auto names_list = xdlms::List<xdlms::VariableAccessSpecification>::read(reader);
        xdlms::List<axdr::DataView> values_list;
        if (service == ServerService::write) {
            values_list = xdlms::List<axdr::DataView>::read(reader);
        }
        reader.expect_end();
        if (!reader.ok()) {
            return reader.failure();
        }
        if (service == ServerService::write && values_list.size() != names_list.size()) {
            return fail(ErrorCode::list_count_mismatch, Layer::xdlms);
        }
        count = names_list.size();
        names = names_list.begin();
        values = values_list.begin();
        return {};
    }
    if (!with_list) {
        const auto data = axdr::parse_data(assembled);
        if (!data) {
            return std::unexpected(data.error());
        }
        value = *data;
        return {};
    }
    const auto list = xdlms::decode_list<axdr::DataView>(assembled);
    if (!list) {
        return std::unexpected(list.error());
    }
    if (list->size() != count) {
        return fail(ErrorCode::list_count_mismatch, Layer::xdlms);
    }
    values = list->begin();
    return {};
}

}  // namespace dlms::association
