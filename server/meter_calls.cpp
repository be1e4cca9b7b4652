#include "server/meter_calls.hpp"

#include <algorithm>
#include <array>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "client/meter_profile.hpp"
#include "render/method_json.hpp"
#include "server/audit_trail.hpp"

namespace dlms::service {

namespace {

using client::FailureCode;

constexpr std::uint16_t profile_class = 7;
constexpr std::uint16_t association_sn_class = 12;
constexpr std::uint16_t association_ln_class = 15;

Instant now() {
    return std::chrono::steady_clock::now();
}

// Of the client that `prepare` gave.
CallFailure profile_failure(const client::Failure& failure, std::size_t most_octets) {
    CallFailure told = call_failure(failure);
    if (failure.code == FailureCode::unsupported && failure.error &&
        failure.error->code == ErrorCode::answer_too_long) {
        told.sentence = "the range holds more than " + std::to_string(most_octets / 1024) +
                        " KiB of values: ask for a shorter one";
    }
    return told;
}

}  // namespace

asio::awaitable<CallOutcome<cosem::ProfileTable>> read_profile(MeterActor& actor,
                                                               ProfileRequest request,
                                                               cosem::LocalFromUtc zone,
                                                               Instant deadline) {
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    client::ProfileQuery query;
    query.profile = request.profile;
    query.range = {request.window.from, request.window.to};
    const std::size_t most_octets = query.most_octets;
    auto table = co_await actor.profiles().read(std::move(query), std::move(zone), deadline);
    if (!table) {
        co_return std::unexpected(profile_failure(table.error(), most_octets));
    }
    co_return std::move(*table);
}

asio::awaitable<CallOutcome<axdr::Data>> read_objects(MeterActor& actor, bool refresh,
                                                      Instant deadline) {
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    if (actor.object_list() && !refresh) {
        co_return *actor.object_list();
    }
    client::ReadRequest read;
    read.attribute = {
        actor.request().use_logical_name ? association_ln_class : association_sn_class,
        cosem::ObisCode(0, 0, 40, 0, 0, 255), 2};
    auto list = co_await (*prepared)->read(std::move(read), deadline);
    if (!list) {
        co_return std::unexpected(call_failure(list.error()));
    }
    if (!list->view().elements()) {
        co_return std::unexpected(call_failure(error_row("malformed-answer"),
                                               "the meter's object list is no array",
                                               Blame::malformed));
    }
    actor.object_list() = *list;
    co_return std::move(*list);
}

asio::awaitable<CallOutcome<std::optional<axdr::Data>>> invoke_method(MeterActor& actor,
                                                                      ActionRequest request,
                                                                      render::WriteOptions options,
                                                                      Instant deadline) {
    const render::Json value = render::Json::parse(request.value, nullptr, false);
    auto parameter = render::method_parameter(
        request.method, request.value.empty() ? nullptr : &value, request.data_type, options);
    if (!parameter) {
        const std::string& fault = parameter.error().message;
        co_return std::unexpected(call_failure(
            error_row("type-unmatched"),
            holds_secret(request.method) ? without_value(fault) : fault, Blame::misuse));
    }
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    if (request.broadcast) {
        const auto sent =
            co_await (*prepared)->broadcast_invoke(request.method, std::move(*parameter), deadline);
        if (!sent) {
            co_return std::unexpected(call_failure(sent.error()));
        }
        actor.registers().clear();
        co_return std::optional<axdr::Data>();
    }
    auto returned = co_await (*prepared)->invoke(request.method, std::move(*parameter), deadline);
    if (!returned) {
        co_return std::unexpected(call_failure(returned.error()));
    }
    co_return std::move(*returned);
}

namespace {

// The event logs of an object list: 0-b:99.98.e and 1-b:99.98.e, as IEC 62056-61 has them.
std::vector<cosem::ObisCode> event_logs(const axdr::DataView& objects) {
    std::vector<cosem::ObisCode> logs;
    const auto elements = objects.elements();
    if (!elements) {
        return logs;
    }
    for (const axdr::DataView object : *elements) {
        // {class_id, version, logical_name, ...}, with short names {base_name, class_id, ...}.
        for (std::size_t class_place = 0; class_place < 2; ++class_place) {
            const auto class_id = object.element(class_place);
            const auto name = object.element(class_place + 2);
            const auto octets =
                name ? name->octets()
                     : Result<ByteView>(fail(ErrorCode::type_mismatch, Layer::cosem));
            if (!class_id || class_id->unsigned_integer().value_or(0) != profile_class || !octets ||
                octets->size() != 6) {
                continue;
            }
            const auto code = cosem::ObisCode::from_octets(octets->first<6>());
            if (code.a() <= 1 && code.c() == 99 && code.d() == 98) {
                logs.push_back(code);
                break;
            }
        }
    }
    return logs;
}

// True for failures that the next log would meet too.
bool ends_all(const client::Failure& failure) {
    return !concerns_the_item(failure);
}

}  // namespace

asio::awaitable<CallOutcome<std::vector<EventLog>>> read_events(MeterActor& actor,
                                                                EventsRequest request,
                                                                cosem::LocalFromUtc zone,
                                                                Instant deadline) {
    constexpr std::size_t most_octets_of_log = 1024 * 1024;
    std::vector<cosem::ObisCode> logs = request.logs;
    if (logs.empty()) {
        const auto objects = co_await read_objects(actor, false, deadline);
        if (!objects) {
            co_return std::unexpected(objects.error());
        }
        logs = event_logs(objects->view());
    }
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    std::vector<EventLog> events;
    std::size_t octets_left = HeadEnd::most_octets_of_call;
    std::optional<CallFailure> lasting;
    for (const cosem::ObisCode& log : logs) {
        if (lasting) {
            events.push_back({log, std::unexpected(*lasting)});
            continue;
        }
        client::ProfileQuery query;
        query.profile = log;
        query.range = {request.window.from, request.window.to};
        query.most_octets = std::min(most_octets_of_log, octets_left);
        const std::size_t most = query.most_octets;
        auto table = co_await actor.profiles().read(std::move(query), zone, deadline);
        if (table) {
            for (const cosem::ProfileRow& row : table->rows) {
                octets_left -= std::min(octets_left, row.values.encoded().size());
            }
            events.push_back({log, std::move(*table)});
            continue;
        }
        events.push_back({log, std::unexpected(profile_failure(table.error(), most))});
        if (ends_all(table.error())) {
            lasting = events.back().table.error();
        }
    }
    co_return events;
}

// Clock.

namespace {

constexpr std::uint16_t clock_class = 8;

std::optional<std::chrono::milliseconds> drift_of(const ClockReading& reading,
                                                  const cosem::LocalFromUtc& zone) {
    using namespace std::chrono;
    if (!cosem::local_seconds(reading.time)) {
        return std::nullopt;
    }
    const auto ours = duration_cast<milliseconds>(reading.service_time.time_since_epoch());
    // Of a local time that comes twice the one that is nearer.
    const client::ProfileClock clock(zone, reading.time, ours.count() / 1000);
    const bool has_hundredths = reading.time.time.hundredths != cosem::Time::not_specified;
    const milliseconds theirs =
        seconds(clock.now()) + milliseconds(has_hundredths ? reading.time.time.hundredths * 10 : 0);
    return theirs - ours;
}

}  // namespace

asio::awaitable<CallOutcome<ClockReading>> read_clock(MeterActor& actor, cosem::ObisCode clock,
                                                      cosem::LocalFromUtc zone, Instant deadline) {
    using namespace std::chrono;
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    // The time for a connection is no part of the exchange.
    const auto connected = co_await (*prepared)->connect(deadline);
    if (!connected) {
        co_return std::unexpected(call_failure(connected.error()));
    }
    client::ReadRequest read;
    read.attribute = {clock_class, clock, 2};
    const auto begin = system_clock::now();
    const auto value = co_await (*prepared)->read(std::move(read), deadline);
    const auto end = system_clock::now();
    if (!value) {
        co_return std::unexpected(call_failure(value.error()));
    }
    const auto octets = value->view().octets();
    const auto time = octets ? cosem::read_date_time(*octets)
                             : Result<cosem::DateTime>(std::unexpected(octets.error()));
    if (!time) {
        co_return std::unexpected(call_failure(client::from_error(time.error())));
    }
    ClockReading reading{to_buffer(*octets), *time, begin + (end - begin) / 2,
                         duration_cast<milliseconds>(end - begin), std::nullopt};
    reading.drift = drift_of(reading, zone);
    co_return reading;
}

namespace {

// The service's time when a SET that is sent now arrives, as ISO 8601 in UTC.
std::string present_text(std::chrono::milliseconds round_trip, bool with_hundredths) {
    using namespace std::chrono;
    const auto arrival = system_clock::now() + round_trip / 2;
    auto time = duration_cast<milliseconds>(arrival.time_since_epoch());
    if (!with_hundredths) {
        time += milliseconds(500);  // rounded to the second
    }
    cosem::DateTime utc = cosem::date_time_from_local(time.count() / 1000, 0, 0);
    if (with_hundredths) {
        utc.time.hundredths = static_cast<std::uint8_t>(time.count() % 1000 / 10);
    }
    return iso_text(utc);
}

}  // namespace

asio::awaitable<CallOutcome<ClockReport>> set_clock(MeterActor& actor, ClockRequest request,
                                                    cosem::LocalFromUtc zone, Instant deadline) {
    auto before = co_await read_clock(actor, request.clock, zone, deadline);
    if (!before) {
        co_return std::unexpected(before.error());
    }
    const std::string text = request.time.empty()
                                 ? present_text(before->round_trip, before->time.time.hundredths !=
                                                                        cosem::Time::not_specified)
                                 : request.time;
    const auto octets =
        render::clock_from_iso(text, render::ClockForm::date_time, ByteView(before->octets), zone);
    if (!octets) {
        co_return std::unexpected(
            call_failure(error_row("type-unmatched"),
                         "'" + text + "' is not a time that the meter's clock has", Blame::misuse));
    }
    axdr::DataBuilder builder;
    builder.octet_string(*octets);
    auto value = builder.finish();
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared || !value) {
        co_return std::unexpected(prepared ? call_failure(client::from_error(value.error()))
                                           : prepared.error());
    }
    const auto written =
        co_await (*prepared)->write({clock_class, request.clock, 2}, std::move(*value), deadline);
    ClockReport report{std::move(*before), std::nullopt, std::nullopt};
    if (!written) {
        if (written.error().code != FailureCode::outcome_unknown) {
            co_return std::unexpected(call_failure(written.error()));
        }
        report.failure = call_failure(written.error());
    }
    if (now() < deadline) {
        auto after = co_await read_clock(actor, request.clock, zone, deadline);
        if (after) {
            report.after = std::move(*after);
        }
    }
    co_return report;
}

