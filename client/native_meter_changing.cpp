// How a NativeMeterClient changes something: lists in as few APDUs as the meter takes, methods, and
// ACCESS. What may have been carried out is never repeated.

#include <algorithm>

#include "client/native_meter_client.hpp"
#include "client/request_items.hpp"

namespace dlms::client {

using association::ClientService;
using association::RequestId;
using xdlms::ConformanceBit;

namespace {

/// Whether the meter says that it did not take the APDU. Not so when something was too long: that
/// may be the answer, after the work.
bool is_not_taken(const Failure& failure) {
    const bool answer_too_long =
        failure.exception && failure.exception->service_error == xdlms::ServiceError::pdu_too_long;
    return failure.code == FailureCode::service_refused && !answer_too_long;
}

/// Whether an exception-response is the whole answer: behind an abort, the answer may have begun.
bool is_not_taken_at_all(const Failure& failure) {
    return is_not_taken(failure) && failure.exception && !failure.unproven;
}

constexpr std::uint16_t association_sn_class = 12;
constexpr std::uint16_t association_ln_class = 15;

/// Whether the value is a secret of LLS or HLS.
bool is_secret(const cosem::AttributeDescriptor& attribute) {
    constexpr int secret = 7;
    return attribute.class_id == association_ln_class && attribute.attribute_id == secret;
}
bool is_secret(const cosem::MethodDescriptor& method) {
    constexpr int change_hls_secret = 2;
    constexpr int change_secret = 5;
    return (method.class_id == association_ln_class && method.method_id == change_hls_secret) ||
           (method.class_id == association_sn_class && method.method_id == change_secret);
}
bool is_secret(const AccessItem& item) {
    const cosem::AttributeDescriptor& target = item.target;
    switch (item.kind) {
        case AccessItem::Kind::set: return is_secret(target);
        case AccessItem::Kind::action:
            return is_secret(
                cosem::MethodDescriptor{target.class_id, target.instance, target.attribute_id});
        case AccessItem::Kind::get: break;
    }
    return false;
}

/// A new secret goes out sealed, or not at all.
Outcome<void> may_send(bool secret, const MeterSecurity& security) {
    const security::Protection& protection = security.requests.protection;
    if (!secret ||
        (security.ciphered && protection.is_at_least(security::authenticated_encryption))) {
        return {};
    }
    Failure failure;
    failure.code = FailureCode::invalid_request;
    failure.detail = "secrets are sent with authenticated encryption only";
    return std::unexpected(failure);
}

Outcome<void> outcome_of(cosem::DataAccessResult verdict) {
    if (verdict == cosem::DataAccessResult::success) {
        return {};
    }
    return std::unexpected(from_access_result(verdict));
}

/// The object is there, and the meter was not asked.
Failure nameless_method() {
    Failure failure;
    failure.code = FailureCode::unsupported;
    failure.detail = "the class table has no short name for this method";
    return failure;
}

/// How a request ended that was sent and changes something: what the meter did not refuse it may
/// have done. A refusal that anybody may have sent is none.
Failure of_change(Failure failure) {
    if (!is_refusal(failure)) {
        failure.code = FailureCode::outcome_unknown;
    }
    return failure;
}

}  // namespace

asio::awaitable<Outcome<NativeMeterClient::Values>> NativeMeterClient::await_results(
    Result<RequestId> made, Instant deadline) {
    if (!made) {
        co_return std::unexpected(from_error(made.error()));
    }
    Outcome<Values> values = co_await await_values(made, deadline);
    if (!values) {
        co_return std::unexpected(of_change(std::move(values.error())));
    }
    co_return values;
}

asio::awaitable<Outcome<NativeMeterClient::Verdicts>> NativeMeterClient::await_verdicts(
    Result<RequestId> made, Instant deadline) {
    if (!made) {
        co_return std::unexpected(from_error(made.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (auto* verdicts = std::get_if<Verdicts>(&ending.answer)) {
        co_return std::move(*verdicts);
    }
    co_return std::unexpected(of_change(std::move(std::get<Failure>(ending.answer))));
}

asio::awaitable<Outcome<void>> NativeMeterClient::write(cosem::AttributeDescriptor attribute,
                                                        axdr::Data value, Instant deadline) {
    std::vector<WriteRequest> one;
    one.push_back({attribute, std::move(value)});
    Outcome<std::vector<Outcome<void>>> outcomes = co_await write_list(std::move(one), deadline);
    if (!outcomes) {
        co_return std::unexpected(std::move(outcomes.error()));
    }
    co_return std::move(outcomes->front());
}

asio::awaitable<Outcome<std::vector<Outcome<void>>>> NativeMeterClient::write_list(
    std::vector<WriteRequest> requests, Instant deadline) {
    const bool secret = std::ranges::any_of(
        requests, [](const WriteRequest& request) { return is_secret(request.attribute); });
    const Outcome<void> may = may_send(secret, parameters_.security);
    if (!may) {
        co_return std::unexpected(may.error());
    }
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    std::vector<Outcome<void>> outcomes;
    std::size_t most = list_limit();
    while (outcomes.size() < requests.size()) {
        if (!association_) {
            outcomes.push_back(std::unexpected(lost()));  // nothing of it was sent
            continue;
        }
        const auto left = std::span<const WriteRequest>(requests).subspan(outcomes.size());
        most = std::min(most, list_limit());
        const std::size_t size = std::min(left.size(), most);
        Outcome<Verdicts> part = co_await write_part(left.first(size), deadline);
        if (part) {
            std::ranges::transform(*part, std::back_inserter(outcomes), outcome_of);
            continue;
        }
        if (association_ && is_not_taken_at_all(part.error()) && machine().use_service_blocks()) {
            continue;
        }
        const auto service = uses_short_names() ? ClientService::write
                             : size == 1        ? ClientService::set
                                                : ClientService::set_list;
        const bool renewed = co_await renew_association(service, part.error(), deadline);
        if (renewed) {
            continue;
        }
        if (association_ && size > 1 && (is_too_long(part.error()) || is_not_taken(part.error()))) {
            // Values that are too long together say nothing of lists that are read.
            most = size / 2;
            if (is_not_taken(part.error())) {
                environment_.learnt->largest_list = most;
            }
        } else {
            // One verdict for several leaves each of them open, unless nothing was taken.
            const FailureCode code = part.error().code;
            if (size > 1 && !is_not_taken(part.error()) &&
                (code == FailureCode::access_refused || code == FailureCode::service_refused)) {
                part.error() = Failure();
                part.error().code = FailureCode::outcome_unknown;
            }
            outcomes.insert(outcomes.end(), size, std::unexpected(part.error()));
        }
    }
    co_return outcomes;
}

asio::awaitable<Outcome<NativeMeterClient::Verdicts>> NativeMeterClient::write_part(
    std::span<const WriteRequest> requests, Instant deadline) {
    if (uses_short_names()) {
        Outcome<Verdicts> by_names = co_await write_by_names(requests, deadline);
        co_return by_names;
    }
    Result<RequestId> made = std::unexpected(Error{});
    if (requests.size() == 1) {
        const WriteRequest& one = requests.front();
        made = machine().set(one.attribute, std::nullopt, one.value.view(), now());
    } else {
        std::vector<cosem::AttributeDescriptorWithSelection> attributes;
        std::vector<axdr::DataView> values;
        for (const WriteRequest& request : requests) {
            attributes.push_back({request.attribute, std::nullopt});
            values.push_back(request.value.view());
        }
        made = machine().set_list(attributes, values, now());
    }
    Outcome<Verdicts> verdicts = co_await await_verdicts(made, deadline);
    co_return verdicts;
}

asio::awaitable<Outcome<NativeMeterClient::Verdicts>> NativeMeterClient::write_by_names(
    std::span<const WriteRequest> requests, Instant deadline) {
    const Outcome<const ShortNames*> names = co_await short_names(deadline);
    if (!names) {
        co_return std::unexpected(names.error());
    }
    std::vector<xdlms::VariableAccessSpecification> written;
    std::vector<axdr::DataView> values;
    Verdicts verdicts(requests.size(), cosem::DataAccessResult::object_undefined);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if (const auto name = (*names)->attribute(requests[i].attribute)) {
            written.push_back(xdlms::VariableName{*name});
            values.push_back(requests[i].value.view());
            places.push_back(i);
        }
    }
    if (!written.empty()) {
        const Result<RequestId> made = machine().write(written, values, now());
        const Outcome<Verdicts> answered = co_await await_verdicts(made, deadline);
        if (!answered) {
            co_return answered;
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            verdicts[places[i]] = (*answered)[i];
        }
    }
    co_return verdicts;
}

asio::awaitable<Outcome<std::optional<axdr::Data>>> NativeMeterClient::invoke(
    cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) {
    const Outcome<void> may = may_send(is_secret(method), parameters_.security);
    if (!may) {
        co_return std::unexpected(may.error());
    }
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    if (uses_short_names()) {
        Outcome<std::optional<axdr::Data>> by_name =
            co_await invoke_by_name(method, parameters, deadline);
        if (!by_name) {
            const auto service = writes(parameters) ? ClientService::write : ClientService::read;
            // Of the counter it is renewed for readings only.
            bool renewed = by_name.error().code != FailureCode::counter_rejected;
            if (renewed) {
                renewed = co_await renew_association(service, by_name.error(), deadline);
            }
            if (renewed) {
                by_name = co_await invoke_by_name(method, parameters, deadline);
            }
        }
        co_return by_name;
    }
    const std::optional<axdr::DataView> view =
        parameters ? std::optional(parameters->view()) : std::nullopt;
    Result<RequestId> made = machine().action(method, view, now());
    if (!made) {
        co_return std::unexpected(from_error(made.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (const auto* failure = std::get_if<Failure>(&ending.answer)) {
        const Failure why = of_change(*failure);
        bool again = association_ && is_not_taken_at_all(why) && machine().use_service_blocks();
        if (!again) {
            again = co_await renew_association(ClientService::action, why, deadline);
        }
        made = again ? machine().action(method, view, now()) : made;
        if (again && made) {
            ending = co_await await_ending(deadline);
        }
    }
    if (auto* failure = std::get_if<Failure>(&ending.answer)) {
        co_return std::unexpected(of_change(std::move(*failure)));
    }
    auto& done = std::get<MethodDone>(ending.answer);
    if (done.result != cosem::ActionResult::success) {
        co_return std::unexpected(from_action_result(done.result));
    }
    co_return std::move(done.returned);
}

bool NativeMeterClient::writes(const std::optional<axdr::Data>& parameters) const {
    return parameters && association_ &&
           !association_->conformance.has(ConformanceBit::parameterized_access);
}

asio::awaitable<Outcome<std::optional<axdr::Data>>> NativeMeterClient::invoke_by_name(
    const cosem::MethodDescriptor& method, const std::optional<axdr::Data>& parameters,
    Instant deadline) {
    const Outcome<const ShortNames*> names = co_await short_names(deadline);
    if (!names) {
        co_return std::unexpected(names.error());
    }
    const auto name = (*names)->method(method);
    if (!name) {
        const cosem::AttributeDescriptor first{method.class_id, method.instance, 1};
        co_return std::unexpected((*names)->attribute(first)
                                      ? nameless_method()
                                      : from_action_result(cosem::ActionResult::object_undefined));
    }
    // A method is a Read of its name, with its parameters where it has some; what comes back is
    // what it returns.
    if (writes(parameters)) {
        const xdlms::VariableAccessSpecification target = xdlms::VariableName{*name};
        const axdr::DataView value = parameters->view();
        const Result<RequestId> written =
            machine().write(std::span(&target, 1), std::span(&value, 1), now());
        const Outcome<Verdicts> verdicts = co_await await_verdicts(written, deadline);
        if (!verdicts) {
            co_return std::unexpected(verdicts.error());
        }
        const Outcome<void> outcome = outcome_of(verdicts->front());
        if (!outcome) {
            co_return std::unexpected(outcome.error());
        }
        co_return std::nullopt;
    }
    constexpr std::uint8_t method_selector = 1;
    const auto selection =
        parameters ? std::optional(cosem::SelectiveAccess{method_selector, parameters->view()})
                   : std::nullopt;
    const xdlms::VariableAccessSpecification target = name_of(*name, selection);
    const Result<RequestId> made = machine().read(std::span(&target, 1), now());
    Outcome<Values> values = co_await await_results(made, deadline);
    if (!values) {
        co_return std::unexpected(std::move(values.error()));
    }
    Outcome<axdr::Data>& returned = values->front();
    if (!returned) {
        co_return std::unexpected(std::move(returned.error()));
    }
    if (returned->view().is_null()) {
        co_return std::nullopt;
    }
    co_return std::move(*returned);
}

asio::awaitable<Outcome<std::vector<AccessOutcome>>> NativeMeterClient::access(
    std::vector<AccessItem> items, bool break_on_error, Instant deadline) {
    const bool secret =
        std::ranges::any_of(items, [](const AccessItem& item) { return is_secret(item); });
    const Outcome<void> may = may_send(secret, parameters_.security);
    if (!may) {
        co_return std::unexpected(may.error());
    }
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    std::vector<xdlms::AccessSpecification> specifications;
    std::vector<axdr::DataView> data;
    for (const AccessItem& item : items) {
        const auto selection = selection_of(item.selector, item.selection_parameters);
        const bool gets = item.kind == AccessItem::Kind::get;
        if (item.kind == AccessItem::Kind::action) {
            specifications.push_back(xdlms::AccessAction{
                {item.target.class_id, item.target.instance, item.target.attribute_id}});
        } else if (selection && gets) {
            specifications.push_back(xdlms::AccessGetWithSelection{item.target, *selection});
        } else if (selection) {
            specifications.push_back(xdlms::AccessSetWithSelection{item.target, *selection});
        } else if (gets) {
            specifications.push_back(xdlms::AccessGet{item.target});
        } else {
            specifications.push_back(xdlms::AccessSet{item.target});
        }
        data.push_back(gets ? axdr::DataView() : item.value.view());
    }
    association::AccessOptions options;
    options.break_on_error = break_on_error;
    Result<RequestId> made = machine().access(specifications, data, options, now());
    Outcome<Values> outcomes = co_await await_results(made, deadline);
    if (!outcomes) {
        const bool renewed =
            co_await renew_association(ClientService::access, outcomes.error(), deadline);
        if (renewed) {
            made = machine().access(specifications, data, options, now());
            outcomes = co_await await_results(made, deadline);
        }
    }
    co_return outcomes;
}

asio::awaitable<Outcome<void>> NativeMeterClient::broadcast_write(
    cosem::AttributeDescriptor attribute, axdr::Data value, Instant deadline) {
    const Outcome<void> may = may_send(is_secret(attribute), parameters_.security);
    if (!may) {
        co_return std::unexpected(may.error());
    }
    const Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    co_return send_to_all(machine().set(attribute, std::nullopt, value.view(), now(),
                                        association::ServiceClass::unconfirmed));
}

asio::awaitable<Outcome<void>> NativeMeterClient::broadcast_invoke(
    cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) {
    const Outcome<void> may = may_send(is_secret(method), parameters_.security);
    if (!may) {
        co_return std::unexpected(may.error());
    }
    const Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    const std::optional<axdr::DataView> view =
        parameters ? std::optional(parameters->view()) : std::nullopt;
    co_return send_to_all(
        machine().action(method, view, now(), association::ServiceClass::unconfirmed));
}

Outcome<void> NativeMeterClient::send_to_all(const Result<RequestId>& made) {
    if (!made) {
        return std::unexpected(from_error(made.error()));
    }
    session_->broadcast_next();
    driver_->flush();
    if (!driver_->is_open() || link_phase_ == LinkPhase::lost) {
        drop_connection();
        return std::unexpected(lost());
    }
    return {};
}

}  // namespace dlms::client
