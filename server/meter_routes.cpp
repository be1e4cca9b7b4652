#include "server/meter_routes.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <asio/post.hpp>

#include "client/meter_profile.hpp"
#include "server/audit_trail.hpp"
#include "server/json_answers.hpp"
#include "server/json_meter_calls.hpp"
#include "server/json_profile.hpp"
#include "server/rest_api.hpp"

namespace dlms::service {

namespace {

using namespace std::chrono_literals;

// Of calls that are more than a few exchanges.
constexpr auto long_call = 55'000ms;
constexpr auto profile_call = 300'000ms;

std::size_t octets_of(const axdr::Data& data) {
    return data.encoded().size();
}
std::size_t octets_of(const std::optional<axdr::Data>& data) {
    return data ? octets_of(*data) : 0;
}
std::size_t octets_of(const cosem::ProfileTable& table) {
    std::size_t octets = 0;
    for (const cosem::ProfileRow& row : table.rows) {
        octets += octets_of(row.values);
    }
    return octets;
}
std::size_t octets_of(const std::vector<EventLog>& logs) {
    std::size_t octets = 0;
    for (const EventLog& log : logs) {
        octets += log.table ? octets_of(*log.table) : 0;
    }
    return octets;
}
template <class T>
std::size_t octets_of(const T&) {
    return 0;
}

// How long a call may take: a few exchanges (nothing), or so long.
using Most = std::optional<std::chrono::milliseconds>;

// What all routes of this file share.
struct Surroundings {
    asio::any_io_executor io;
    HeadEnd& head_end;
    std::shared_ptr<AnswerMaker> maker;
};

// Of calls that change nothing.
struct NotAudited {};

// The same work, with its intent and its outcome in the audit log.
template <class Value>
HeadEnd::MeterWork<Value> recorded(const std::shared_ptr<AuditTrail>& audit, AuditIntent intent,
                                   HeadEnd::MeterWork<Value> work) {
    return [audit, intent = std::move(intent), work = std::move(work)](MeterActor& meter,
                                                                       Instant deadline) {
        return audited<Value>(
            audit, intent, [work, &meter, deadline](AuditNotes&) { return work(meter, deadline); });
    };
}

// A route that reads its request with `parse` on the worker, does `start(request, presentation)`
// for the meter, a MeterWork, and shows what comes of it with `show(request, asked, outcome)`.
// `unknown` answers for a meter that is not known. `describe(request)` is the AuditIntent of a call
// that changes something, without its caller.
template <class Parse, class Start, class Show, class Describe = NotAudited>
HttpHandler meter_call(const Surroundings& surroundings, Parse parse, Most most, Start start,
                       Show show, HttpAnswer (*unknown)(const std::string&),
                       Describe describe = {}) {
    using Request = typename std::invoke_result_t<Parse, const HttpRequest&>::value_type;
    using Work = std::invoke_result_t<Start, const Request&, const MeterPresentation&>;
    using Value = typename std::invoke_result_t<Work, MeterActor&, Instant>::value_type::value_type;
    const auto begin = [surroundings, most, start, show, unknown, describe](
                           Request request, CallLimits limits, Responder responder) {
        HeadEnd& head_end = surroundings.head_end;
        const std::string number = request.meter_number;
        auto go_on = [surroundings, most, start, show, unknown, describe, number, limits,
                      request = std::move(request),
                      responder = std::move(responder)](bool known) mutable {
            if (!known) {
                responder.answer(unknown(number));
                return;
            }
            HeadEnd& meters = surroundings.head_end;
            Asked asked{number, meters.presentation(number), meters.brand(number)};
            const Instant deadline = most ? HeadEnd::long_deadline(limits, *most)
                                          : meters.short_deadline(number, limits);
            HeadEnd::MeterWork<Value> work = start(request, asked.presentation);
            if constexpr (!std::is_same_v<Describe, NotAudited>) {
                AuditIntent intent = describe(request);
                intent.caller = limits.caller;
                intent.meter = number;
                work = recorded<Value>(meters.audit(), std::move(intent), std::move(work));
            } else {
                static_cast<void>(describe);
            }
            meters.work<Value>(
                number, deadline, std::move(work),
                [maker = surroundings.maker, show, request = std::move(request),
                 asked = std::move(asked),
                 responder = std::move(responder)](CallOutcome<Value> outcome) mutable {
                    const std::size_t octets = outcome ? octets_of(*outcome) : 0;
                    maker->answer(
                        octets,
                        [show, request = std::move(request), asked = std::move(asked),
                         outcome = std::move(outcome)] { return show(request, asked, outcome); },
                        std::move(responder));
                });
        };
        head_end.with_meter(number, std::move(go_on));
    };
    return [surroundings, parse, begin](const HttpRequest& http, Responder responder) {
        const auto limits = call_limits(http);
        auto request = parse(http);
        if (!limits || !request) {
            responder.answer(!limits ? limits.error() : std::move(request.error()));
            return;
        }
        asio::post(surroundings.io, [begin, request = std::move(*request), limits = *limits,
                                     responder = std::move(responder)]() mutable {
            begin(std::move(request), limits, std::move(responder));
        });
    };
}

HttpRoute load_profile_route(const Surroundings& surroundings) {
    return {"POST", "/load-profile",
            meter_call(
                surroundings, parse_load_profile, profile_call,
                [](const ProfileRequest& request, const MeterPresentation& shown) {
                    return [request, zone = shown.local_from_utc](MeterActor& meter,
                                                                  Instant deadline) {
                        return read_profile(meter, request, zone, deadline);
                    };
                },
                [](const ProfileRequest& request, const Asked& asked,
                   const CallOutcome<cosem::ProfileTable>& outcome) {
                    return load_profile_answer(request, asked.presentation, asked.brand, outcome);
                },
                not_connected_answer)};
}

HttpRoute objects_route(const Surroundings& surroundings) {
    return {"GET", "/meters/:meter_number/objects",
            meter_call(
                surroundings, parse_objects, long_call,
                [](const ObjectsRequest& request, const MeterPresentation&) {
                    return [refresh = request.refresh](MeterActor& meter, Instant deadline) {
                        return read_objects(meter, refresh, deadline);
                    };
                },
                objects_answer, unknown_meter_answer)};
}

HttpRoute actions_route(const Surroundings& surroundings) {
    return {"POST", "/meters/:meter_number/actions",
            meter_call(
                surroundings, parse_action, std::nullopt,
                [](const ActionRequest& request, const MeterPresentation& shown) {
                    render::WriteOptions options{shown.shown.energy_unit, shown.shown.octet_hint,
                                                 shown.local_from_utc};
                    return [request, options](MeterActor& meter, Instant deadline) {
                        return invoke_method(meter, request, options, deadline);
                    };
                },
                action_answer, unknown_meter_answer,
                [](const ActionRequest& request) {
                    return AuditIntent{{},
                                       {},
                                       "action",
                                       audit_target(request.method),
                                       holds_secret(request.method) ? "(secret)" : request.value};
                })};
}

HttpRoute clock_route(const Surroundings& surroundings) {
    return {"GET", "/meters/:meter_number/clock",
            meter_call(
                surroundings, parse_clock, std::nullopt,
                [](const ClockRequest& request, const MeterPresentation& shown) {
                    return [clock = request.clock, zone = shown.local_from_utc](MeterActor& meter,
                                                                                Instant deadline) {
                        return read_clock(meter, clock, zone, deadline);
                    };
                },
                clock_answer, unknown_meter_answer)};
}

HttpRoute set_clock_route(const Surroundings& surroundings) {
    return {"POST", "/meters/:meter_number/clock",
            meter_call(
                surroundings, parse_set_clock, long_call,
                [](const ClockRequest& request, const MeterPresentation& shown) {
                    return [request, zone = shown.local_from_utc](MeterActor& meter,
                                                                  Instant deadline) {
                        return set_clock(meter, request, zone, deadline);
                    };
                },
                set_clock_answer, unknown_meter_answer,
                [](const ClockRequest& request) {
                    return AuditIntent{{},
                                       {},
                                       "clock",
                                       "8 " + request.clock.text() + " 2",
                                       request.time.empty() ? "the service's time" : request.time};
                })};
}

HttpRoute relay_route(const Surroundings& surroundings) {
    return {"GET", "/meters/:meter_number/relay",
            meter_call(
                surroundings, parse_relay, std::nullopt,
                [](const RelayRequest& request, const MeterPresentation&) {
                    return [relay = request.relay](MeterActor& meter, Instant deadline) {
                        return read_relay(meter, relay, deadline);
                    };
                },
                relay_answer, unknown_meter_answer)};
}

HttpRoute switch_relay_route(const Surroundings& surroundings) {
    return {"POST", "/meters/:meter_number/relay",
            meter_call(
                surroundings, parse_switch_relay, long_call,
                [](const RelayRequest& request, const MeterPresentation&) {
                    return [request](MeterActor& meter, Instant deadline) {
                        return switch_relay(meter, request, deadline);
                    };
                },
                switch_relay_answer, unknown_meter_answer,
                [](const RelayRequest& request) {
                    const bool disconnects = request.command == RelayRequest::Command::disconnect;
                    return AuditIntent{{},
                                       {},
                                       "relay",
                                       "70 " + request.relay.text(),
                                       disconnects ? "disconnect" : "reconnect"};
                })};
}

HttpRoute token_route(const Surroundings& surroundings) {
    return {"POST", "/meters/:meter_number/token",
            meter_call(
                surroundings, parse_token, long_call,
                [](const TokenRequest& request, const MeterPresentation&) {
                    return [request](MeterActor& meter, Instant deadline) {
                        return enter_token(meter, request, deadline);
                    };
                },
                token_answer, unknown_meter_answer,
                [](const TokenRequest& request) {
                    // A token is worth money until it is used: its last digits tell which it was.
                    const std::size_t shown = std::min<std::size_t>(request.digits.size(), 4);
                    return AuditIntent{
                        {},
                        {},
                        "token",
                        request.instance ? request.instance->text() : "the brand's",
                        "..." + request.digits.substr(request.digits.size() - shown)};
                })};
}

HttpRoute events_route(const Surroundings& surroundings) {
    return {"GET", "/meters/:meter_number/events",
            meter_call(
                surroundings, parse_events, profile_call,
                [](const EventsRequest& request, const MeterPresentation& shown) {
                    return [request, zone = shown.local_from_utc](MeterActor& meter,
                                                                  Instant deadline) {
                        return read_events(meter, request, zone, deadline);
                    };
                },
                events_answer, unknown_meter_answer)};
}

}  // namespace

std::vector<HttpRoute> meter_routes(const asio::any_io_executor& io, HeadEnd& head_end,
                                    const std::shared_ptr<AnswerMaker>& maker) {
    const Surroundings surroundings{io, head_end, maker};
    return {load_profile_route(surroundings), objects_route(surroundings),
            actions_route(surroundings),      clock_route(surroundings),
            set_clock_route(surroundings),    relay_route(surroundings),
            switch_relay_route(surroundings), token_route(surroundings),
            events_route(surroundings)};
}

}  // namespace dlms::service
