#include "client/native_meter_client.hpp"

namespace dlms::client {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

MeterParameters::MeterParameters(const MeterProfile& from)
    : client_sap(from.client_sap),
      server_sap(from.server_sap),
      mechanism(from.mechanism),
      password(as_bytes(from.default_password)),
      referencing(from.referencing),
      proposed_conformance(from.proposed_conformance),
      max_outstanding_requests(from.max_outstanding_requests),
      block_window(from.block_window),
      max_receive_pdu_size(from.max_receive_pdu_size),
      response_timeout(from.response_timeout),
      release_timeout(from.release_timeout),
      release_without_reason(from.release_without_reason),
      initiate_tolerance(from.initiate_tolerance),
      notification_tolerance(from.notification_tolerance) {}

void MeterParameters::use_short_names() {
    referencing = association::Referencing::short_name;
    proposed_conformance = short_name_conformance;
}

MeterParameters MeterParameters::clone() const {
    MeterParameters copy;
    copy.endpoint = endpoint;
    copy.client_sap = client_sap;
    copy.server_sap = server_sap;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.referencing = referencing;
    copy.proposed_conformance = proposed_conformance;
    copy.max_outstanding_requests = max_outstanding_requests;
    copy.block_window = block_window;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.response_timeout = response_timeout;
    copy.release_timeout = release_timeout;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    copy.notification_tolerance = notification_tolerance;
    return copy;
}

bool MeterParameters::same_connection(const MeterParameters& other) const {
    return endpoint == other.endpoint && client_sap == other.client_sap &&
           server_sap == other.server_sap && mechanism == other.mechanism &&
           password.matches(other.password.reveal()) && referencing == other.referencing &&
           proposed_conformance == other.proposed_conformance &&
           max_outstanding_requests == other.max_outstanding_requests &&
           block_window == other.block_window &&
           max_receive_pdu_size == other.max_receive_pdu_size &&
           response_timeout == other.response_timeout;
}

NativeMeterClient::NativeMeterClient(MeterParameters parameters, ClientEnvironment environment)
    : parameters_(std::move(parameters)), environment_(std::move(environment)) {}

NativeMeterClient::~NativeMeterClient() {
    drop_connection();
}

asio::awaitable<Outcome<AssociationInfo>> NativeMeterClient::connect(Instant deadline) {
    if (association_) {
        co_return *association_;
    }
    drop_connection();
    const Instant connect_deadline =
        std::min(deadline, now() + Duration(parameters_.response_timeout));
    auto socket = co_await transport::connect_tcp(parameters_.endpoint, connect_deadline,
                                                  environment_.address_filter);
    if (!socket) {
        co_return std::unexpected(from_error(socket.error()));
    }
    association::ClientConfiguration configuration;
    configuration.referencing = parameters_.referencing;
    configuration.mechanism = parameters_.mechanism;
    configuration.max_outstanding_requests = parameters_.max_outstanding_requests;
    configuration.block_window = parameters_.block_window;
    configuration.password = parameters_.password.clone();
    configuration.proposed_conformance = parameters_.proposed_conformance;
    configuration.max_receive_pdu_size = parameters_.max_receive_pdu_size;
    configuration.response_timeout = parameters_.response_timeout;
    configuration.release_without_reason = parameters_.release_without_reason;
    configuration.initiate_tolerance = parameters_.initiate_tolerance;
    configuration.notification_tolerance = parameters_.notification_tolerance;
    session_ = std::make_unique<WrapperSession>(
        parameters_.client_sap, parameters_.server_sap, std::move(configuration),
        [this](const association::ClientEvent& event) { take_event(event); },
        [this] { mailbox_.wake(); });
    driver_ = transport::Driver::create(std::move(*socket), *session_, environment_.trace);
    const Status opened = machine().open(now());
    if (!opened) {
        drop_connection();
        co_return std::unexpected(from_error(opened.error()));
    }
    driver_->start();
    const Ending ending = co_await await_ending(deadline);
    const auto* made = std::get_if<AssociationMade>(&ending.answer);
    if (!made) {
        drop_connection();
        co_return std::unexpected(std::get<Failure>(ending.answer));
    }
    if (!session_) {  // the line failed right behind the meter's answer
        co_return std::unexpected(from_error(Error{ErrorCode::connection_lost, Layer::client, 0}));
    }
    largest_list_ = std::numeric_limits<std::size_t>::max();
    association_ =
        AssociationInfo{made->associated.conformance, made->associated.server_max_receive_pdu_size,
                        parameters_.mechanism};
    co_return *association_;
}

asio::awaitable<void> NativeMeterClient::release(Instant deadline) {
    if (association_ && machine().release(now())) {
        co_await await_ending(std::min(deadline, now() + Duration(parameters_.release_timeout)));
    }
    drop_connection();
}

asio::awaitable<NativeMeterClient::Ending> NativeMeterClient::await_ending(Instant deadline) {
    session_->limit_work(deadline);
    driver_->flush();
    // The line may have failed while the command was sent: then the mailbox is full already.
    Ending ending = co_await mailbox_.take();
    session_->limit_work(std::nullopt);
    const auto* failure = std::get_if<Failure>(&ending.answer);
    // After a time-out nobody knows whether the line is dead or the meter slow; a new connection
    // finds out, and the meter keeps no half-served request.
    const bool unusable = !driver_->is_open() || (failure && failure->code == FailureCode::timeout);
    if (unusable) {
        drop_connection();
    }
    co_return ending;
}

namespace {

using association::RequestId;

Outcome<axdr::Data> own(const xdlms::GetDataResult& result) {
    if (const auto* data = std::get_if<axdr::DataView>(&result)) {
        return axdr::Data(*data);
    }
    return std::unexpected(from_access_result(std::get<cosem::DataAccessResult>(result)));
}

Outcome<axdr::Data> own(const xdlms::ReadResult& result) {
    if (const auto* data = std::get_if<axdr::DataView>(&result)) {
        return axdr::Data(*data);
    }
    const auto* refusal = std::get_if<cosem::DataAccessResult>(&result);
    // Blocks are the association's; one among the results of a list is out of place.
    return std::unexpected(
        refusal ? from_access_result(*refusal)
                : from_error(Error{ErrorCode::unexpected_apdu, Layer::association, 0}));
}

/// What an item of an ACCESS came to.
AccessOutcome own(const xdlms::AccessResult& result, const axdr::DataView& data) {
    if (const auto* action = std::get_if<xdlms::AccessActionResult>(&result)) {
        if (action->result != cosem::ActionResult::success) {
            return std::unexpected(from_action_result(action->result));
        }
        return axdr::Data(data);
    }
    const auto* get = std::get_if<xdlms::AccessGetResult>(&result);
    const cosem::DataAccessResult verdict =
        get ? get->result : std::get<xdlms::AccessSetResult>(result).result;
    if (verdict != cosem::DataAccessResult::success) {
        return std::unexpected(from_access_result(verdict));
    }
    return axdr::Data(data);
}

template <class List>
std::vector<Outcome<axdr::Data>> own_all(const List& results) {
    std::vector<Outcome<axdr::Data>> values;
    values.reserve(results.size());
    for (const auto& result : results) {
        values.push_back(own(result));
    }
    return values;
}

std::vector<Outcome<axdr::Data>> own_all(const xdlms::AccessResponse& response) {
    std::vector<Outcome<axdr::Data>> values;
    values.reserve(response.results.size());
    auto data = response.data.begin();
    for (const xdlms::AccessResult& result : response.results) {
        values.push_back(own(result, *data));
        ++data;
    }
    return values;
}

cosem::DataAccessResult verdict_of(const xdlms::WriteResult& result) {
    const auto* refusal = std::get_if<cosem::DataAccessResult>(&result);
    return refusal ? *refusal
           : std::holds_alternative<xdlms::WriteSucceeded>(result)
               ? cosem::DataAccessResult::success
               : cosem::DataAccessResult::other_reason;
}

}  // namespace

void NativeMeterClient::take_event(const association::ClientEvent& event) {
    using namespace association;
    if (const auto* associated = std::get_if<Associated>(&event)) {
        finish({}, AssociationMade{*associated});
    } else if (const auto* refused = std::get_if<AssociationRefused>(&event)) {
        finish({}, from_refusal(*refused));
    } else if (const auto* read = std::get_if<GetCompleted>(&event)) {
        Values value;
        value.push_back(own(read->result));
        finish(read->id, std::move(value));
    } else if (const auto* list = std::get_if<GetListCompleted>(&event)) {
        finish(list->id, own_all(list->results));
    } else if (const auto* names = std::get_if<ReadCompleted>(&event)) {
        finish(names->id, own_all(names->results));
    } else if (const auto* access = std::get_if<AccessCompleted>(&event)) {
        finish(access->id, own_all(access->response));
    } else if (const auto* set = std::get_if<SetCompleted>(&event)) {
        finish(set->id, Verdicts{set->result});
    } else if (const auto* sets = std::get_if<SetListCompleted>(&event)) {
        finish(sets->id, Verdicts(sets->results.begin(), sets->results.end()));
    } else if (const auto* written = std::get_if<WriteCompleted>(&event)) {
        Verdicts verdicts;
        for (const xdlms::WriteResult& result : written->results) {
            verdicts.push_back(verdict_of(result));
        }
        finish(written->id, std::move(verdicts));
    } else if (const auto* action = std::get_if<ActionCompleted>(&event)) {
        const auto& returned = action->outcome.return_parameters;
        const auto* data = returned ? std::get_if<axdr::DataView>(&*returned) : nullptr;
        finish(action->id, MethodDone{action->outcome.result,
                                      data ? std::optional(axdr::Data(*data)) : std::nullopt});
    } else if (const auto* failed = std::get_if<RequestFailed>(&event)) {
        finish(failed->id, from_request_failure(failed->reason));
    } else if (const auto* notification = std::get_if<NotificationReceived>(&event)) {
        if (environment_.notification) {
            environment_.notification(notification->notification);
        }
    } else if (std::holds_alternative<Released>(event)) {
        association_.reset();
        finish({}, ReleaseDone{});
    } else if (const auto* aborted = std::get_if<Aborted>(&event)) {
        take_end_of_association(*aborted);
    }
}

void NativeMeterClient::take_end_of_association(const association::Aborted& aborted) {
    const bool was_made = association_.has_value();
    association_.reset();
    // Requests under way have had an end of their own.
    if (!was_made) {
        finish({}, from_error(aborted.error));
    }
}

void NativeMeterClient::drop_connection() {
    association_.reset();
    short_names_.reset();
    if (driver_) {
        driver_->close();
        driver_.reset();
    }
    session_.reset();
    mailbox_.clear();
}

}  // namespace dlms::client
