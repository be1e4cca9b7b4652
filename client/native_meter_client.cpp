#include "client/native_meter_client.hpp"

#include "client/open_link.hpp"

namespace dlms::client {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

/// The last tenth of the numbers of a key.
constexpr std::uint32_t first_doubtful_counter = security::last_invocation_counter / 10 * 9;

/// Whether a meter that does not like our invocation counter may be behind the failure.
bool may_be_of_counter(const Failure& failure) {
    switch (failure.code) {
        case FailureCode::association_rejected:
        case FailureCode::authentication_failed:
        case FailureCode::counter_rejected:
        case FailureCode::deciphering_failed:
        case FailureCode::connection_lost:
        case FailureCode::timeout: return true;
        default: return false;
    }
}

}  // namespace

NativeMeterClient::NativeMeterClient(MeterParameters parameters, ClientEnvironment environment)
    : parameters_(std::move(parameters)), environment_(std::move(environment)) {
    keeps_limits_ = environment_.learnt != nullptr;
    if (!keeps_limits_) {
        environment_.learnt = std::make_shared<LearntLimits>();
    }
    const std::string name = line_name(parameters_);
    if (environment_.lines && !name.empty()) {
        line_ = environment_.lines->line(name);
    }
    if (environment_.counters && uses_keys(parameters_.security, parameters_.mechanism)) {
        const bool by_challenge = association::is_hls(parameters_.mechanism);
        numbers_.emplace(*environment_.counters, parameters_.security,
                         by_challenge ? NumberSupply::Freshness::by_challenge
                                      : NumberSupply::Freshness::by_numbers);
    }
}

NativeMeterClient::~NativeMeterClient() {
    drop_connection();
}

asio::awaitable<Outcome<AssociationInfo>> NativeMeterClient::connect(Instant deadline) {
    if (association_) {
        co_return *association_;
    }
    // A key that we never used may have been used by others under our title.
    bool has_asked = false;
    if (may_raise_counter() && !numbers_->was_used().value_or(true)) {
        has_asked = true;
        co_await raise_counter(deadline);
    }
    has_raised_ = false;
    Outcome<AssociationInfo> made = co_await associate(deadline);
    // Most meters say nothing of a number that is too low, or that the association is refused.
    if (!made && !has_asked && may_raise_counter() && may_be_of_counter(made.error()) &&
        now() < deadline) {
        const bool raised = co_await raise_counter(deadline);
        if (raised) {
            made = co_await associate(deadline);
        }
    }
    co_return made;
}

bool NativeMeterClient::may_raise_counter() const {
    return numbers_ && parameters_.security.keys.unicast && parameters_.security.counter_object;
}

asio::awaitable<bool> NativeMeterClient::raise_counter(Instant deadline) {
    constexpr ClientSap public_client(16);
    constexpr std::uint16_t data_class = 1;
    MeterParameters open = parameters_.clone();
    open.client_sap = public_client;
    open.mechanism = acse::Mechanism::lowest;
    open.password = SecretBytes();
    open.security = MeterSecurity();
    ClientEnvironment surroundings;
    surroundings.address_filter = environment_.address_filter;
    surroundings.trace = environment_.trace;
    surroundings.lines = environment_.lines;
    surroundings.calls = environment_.calls;
    surroundings.flooded = environment_.flooded;
    surroundings.tally = environment_.tally;
    drop_connection();
    NativeMeterClient reader(std::move(open), std::move(surroundings));
    ReadRequest request;
    request.attribute = {data_class, *parameters_.security.counter_object, 2};
    const Outcome<axdr::Data> value = co_await reader.read(std::move(request), deadline);
    co_await reader.release(deadline);
    const auto counter = value
                             ? value->view().unsigned_integer()
                             : Result<std::uint64_t>(fail(ErrorCode::type_mismatch, Layer::client));
    if (!counter || *counter >= security::last_invocation_counter) {
        co_return false;
    }
    const auto next = static_cast<std::uint32_t>(*counter + 1);
    // The answer is in plain: whoever forges it must not leave the key without numbers.
    if (next >= first_doubtful_counter && !parameters_.security.trusts_high_counter) {
        if (environment_.counter_doubted) {
            environment_.counter_doubted(next);
        }
        co_return false;
    }
    const bool raises = numbers_->begin_with(next).value_or(false);
    if (raises && environment_.counter_raised) {
        environment_.counter_raised(next);
    }
    co_return raises;
}

