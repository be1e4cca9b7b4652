#include "client/native_meter_client.hpp"

namespace dlms::client {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

bool is_lost_connection(const Failure& failure) {
    return failure.code == FailureCode::connection_lost;
}

std::optional<cosem::SelectiveAccess> selection_of(const ReadRequest& request) {
    if (!request.selector) {
        return std::nullopt;
    }
    return cosem::SelectiveAccess{*request.selector, request.selection_parameters.view()};
}

/// Whether the meter itself said that a SET was not done; all else leaves that open once the octets
/// are on their way.
bool is_refused_by_meter(const Failure& failure) {
    return failure.code == FailureCode::access_refused ||
           failure.code == FailureCode::service_refused;
}

}  // namespace

MeterParameters::MeterParameters(const MeterProfile& from)
    : client_sap(from.client_sap),
      server_sap(from.server_sap),
      mechanism(from.mechanism),
      password(as_bytes(from.default_password)),
      proposed_conformance(from.proposed_conformance),
      max_receive_pdu_size(from.max_receive_pdu_size),
      response_timeout(from.response_timeout),
      release_timeout(from.release_timeout),
      release_without_reason(from.release_without_reason),
      initiate_tolerance(from.initiate_tolerance) {}

MeterParameters MeterParameters::clone() const {
    MeterParameters copy;
    copy.endpoint = endpoint;
    copy.client_sap = client_sap;
    copy.server_sap = server_sap;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.proposed_conformance = proposed_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.response_timeout = response_timeout;
    copy.release_timeout = release_timeout;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    return copy;
}

bool MeterParameters::same_connection(const MeterParameters& other) const {
    return endpoint == other.endpoint && client_sap == other.client_sap &&
           server_sap == other.server_sap && mechanism == other.mechanism &&
           password.matches(other.password.reveal()) &&
           proposed_conformance == other.proposed_conformance &&
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
    configuration.mechanism = parameters_.mechanism;
    configuration.password = parameters_.password.clone();
    configuration.proposed_conformance = parameters_.proposed_conformance;
    configuration.max_receive_pdu_size = parameters_.max_receive_pdu_size;
    configuration.response_timeout = parameters_.response_timeout;
    configuration.release_without_reason = parameters_.release_without_reason;
    configuration.initiate_tolerance = parameters_.initiate_tolerance;
    session_ = std::make_unique<WrapperSession>(
        parameters_.client_sap, parameters_.server_sap, std::move(configuration),
        [this](const association::ClientEvent& event) { take_event(event); },
        [this] { mailbox_.wake(); });
    driver_ = transport::Driver::create(std::move(*socket), *session_, environment_.trace);
    const Status opened = session_->association().open(now());
    if (!opened) {
        drop_connection();
        co_return std::unexpected(from_error(opened.error()));
    }
    driver_->start();
    const Ending ending = co_await await_ending(deadline);
    const auto* made = std::get_if<AssociationMade>(&ending);
    if (!made) {
        drop_connection();
        co_return std::unexpected(std::get<Failure>(ending));
    }
    association_ =
        AssociationInfo{made->associated.conformance, made->associated.server_max_receive_pdu_size,
                        parameters_.mechanism};
    co_return *association_;
}

asio::awaitable<Outcome<axdr::Data>> NativeMeterClient::read(ReadRequest request,
                                                             Instant deadline) {
    // A connection that was alive and is lost now is made once more: meters and the modems before
    // them close idle connections without a word.
    const bool was_connected = association_.has_value();
    Outcome<axdr::Data> first = co_await read_once(request, deadline);
    if (first || !was_connected || !is_lost_connection(first.error()) || now() >= deadline) {
        co_return first;
    }
    Outcome<axdr::Data> second = co_await read_once(request, deadline);
    co_return second;
}

asio::awaitable<Outcome<axdr::Data>> NativeMeterClient::read_once(const ReadRequest& request,
                                                                  Instant deadline) {
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    const Result<InvokeId> sent =
        session_->association().get(request.attribute, selection_of(request), now());
    if (!sent) {
        co_return std::unexpected(from_error(sent.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (auto* done = std::get_if<ReadDone>(&ending)) {
        co_return std::move(done->data);
    }
    co_return std::unexpected(std::move(std::get<Failure>(ending)));
}

asio::awaitable<Outcome<void>> NativeMeterClient::write(cosem::AttributeDescriptor attribute,
                                                        axdr::Data value, Instant deadline) {
    Outcome<AssociationInfo> connected = co_await connect(deadline);
    if (!connected) {
        co_return std::unexpected(std::move(connected.error()));
    }
    const Result<InvokeId> sent =
        session_->association().set(attribute, std::nullopt, value.view(), now());
    if (!sent) {
        co_return std::unexpected(from_error(sent.error()));
    }
    Ending ending = co_await await_ending(deadline);
    if (std::holds_alternative<WriteDone>(ending)) {
        co_return Outcome<void>();
    }
    Failure failure = std::move(std::get<Failure>(ending));
    if (!is_refused_by_meter(failure)) {
        failure.code = FailureCode::outcome_unknown;
    }
    co_return std::unexpected(std::move(failure));
}

asio::awaitable<void> NativeMeterClient::release(Instant deadline) {
    if (association_ && session_->association().release(now())) {
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
    const auto* failure = std::get_if<Failure>(&ending);
    // After a time-out nobody knows whether the line is dead or the meter slow; a new connection
    // finds out, and the meter keeps no half-served request.
    const bool unusable = !driver_->is_open() || (failure && failure->code == FailureCode::timeout);
    if (unusable) {
        drop_connection();
    }
    co_return ending;
}

void NativeMeterClient::finish(Ending ending) {
    mailbox_.put(std::move(ending));
}

void NativeMeterClient::take_event(const association::ClientEvent& event) {
    if (const auto* associated = std::get_if<association::Associated>(&event)) {
        finish(AssociationMade{*associated});
    } else if (const auto* refused = std::get_if<association::AssociationRefused>(&event)) {
        finish(from_refusal(*refused));
    } else if (const auto* read = std::get_if<association::GetCompleted>(&event)) {
        if (const auto* data = std::get_if<axdr::DataView>(&read->result)) {
            finish(ReadDone{axdr::Data(*data)});
        } else {
            finish(from_access_result(std::get<cosem::DataAccessResult>(read->result)));
        }
    } else if (const auto* written = std::get_if<association::SetCompleted>(&event)) {
        if (written->result == cosem::DataAccessResult::success) {
            finish(WriteDone{});
        } else {
            finish(from_access_result(written->result));
        }
    } else if (const auto* failed = std::get_if<association::RequestFailed>(&event)) {
        finish(from_request_failure(failed->reason));
    } else if (std::holds_alternative<association::Released>(event)) {
        association_.reset();
        finish(ReleaseDone{});
    } else if (const auto* aborted = std::get_if<association::Aborted>(&event)) {
        const bool was_made = association_.has_value();
        association_.reset();
        if (!was_made) {
            finish(from_error(aborted->error));
        }
    }
}

void NativeMeterClient::drop_connection() {
    association_.reset();
    if (driver_) {
        driver_->close();
        driver_.reset();
    }
    session_.reset();
    mailbox_.clear();
}

}  // namespace dlms::client
