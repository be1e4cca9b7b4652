// The requests of a NativeMeterClient: lists in as few APDUs as the meter takes, down to one for
// each item; short names in place of logical ones where the meter knows only these.

#include <algorithm>

#include "client/native_meter_client.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::client {

using association::RequestId;
using xdlms::ConformanceBit;

namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

std::optional<cosem::SelectiveAccess> selection_of(const std::optional<std::uint8_t>& selector,
                                                   const axdr::Data& parameters) {
    if (!selector) {
        return std::nullopt;
    }
    return cosem::SelectiveAccess{*selector, parameters.view()};
}

cosem::AttributeDescriptorWithSelection item_of(const ReadRequest& request) {
    return {request.attribute, selection_of(request.selector, request.selection_parameters)};
}

/// Whether the request was more than one APDU may hold, so that nothing was sent.
bool is_too_long(const Failure& failure) {
    return failure.error && failure.error->code == ErrorCode::request_too_long;
}

/// Whether the meter says that it did not take the APDU. Not so when something was too long: that
/// may be the answer, after the work.
bool is_not_taken(const Failure& failure) {
    const bool answer_too_long =
        failure.exception && failure.exception->service_error == xdlms::ServiceError::pdu_too_long;
    return failure.code == FailureCode::service_refused && !answer_too_long;
}

Failure lost() {
    return from_error(Error{ErrorCode::connection_lost, Layer::client, 0});
}

Failure not_there() {
    return from_access_result(cosem::DataAccessResult::object_undefined);
}

Outcome<void> outcome_of(cosem::DataAccessResult verdict) {
    if (verdict == cosem::DataAccessResult::success) {
        return {};
    }
    return std::unexpected(from_access_result(verdict));
}

/// How a request ended that was sent and changes something: what the meter did not refuse it may
/// have done.
Failure of_change(Failure failure) {
    if (failure.code != FailureCode::access_refused &&
        failure.code != FailureCode::service_refused) {
        failure.code = FailureCode::outcome_unknown;
    }
    return failure;
}

xdlms::VariableAccessSpecification name_of(std::uint16_t short_name,
                                           const std::optional<cosem::SelectiveAccess>& selection) {
    if (selection) {
        return xdlms::ParameterizedAccess{short_name, selection->selector, selection->parameters};
    }
    return xdlms::VariableName{short_name};
}

}  // namespace

std::size_t NativeMeterClient::list_limit() const {
    const bool lists =
        association_ && association_->conformance.has(ConformanceBit::multiple_references);
    return lists && !lists_go_unanswered_ ? largest_list_ : 1;
}