Result<association::SecurityTerms> NativeMeterClient::security_terms() {
    const auto& valid_until = parameters_.security.valid_until;
    if (valid_until && std::chrono::system_clock::now() > *valid_until) {
        return fail(ErrorCode::certificate_expired, Layer::client);
    }
    Result<association::SecurityTerms> terms =
        make_security_terms(parameters_.security, parameters_.mechanism, random_);
    const bool takes_numbers =
        terms && terms->protection &&
        (parameters_.security.ciphered || !parameters_.security.stops_at_challenge);
    if (!takes_numbers) {
        return terms;
    }
    if (!numbers_) {
        return fail(ErrorCode::counter_not_reserved, Layer::client);
    }
    if (const Status granted = numbers_->begin(*terms->protection); !granted) {
        return std::unexpected(granted.error());
    }
    warn_of_low_counter();
    return terms;
}

void NativeMeterClient::warn_of_low_counter() {
    constexpr std::uint32_t few = 1U << 26;  // one in 64 of all
    const auto left = numbers_->left();
    if (left && *left < few && environment_.counter_low && !std::exchange(has_warned_, true)) {
        environment_.counter_low(*left);
    }
}

asio::awaitable<Outcome<AssociationInfo>> NativeMeterClient::associate(Instant deadline) {
    const bool is_caller = parameters_.link.carrier == Carrier::dial_in && environment_.calls;
    const std::string& number = parameters_.link.caller;
    const Instant begun = now();
    for (;;) {
        Outcome<AssociationInfo> made = co_await associate_once(begun, deadline);
        if (!is_caller) {
            co_return made;
        }
        if (made) {
            environment_.calls->proved(number);
            co_return made;
        }
        // Who called last may be somebody else.
        environment_.calls->failed(number);
        if (now() >= deadline || !environment_.calls->has_untried(number, begun)) {
            co_return made;
        }
    }
}

asio::awaitable<Outcome<AssociationInfo>> NativeMeterClient::associate_once(Instant begun,
                                                                            Instant deadline) {
    const Outcome<void> linked = co_await open_link(begun, deadline);
    if (!linked) {
        co_return std::unexpected(linked.error());
    }
    const Status opened =
        parameters_.pre_established ? machine().open_pre_established() : machine().open(now());
    if (!opened) {
        drop_connection();
        co_return std::unexpected(from_error(opened.error()));
    }
    const Ending ending = co_await await_ending(deadline);
    const auto* made = std::get_if<AssociationMade>(&ending.answer);
    if (!made) {
        drop_connection();
        co_return std::unexpected(std::get<Failure>(ending.answer));
    }
    if (!session_) {  // the line failed right behind the meter's answer
        co_return std::unexpected(from_error(Error{ErrorCode::connection_lost, Layer::client, 0}));
    }
    if (!keeps_limits_) {
        environment_.learnt->largest_list = LearntLimits().largest_list;
    }
    renewal_.connected();
    take_association(made->associated);
    co_return *association_;
}

void NativeMeterClient::take_association(const association::Associated& associated) {
    association_ = AssociationInfo{associated.conformance, associated.server_max_receive_pdu_size,
                                   parameters_.mechanism, parameters_.security.requests.protection};
}

bool NativeMeterClient::calls_for_higher_counter(association::ClientService service,
                                                 const Failure& failure) const {
    using enum association::ClientService;
    // A Read of short names may invoke a method, whose failures come here as unknown outcomes.
    const bool is_reading = service == get || service == get_list || service == read;
    return is_reading && failure.exception && failure.code == FailureCode::counter_rejected &&
           may_raise_counter() && !has_raised_;
}

bool NativeMeterClient::calls_for_renewal(association::ClientService service,
                                          const Failure& failure) {
    return calls_for_higher_counter(service, failure) ||
           renewal_.calls_for_renewal(service, failure);
}