// Relay.

namespace {

constexpr std::uint16_t relay_class = 70;
constexpr std::uint8_t disconnected = 0;
constexpr std::uint8_t connected = 1;
constexpr std::uint8_t ready_for_reconnection = 2;

asio::awaitable<client::Outcome<RelayState>> relay_state(client::MeterClient& meter,
                                                         cosem::ObisCode relay, Instant deadline) {
    std::vector<client::ReadRequest> requests(3);
    for (std::size_t index = 0; index < requests.size(); ++index) {
        requests[index].attribute = {relay_class, relay, static_cast<std::int8_t>(index + 2)};
    }
    auto values = co_await meter.read_list(std::move(requests), deadline);
    if (!values) {
        co_return std::unexpected(std::move(values.error()));
    }
    RelayState state;
    if (const auto& output = (*values)[0]; output && output->view().boolean()) {
        state.output_state = *output->view().boolean();
    }
    const auto number = [&](std::size_t index) -> std::optional<std::uint8_t> {
        const auto& value = (*values)[index];
        const auto code = value ? value->view().unsigned_integer() : Result<std::uint64_t>(256);
        return code && *code <= 255 ? std::optional(static_cast<std::uint8_t>(*code))
                                    : std::nullopt;
    };
    state.control_state = number(1);
    state.control_mode = number(2);
    const auto& first = values->front();
    if (!state.is_known() && !state.control_mode && !first) {
        co_return std::unexpected(first.error());
    }
    co_return state;
}

// Whether the state is the one that the command leads to; nothing where the meter does not show it.
std::optional<bool> is_reached(RelayRequest::Command command, const RelayState& state) {
    if (!state.is_known()) {
        return std::nullopt;
    }
    const std::uint8_t control =
        state.control_state.value_or(state.output_state.value_or(false) ? connected : disconnected);
    if (command == RelayRequest::Command::disconnect) {
        return control != connected && !state.output_state.value_or(false);
    }
    return (control == connected && state.output_state.value_or(true)) ||
           control == ready_for_reconnection;
}

asio::awaitable<void> pause(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// A relay takes a moment: the state is read until it is reached, a few times at most.
asio::awaitable<void> read_relay_back(client::MeterClient& meter, const RelayRequest& request,
                                      RelayReport& report, Instant deadline) {
    constexpr int most_readings = 5;
    constexpr std::chrono::milliseconds between{500};
    for (int reading = 0; reading < most_readings && now() < deadline; ++reading) {
        if (reading > 0) {
            co_await pause(between);
        }
        const auto state = co_await relay_state(meter, request.relay, deadline);
        if (!state) {
            co_return;
        }
        report.state = *state;
        report.confirmed = is_reached(request.command, *state);
        if (report.confirmed != false) {
            co_return;
        }
    }
}

}  // namespace

asio::awaitable<CallOutcome<RelayState>> read_relay(MeterActor& actor, cosem::ObisCode relay,
                                                    Instant deadline) {
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    const auto state = co_await relay_state(**prepared, relay, deadline);
    if (!state) {
        co_return std::unexpected(call_failure(state.error()));
    }
    co_return *state;
}

asio::awaitable<CallOutcome<RelayReport>> switch_relay(MeterActor& actor, RelayRequest request,
                                                       Instant deadline) {
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    client::MeterClient& meter = **prepared;
    RelayReport report;
    const auto before = co_await relay_state(meter, request.relay, deadline);
    if (before) {
        report.before = *before;
    } else if (!concerns_the_item(before.error())) {
        co_return std::unexpected(call_failure(before.error()));
    }
    axdr::DataBuilder builder;
    builder.integer(0);
    auto zero = builder.finish();
    const std::int8_t method_id = request.command == RelayRequest::Command::disconnect ? 1 : 2;
    const auto invoked = co_await meter.invoke({relay_class, request.relay, method_id},
                                               zero.value_or(axdr::Data()), deadline);
    if (!invoked) {
        if (invoked.error().code != FailureCode::outcome_unknown) {
            co_return std::unexpected(call_failure(invoked.error()));
        }
        report.failure = call_failure(invoked.error());
    }
    co_await read_relay_back(meter, request, report, deadline);
    co_return report;
}

// Token.

namespace {

constexpr std::uint16_t token_gateway_class = 115;

axdr::Data token_data(const std::string& digits, bool as_bcd) {
    axdr::DataBuilder builder;
    if (as_bcd) {
        builder.octet_string(render::bcd_from_text(digits).value_or(ByteBuffer()));
    } else {
        builder.octet_string(as_bytes(digits));
    }
    return builder.finish().value_or(axdr::Data());
}

// token_status of the gateway: {status_code, data_value}.
asio::awaitable<void> read_gateway_back(client::MeterClient& meter, cosem::ObisCode instance,
                                        TokenReport& report, Instant deadline) {
    constexpr std::uint8_t execution_ok = 3;
    constexpr std::uint8_t first_failure = 4;
    constexpr std::uint8_t received = 8;
    client::ReadRequest read;
    read.attribute = {token_gateway_class, instance, 6};
    const auto value = co_await meter.read(std::move(read), deadline);
    const auto code = value ? value->view().element(0) : Result<axdr::DataView>(axdr::DataView());
    const auto number =
        code ? code->unsigned_integer() : Result<std::uint64_t>(std::unexpected(code.error()));
    if (!value || !number || *number > 255) {
        co_return;
    }
    report.status = static_cast<std::uint8_t>(*number);
    if (report.failure) {
        co_return;  // it may be that of an earlier token
    }
    report.verdict = *report.status <= execution_ok    ? TokenReport::Verdict::accepted
                     : *report.status == received      ? TokenReport::Verdict::pending
                     : *report.status >= first_failure ? TokenReport::Verdict::rejected
                                                       : report.verdict;
}

asio::awaitable<void> read_token_back(client::MeterClient& meter,
                                      cosem::AttributeDescriptor last_token,
                                      const axdr::Data& entered, TokenReport& report,
                                      Instant deadline) {
    client::ReadRequest read;
    read.attribute = last_token;
    const auto value = co_await meter.read(std::move(read), deadline);
    if (value && !value->view().is_null()) {
        report.confirmed = *value == entered;
    }
}

}  // namespace

asio::awaitable<CallOutcome<TokenReport>> enter_token(MeterActor& actor, TokenRequest request,
                                                      Instant deadline) {
    const auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(prepared.error());
    }
    client::MeterClient& meter = **prepared;
    const client::TokenEntry& brand = client::profile_of_brand(actor.request().brand).token;
    const std::uint16_t class_id = request.class_id.value_or(brand.class_id);
    const cosem::ObisCode instance = request.instance.value_or(brand.instance);
    const bool as_bcd = request.as_bcd.value_or(brand.form == client::TokenEntry::Form::bcd);
    const axdr::Data token = token_data(request.digits, as_bcd);
    client::Outcome<void> entered;
    if (class_id == token_gateway_class) {
        const auto invoked = co_await meter.invoke({class_id, instance, 1}, token, deadline);
        if (!invoked) {
            entered = std::unexpected(invoked.error());
        }
    } else {
        entered = co_await meter.write({class_id, instance, 2}, token, deadline);
    }
    TokenReport report;
    if (entered) {
        report.verdict = TokenReport::Verdict::accepted;
    } else {
        report.failure = call_failure(entered.error());
        if (entered.error().code == FailureCode::access_refused) {
            report.verdict = TokenReport::Verdict::rejected;
        } else if (entered.error().code != FailureCode::outcome_unknown) {
            co_return std::unexpected(std::move(*report.failure));
        }
    }
    if (now() >= deadline) {
        co_return report;
    }
    if (class_id == token_gateway_class) {
        co_await read_gateway_back(meter, instance, report, deadline);
    } else if (brand.last_token && !request.instance) {
        co_await read_token_back(meter, *brand.last_token, token, report, deadline);
    }
    co_return report;
}

}  // namespace dlms::service