asio::awaitable<Outcome<NativeMeterClient::Values>> NativeMeterClient::await_values(
    Result<RequestId> made, Instant deadline) {
    if (!made) {
        co_return std::unexpected(from_error(made.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (auto* values = std::get_if<Values>(&ending.answer)) {
        co_return std::move(*values);
    }
    co_return std::unexpected(std::move(std::get<Failure>(ending.answer)));
}

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

asio::awaitable<Outcome<axdr::Data>> NativeMeterClient::read(ReadRequest request,
                                                             Instant deadline) {
    std::vector<ReadRequest> one;
    one.push_back(std::move(request));
    Outcome<Values> values = co_await read_list(std::move(one), deadline);
    if (!values) {
        co_return std::unexpected(std::move(values.error()));
    }
    co_return std::move(values->front());
}

asio::awaitable<Outcome<std::vector<Outcome<axdr::Data>>>> NativeMeterClient::read_list(
    std::vector<ReadRequest> requests, Instant deadline) {
    // A connection that was alive and is lost now is made once more: meters and the modems before
    // them close idle connections without a word.
    const bool was_connected = association_.has_value();
    const bool asked_lists = !lists_go_unanswered_;
    Values values;
    values.reserve(requests.size());
    Outcome<void> done = co_await read_rest(requests, values, deadline);
    const bool lost_it =
        !done && was_connected && done.error().code == FailureCode::connection_lost;
    // One item may be why a whole list is not answered: then it fails alone.
    if ((lost_it || (asked_lists && lists_go_unanswered_)) && now() < deadline) {
        done = co_await read_rest(requests, values, deadline);
    }
    if (!done && values.empty()) {
        co_return std::unexpected(std::move(done.error()));
    }
    while (values.size() < requests.size()) {
        values.push_back(std::unexpected(done.error()));
    }
    co_return values;
}

asio::awaitable<Outcome<void>> NativeMeterClient::read_rest(std::span<const ReadRequest> requests,
                                                            Values& values, Instant deadline) {
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    std::size_t most = list_limit();
    while (values.size() < requests.size()) {
        if (!association_) {
            co_return std::unexpected(lost());
        }
        const auto left = requests.subspan(values.size());
        most = std::min(most, list_limit());
        const std::size_t size = std::min(left.size(), most);
        if (size == 1 && !uses_short_names()) {
            // Where the meter takes no lists, all that is left goes one by one.
            const auto singly = list_limit() == 1 ? left : left.first(1);
            Outcome<void> done = co_await read_singly(singly, values, deadline);
            if (!done) {
                co_return done;
            }
            continue;
        }
        Outcome<Values> part = co_await read_part(left.first(size), deadline);
        if (part) {
            std::ranges::move(*part, std::back_inserter(values));
            continue;
        }
        const Failure& failure = part.error();
        lists_go_unanswered_ = size > 1 && failure.code == FailureCode::timeout;
        if (!association_ || !concerns_the_item(failure)) {
            co_return std::unexpected(std::move(part.error()));
        }
        if (size == 1) {
            values.push_back(std::unexpected(std::move(part.error())));
            continue;
        }
        // Too much for the meter, or one item that spoils the answer: parts of the list may do.
        most = size / 2;
        if (is_too_long(failure) || failure.code == FailureCode::service_refused) {
            largest_list_ = most;
        }
    }
    co_return Outcome<void>();
}

asio::awaitable<Outcome<NativeMeterClient::Values>> NativeMeterClient::read_part(
    std::span<const ReadRequest> requests, Instant deadline) {
    if (uses_short_names()) {
        Outcome<Values> by_names = co_await read_by_names(requests, deadline);
        co_return by_names;
    }
    std::vector<cosem::AttributeDescriptorWithSelection> items;
    std::ranges::transform(requests, std::back_inserter(items), item_of);
    const Result<RequestId> made = machine().get_list(items, now());
    Outcome<Values> values = co_await await_values(made, deadline);
    co_return values;
}

asio::awaitable<Outcome<void>> NativeMeterClient::read_singly(std::span<const ReadRequest> requests,
                                                              Values& values, Instant deadline) {
    std::vector<std::optional<Outcome<axdr::Data>>> outcomes(requests.size());
    // In their order, up to the first that is missing.
    const auto take_over = [&] {
        for (std::optional<Outcome<axdr::Data>>& outcome : outcomes) {
            if (!outcome) {
                return;
            }
            values.push_back(std::move(*outcome));
        }
    };
    std::vector<std::pair<RequestId, std::size_t>> under_way;
    std::size_t begun = 0;
    while (begun < requests.size() || !under_way.empty()) {
        while (begun < requests.size() && machine().is_ready()) {
            const auto item = item_of(requests[begun]);
            const Result<RequestId> made =
                machine().get(item.attribute, item.access_selection, now());
            if (made) {
                under_way.emplace_back(*made, begun);
            } else {
                outcomes[begun].emplace(std::unexpected(from_error(made.error())));
            }
            ++begun;
        }
        if (under_way.empty()) {
            continue;
        }
        Ending ending = co_await await_ending(deadline);
        auto* failure = std::get_if<Failure>(&ending.answer);
        if (failure && (!association_ || !concerns_the_item(*failure))) {
            lists_go_unanswered_ &= failure->code != FailureCode::timeout;  // this item does
            take_over();
            co_return std::unexpected(std::move(*failure));
        }
        const auto found =
            std::ranges::find(under_way, ending.id, &std::pair<RequestId, std::size_t>::first);
        if (found == under_way.end()) {
            co_return std::unexpected(from_error(Error{ErrorCode::defect, Layer::client, 0}));
        }
        if (failure) {
            outcomes[found->second].emplace(std::unexpected(std::move(*failure)));
        } else {
            outcomes[found->second].emplace(std::move(std::get<Values>(ending.answer).front()));
        }
        under_way.erase(found);
        if (!association_ && (begun < requests.size() || !under_way.empty())) {
            take_over();
            co_return std::unexpected(lost());
        }
    }
    take_over();
    co_return Outcome<void>();
}

asio::awaitable<Outcome<NativeMeterClient::Values>> NativeMeterClient::read_by_names(
    std::span<const ReadRequest> requests, Instant deadline) {
    const Outcome<const ShortNames*> names = co_await short_names(deadline);
    if (!names) {
        co_return std::unexpected(names.error());
    }
    std::vector<xdlms::VariableAccessSpecification> asked;
    std::vector<bool> known;
    for (const ReadRequest& request : requests) {
        const auto name = (*names)->attribute(request.attribute);
        known.push_back(name.has_value());
        if (name) {
            asked.push_back(
                name_of(*name, selection_of(request.selector, request.selection_parameters)));
        }
    }
    Values answered;
    if (!asked.empty()) {
        const Result<RequestId> made = machine().read(asked, now());
        Outcome<Values> values = co_await await_values(made, deadline);
        if (!values) {
            co_return values;
        }
        answered = std::move(*values);
    }
    // What the object list does not have needs no question.
    Values values;
    auto next = answered.begin();
    for (const bool is_known : known) {
        values.push_back(is_known ? std::move(*next++)
                                  : Outcome<axdr::Data>(std::unexpected(not_there())));
    }
    co_return values;
}

asio::awaitable<Outcome<const ShortNames*>> NativeMeterClient::short_names(Instant deadline) {
    if (short_names_) {
        co_return &*short_names_;
    }
    constexpr std::uint16_t object_list =
        cosem::base_names::current_association + *cosem::attribute_offset(2);
    const xdlms::VariableAccessSpecification name = xdlms::VariableName{object_list};
    const Result<RequestId> made = machine().read(std::span(&name, 1), now());
    const Outcome<Values> values = co_await await_values(made, deadline);
    if (!values) {
        co_return std::unexpected(values.error());
    }
    if (!values->front()) {
        co_return std::unexpected(values->front().error());
    }
    Result<ShortNames> decoded = ShortNames::from_object_list(values->front()->view());
    if (!decoded) {
        co_return std::unexpected(from_error(decoded.error()));
    }
    if (!association_) {
        co_return std::unexpected(lost());
    }
    short_names_ = std::move(*decoded);
    co_return &*short_names_;
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
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    std::vector<Outcome<void>> outcomes;
    while (outcomes.size() < requests.size()) {
        if (!association_) {
            outcomes.push_back(std::unexpected(lost()));  // nothing of it was sent
            continue;
        }
        const auto left = std::span<const WriteRequest>(requests).subspan(outcomes.size());
        const std::size_t size = std::min(left.size(), list_limit());
        Outcome<Verdicts> part = co_await write_part(left.first(size), deadline);
        if (part) {
            std::ranges::transform(*part, std::back_inserter(outcomes), outcome_of);
        } else if (association_ && size > 1 &&
                   (is_too_long(part.error()) || is_not_taken(part.error()))) {
            largest_list_ = size / 2;
        } else {
            // One verdict for several leaves each of them open.
            const FailureCode code = part.error().code;
            if (size > 1 &&
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
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    if (uses_short_names()) {
        Outcome<std::optional<axdr::Data>> by_name =
            co_await invoke_by_name(method, parameters, deadline);
        co_return by_name;
    }
    const std::optional<axdr::DataView> view =
        parameters ? std::optional(parameters->view()) : std::nullopt;
    const Result<RequestId> made = machine().action(method, view, now());
    if (!made) {
        co_return std::unexpected(from_error(made.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (auto* failure = std::get_if<Failure>(&ending.answer)) {
        co_return std::unexpected(of_change(std::move(*failure)));
    }
    auto& done = std::get<MethodDone>(ending.answer);
    if (done.result != cosem::ActionResult::success) {
        co_return std::unexpected(from_action_result(done.result));
    }
    co_return std::move(done.returned);
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
        co_return std::unexpected(from_action_result(cosem::ActionResult::object_undefined));
    }
    // A method is a Read of its name, with its parameters where it has some; what comes back is
    // what it returns. Where parameters cannot go with a Read they are written to the name.
    const bool writes =
        parameters && !association_->conformance.has(ConformanceBit::parameterized_access);
    if (writes) {
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
    const Result<RequestId> made = machine().access(specifications, data, options, now());
    Outcome<Values> outcomes = co_await await_results(made, deadline);
    co_return outcomes;
}

}  // namespace dlms::client