asio::awaitable<bool> NativeMeterClient::renew_association(association::ClientService service,
                                                           const Failure& failure,
                                                           Instant deadline) {
    if (!association_) {
        co_return false;
    }
    if (calls_for_higher_counter(service, failure)) {
        has_raised_ = true;
        const bool raised = co_await raise_counter(deadline);
        if (!raised) {
            co_return false;
        }
        const Outcome<AssociationInfo> made = co_await associate(deadline);
        co_return made.has_value();
    }
    if (!renewal_.calls_for_renewal(service, failure) || !machine().renew(now())) {
        co_return false;
    }
    association_.reset();
    names_refused_.reset();
    const Ending ending = co_await await_ending(deadline);
    const auto* made = std::get_if<AssociationMade>(&ending.answer);
    if (!made || !session_) {
        drop_connection();
        co_return false;
    }
    renewal_.renewed();
    take_association(made->associated);
    co_return true;
}

asio::awaitable<Outcome<void>> NativeMeterClient::open_link(Instant begun, Instant deadline) {
    drop_connection();
    auto security = security_terms();
    if (!security) {
        co_return std::unexpected(from_error(security.error()));
    }
    auto session =
        make_session(parameters_, std::move(*security),
                     {[this](const association::ClientEvent& event) { take_event(event); },
                      [this](const LinkReport& report) { take_link_report(report); },
                      [this] { mailbox_.wake(); },
                      [this](security::ApduProtection& protection) {
                          if (numbers_) {
                              // Without numbers the next command fails, and says why.
                              static_cast<void>(numbers_->top_up(protection));
                              static_cast<void>(numbers_->save(protection));
                              warn_of_low_counter();
                          }
                      },
                      [this](security::ApduProtection& protection) {
                          return numbers_ ? numbers_->recall(protection) : Status();
                      }});
    if (!session) {
        co_return std::unexpected(from_error(session.error()));
    }
    session_ = std::move(*session);
    if (!line_ || !line_->serves(parameters_.link)) {
        if (line_) {
            line_->close();
        }
        auto channel = co_await open_new_channel(begun, deadline);
        if (!channel) {
            drop_connection();
            co_return std::unexpected(from_error(channel.error()));
        }
        if (line_) {
            line_->open(std::move(*channel), parameters_.link);
        } else {
            driver_ = transport::Driver::create(std::move(*channel), *session_, environment_.trace);
        }
    }
    link_phase_ = LinkPhase::opening;
    session_->open_link(now());
    if (line_) {
        driver_ = line_->driver();
        told_ = tally();  // of a shared line: what others have sent is not ours
        line_->speak_for(*session_, environment_.trace);
    } else {
        driver_->start();
    }
    const Ending ending = co_await await_ending(deadline);
    if (const auto* failure = std::get_if<Failure>(&ending.answer)) {
        drop_connection();
        co_return std::unexpected(*failure);
    }
    if (!session_) {
        co_return std::unexpected(from_error(Error{ErrorCode::connection_lost, Layer::client, 0}));
    }
    link_phase_ = LinkPhase::open;
    co_return Outcome<void>();
}

asio::awaitable<Result<std::unique_ptr<transport::Channel>>> NativeMeterClient::open_new_channel(
    Instant begun, Instant deadline) {
    if (parameters_.link.carrier == Carrier::dial_in) {
        if (!environment_.calls) {
            co_return std::unexpected(Error{ErrorCode::host_unreachable, Layer::client, 0});
        }
        // The meter may call at any time.
        co_return co_await environment_.calls->take(parameters_.link.caller, begun, deadline);
    }
    co_return co_await open_channel(
        parameters_, std::min(deadline, now() + Duration(parameters_.response_timeout)),
        environment_.address_filter);
}

bool NativeMeterClient::is_connected() const {
    // A shared line may have been lost, or opened anew, while others had the turn.
    return association_.has_value() && (!line_ || line_->driver() == driver_);
}

void NativeMeterClient::take_line() {
    if (!line_ || !driver_) {
        return;
    }
    if (line_->driver() != driver_) {
        drop_connection();
    } else {
        told_ = tally();
        line_->speak_for(*session_, environment_.trace);
    }
}

