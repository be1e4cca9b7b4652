// How a NativeMeterClient reads: lists in as few APDUs as the meter takes, down to one for each
// item; short names in place of logical ones where the meter knows only these.

#include <algorithm>
#include <deque>
#include <numeric>

#include "client/native_meter_client.hpp"
#include "client/request_items.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::client {

using association::ClientService;
using association::RequestId;
using xdlms::ConformanceBit;

namespace {

/// A register may be silent and its scaler_unit too. After more it is the meter that is.
constexpr std::size_t most_silent = 2;

cosem::AttributeDescriptorWithSelection item_of(const ReadRequest& request) {
    return {request.attribute, selection_of(request.selector, request.selection_parameters)};
}

Failure not_there() {
    return from_access_result(cosem::DataAccessResult::object_undefined);
}

/// Whether the meter would say the same of its object list once more.
bool stays_refused(const Failure& failure) {
    return concerns_the_item(failure) &&
           failure.access_result != cosem::DataAccessResult::temporary_failure;
}

}  // namespace

std::size_t NativeMeterClient::list_limit() const {
    const bool lists =
        association_ && association_->conformance.has(ConformanceBit::multiple_references);
    return lists && !lists_go_unanswered_ ? environment_.learnt->largest_list : 1;
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

asio::awaitable<Outcome<axdr::Data>> NativeMeterClient::read(ReadRequest request,
                                                             Instant deadline) {
    // The ordinary case in one coroutine; what is out of the ordinary goes the way of the lists.
    if (association_ && !uses_short_names()) {
        const auto item = item_of(request);
        const Result<RequestId> made = machine().get(item.attribute, item.access_selection, now());
        if (!made) {
            co_return std::unexpected(from_error(made.error()));
        }
        send_commands(deadline);
        if (mailbox_.is_empty()) {
            co_await mailbox_.wait();
        }
        Ending ending = take_ending();
        if (auto* value = std::get_if<Value>(&ending.answer)) {
            co_return std::move(*value);
        }
        Failure& failure = std::get<Failure>(ending.answer);
        lists_go_unanswered_ &= failure.code != FailureCode::timeout;  // this item does
        bool once_more = failure.code == FailureCode::connection_lost && now() < deadline;
        if (!once_more) {
            once_more = co_await renew_association(ClientService::get, failure, deadline);
        }
        if (!once_more) {
            co_return std::unexpected(std::move(failure));
        }
    }
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
    bool may_be_lost = association_.has_value();
    const std::size_t largest_before = environment_.learnt->largest_list;
    Values values;
    values.reserve(requests.size());
    std::size_t silent = 0;  // the last ones of `values`
    std::size_t whole = 0;   // of `values`, when an item was silent last
    std::optional<Failure> failure;
    do {
        const Outcome<AssociationInfo> connected = co_await connect(deadline);
        if (!connected) {
            failure = connected.error();
            break;
        }
        const bool asked_lists = !lists_go_unanswered_;
        const Outcome<void> done = co_await read_rest(requests, values, deadline);
        failure = done ? std::nullopt : std::optional(done.error());
        if (done) {
            break;
        }
        const bool lost_it =
            failure->code == FailureCode::connection_lost && std::exchange(may_be_lost, false);
        // One item may be why a whole list is not answered: then it fails alone.
        const bool list_was_silent = asked_lists && lists_go_unanswered_;
        if (failure->code == FailureCode::timeout && !list_was_silent) {
            silent = values.size() > whole ? 1 : silent + 1;
            values.push_back(std::unexpected(*failure));
            whole = values.size();
            failure = lost();  // what is behind it was not asked
        } else if (!lost_it && !list_was_silent) {
            break;
        }
    } while (values.size() < requests.size() && silent <= most_silent && now() < deadline);
    if (failure && values.empty()) {
        co_return std::unexpected(std::move(*failure));
    }
    if (!failure) {
        note_lists(largest_before, values);
    }
    while (values.size() < requests.size()) {
        values.push_back(std::unexpected(*failure));
    }
    co_return values;
}

void NativeMeterClient::note_lists(std::size_t before, const Values& values) {
    std::size_t& largest = environment_.learnt->largest_list;
    if (lists_go_unanswered_ && values.size() > 1) {
        largest = 1;
    }
    const bool one_spoils = std::ranges::any_of(values, [](const Value& value) {
        return !value && value.error().code == FailureCode::service_refused;
    });
    if (one_spoils && keeps_limits_ && largest < before) {
        largest = before;
    }
}

asio::awaitable<Outcome<void>> NativeMeterClient::read_rest(std::span<const ReadRequest> requests,
                                                            Values& values, Instant deadline) {
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
        const auto service = uses_short_names() ? ClientService::read : ClientService::get_list;
        const bool renewed = co_await renew_association(service, failure, deadline);
        if (renewed) {
            continue;
        }
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
            environment_.learnt->largest_list = most;
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
    std::deque<std::size_t> left(requests.size());
    std::iota(left.begin(), left.end(), 0);
    std::vector<std::size_t> refused;  // since the last answer, as if there were no association
    while (!left.empty() || !under_way.empty()) {
        while (!left.empty() && refused.empty() && machine().is_ready()) {
            const std::size_t place = left.front();
            left.pop_front();
            const auto item = item_of(requests[place]);
            const Result<RequestId> made =
                machine().get(item.attribute, item.access_selection, now());
            if (made) {
                under_way.emplace_back(*made, place);
            } else {
                outcomes[place].emplace(std::unexpected(from_error(made.error())));
            }
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
        const std::size_t place = found->second;
        under_way.erase(found);
        if (!failure) {
            outcomes[place].emplace(std::move(std::get<Value>(ending.answer)));
            refused.clear();
        } else {
            if (calls_for_renewal(ClientService::get, *failure)) {
                refused.push_back(place);
            }
            outcomes[place].emplace(std::unexpected(std::move(*failure)));
        }
        if (under_way.empty() && !refused.empty()) {
            const Failure why = outcomes[refused.front()]->error();
            const bool renewed = co_await renew_association(ClientService::get, why, deadline);
            if (renewed) {
                std::ranges::for_each(refused, [&](std::size_t again) { outcomes[again].reset(); });
                left.insert(left.begin(), refused.begin(), refused.end());
            }
            refused.clear();
        }
        if (!association_ && (!left.empty() || !under_way.empty())) {
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
    if (names_refused_) {
        co_return std::unexpected(*names_refused_);
    }
    Outcome<ShortNames> names = co_await read_short_names(deadline);
    if (!names) {
        if (association_ && stays_refused(names.error())) {
            names_refused_ = names.error();
        }
        co_return std::unexpected(std::move(names.error()));
    }
    if (!association_) {
        co_return std::unexpected(lost());
    }
    short_names_ = std::move(*names);
    co_return &*short_names_;
}

asio::awaitable<Outcome<ShortNames>> NativeMeterClient::read_short_names(Instant deadline) {
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
    co_return std::move(*decoded);
}

}  // namespace dlms::client
