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

void ServerRequest::record_get(const xdlms::GetDataResult& result) {
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

void ServerRequest::record_set(cosem::DataAccessResult result) {
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

void ServerRequest::record_action(const xdlms::ActionOutcome& outcome) {
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