asio::awaitable<void> NativeMeterClient::release(Instant deadline) {
    deadline = std::min(deadline, now() + Duration(parameters_.release_timeout));
    // Over HDLC the DISC ends the association too.
    const bool with_release = parameters_.link.kind == LinkKind::wrapper;
    if (association_ && with_release && machine().release(now())) {
        co_await await_ending(deadline);
    }
    if (session_ && link_phase_ == LinkPhase::open) {
        link_phase_ = LinkPhase::closing;
        session_->close_link(now());
        co_await await_ending(deadline);
    }
    drop_connection();
}

asio::awaitable<NativeMeterClient::Ending> NativeMeterClient::await_ending(Instant deadline) {
    send_commands(deadline);
    if (mailbox_.is_empty()) {
        co_await mailbox_.wait();
    }
    co_return take_ending();
}

void NativeMeterClient::send_commands(Instant deadline) {
    session_->limit_work(deadline);
    session_->drain_events();
    // The line may fail while the command is sent: then the mailbox is full already.
    driver_->flush();
}

LineTally NativeMeterClient::tally() const {
    LineTally tally = session_->tally();
    if (driver_) {
        tally.octets_sent = driver_->counters().octets_sent;
        tally.octets_received = driver_->counters().octets_received;
    }
    return tally;
}

void NativeMeterClient::tell_tally() {
    if (environment_.tally && session_) {
        const LineTally now = tally();
        *environment_.tally += now.since(told_);
        told_ = now;
    }
}

NativeMeterClient::Ending NativeMeterClient::take_ending() {
    Ending ending = mailbox_.take_first();
    tell_tally();
    session_->limit_work(std::nullopt);
    const auto* failure = std::get_if<Failure>(&ending.answer);
    // After a time-out nobody knows whether the line is dead or the meter slow; a new connection
    // finds out, and the meter keeps no half-served request (decision 0018). Where all that came
    // was refused, for its counter for example, a new association may agree better.
    const bool unusable = !driver_->is_open() || link_phase_ == LinkPhase::lost ||
                          std::exchange(is_out_of_time_, false) ||
                          (failure && failure->code == FailureCode::timeout);
    if (unusable) {
        drop_connection();
    }
    return ending;
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
    renewal_.take(event);
    if (const auto* associated = std::get_if<Associated>(&event)) {
        finish({}, AssociationMade{*associated});
    } else if (const auto* refused = std::get_if<AssociationRefused>(&event)) {
        finish({}, from_refusal(*refused));
    } else if (const auto* read = std::get_if<GetCompleted>(&event)) {
        finish(read->id, own(read->result));
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
        const auto* error = std::get_if<Error>(&failed->reason);
        Failure failure = error ? failure_of(*error) : from_request_failure(failed->reason);
        failure.unproven = failed->unproven;
        is_out_of_time_ = failed->out_of_time;
        finish(failed->id, std::move(failure));
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
        finish({}, failure_of(aborted.error));
    }
}

Failure NativeMeterClient::failure_of(const Error& error) const {
    Failure failure = from_error(error);
    const bool is_of_link = error.layer == Layer::hdlc || error.layer == Layer::iec62056_21 ||
                            error.code == ErrorCode::timeout;
    if (session_ && is_of_link) {
        failure.detail = session_->fault();
    }
    return failure;
}

void NativeMeterClient::take_link_report(const LinkReport& report) {
    const bool is_awaited = link_phase_ == LinkPhase::opening || link_phase_ == LinkPhase::closing;
    if (report.kind == LinkReport::Kind::failed) {
        link_phase_ = LinkPhase::lost;
        if (report.error == transport::flooded && environment_.flooded) {
            environment_.flooded();
        }
        if (is_awaited) {
            finish({}, failure_of(report.error));
        }
    } else if (is_awaited) {
        finish({}, LinkChanged{});
    }
}

void NativeMeterClient::drop_connection() {
    tell_tally();
    told_ = {};
    if (session_ && numbers_) {
        static_cast<void>(numbers_->flush());  // what fails now is tried with the next reservation
    }
    association_.reset();
    short_names_.reset();
    names_refused_.reset();
    if (line_ && session_) {
        line_->leave(*session_);
    } else if (driver_) {
        driver_->close();
    }
    driver_.reset();
    session_.reset();
    link_phase_ = LinkPhase::none;
    is_out_of_time_ = false;
    mailbox_.clear();
}

}  // namespace dlms::client
