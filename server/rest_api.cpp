#include "server/rest_api.hpp"

#include <charconv>
#include <memory>
#include <utility>

#include <asio/post.hpp>

#include "server/answer_maker.hpp"
#include "server/json_answers.hpp"
#include "server/json_certificates.hpp"
#include "server/json_decode.hpp"
#include "server/json_keys.hpp"
#include "server/json_requests.hpp"

namespace dlms::service {

namespace {

// A call on its way: what the caller asked, how long it may take, and where the answer goes.
template <class Request>
struct Pending {
    Request request;
    CallLimits limits;
    Responder responder;
};

// A route that reads its request with `parse` on the worker and goes on with `work` on the I/O
// thread.
template <class Parse, class Work>
HttpHandler deferred(const asio::any_io_executor& io, Parse parse, Work work) {
    return [io, parse, work](const HttpRequest& http, Responder responder) {
        auto limits = call_limits(http);
        auto request = parse(http);
        if (!limits || !request) {
            responder.answer(std::move(!limits ? limits.error() : request.error()));
            return;
        }
        using Request = std::remove_cvref_t<decltype(*request)>;
        asio::post(io, [work, pending = Pending<Request>{std::move(*request), *limits,
                                                         std::move(responder)}]() mutable {
            work(std::move(pending));
        });
    };
}

// `work` once the meter is known, by a /connect or from the registry; else `unknown` answers.
template <class Work>
auto with_meter(HeadEnd& head_end, Work work, HttpAnswer (*unknown)(const std::string&)) {
    return [&head_end, work, unknown]<class Request>(Pending<Request> pending) {
        const std::string number = pending.request.meter_number;
        head_end.with_meter(
            number, [work, unknown, number, pending = std::move(pending)](bool known) mutable {
                if (known) {
                    work(std::move(pending));
                } else {
                    pending.responder.answer(unknown(number));
                }
            });
    };
}

// A route without a request: the answer is made on the I/O thread, where the meters are.
template <class Make>
HttpHandler simple(const asio::any_io_executor& io, Make make) {
    return [io, make](const HttpRequest&, Responder responder) {
        asio::post(
            io, [make, responder = std::move(responder)]() mutable { responder.answer(make()); });
    };
}

// The list is taken where the meters are, and shown where it holds up nobody.
HttpHandler connections(const asio::any_io_executor& io, HeadEnd& head_end,
                        const std::shared_ptr<AnswerMaker>& maker) {
    return [io, &head_end, maker](const HttpRequest&, Responder responder) {
        asio::post(io, [&head_end, maker, responder = std::move(responder)]() mutable {
            auto lines = connection_lines(head_end.meters());
            const std::size_t octets = lines.size() * sizeof(ConnectionLine);
            maker->answer(
                octets, [lines = std::move(lines)] { return connections_answer(lines); },
                std::move(responder));
        });
    };
}

std::size_t octets_of(const CallOutcome<client::Reading>& outcome) {
    return outcome ? outcome->value.encoded().size() : 0;
}

std::size_t octets_of(const CallOutcome<HeadEnd::Readings>& outcome) {
    std::size_t octets = 0;
    if (outcome) {
        for (const auto& reading : *outcome) {
            octets += octets_of(reading);
        }
    }
    return octets;
}

auto read(HeadEnd& head_end, const std::shared_ptr<AnswerMaker>& maker) {
    return [&head_end, maker](Pending<ReadRequest> pending) {
        auto presentation = head_end.presentation(pending.request.meter_number);
        ReadRequest asked = pending.request;
        head_end.read(std::move(pending.request), pending.limits,
                      [maker, asked = std::move(asked), presentation = std::move(presentation),
                       responder = std::move(pending.responder)](auto outcome) mutable {
                          const std::size_t octets = octets_of(outcome);
                          maker->answer(
                              octets,
                              [asked = std::move(asked), presentation = std::move(presentation),
                               outcome = std::move(outcome)] {
                                  return read_answer(asked, presentation, outcome);
                              },
                              std::move(responder));
                      });
    };
}

auto read_multiple(HeadEnd& head_end, const std::shared_ptr<AnswerMaker>& maker) {
    return [&head_end, maker](Pending<ReadMultipleRequest> pending) {
        auto presentation = head_end.presentation(pending.request.meter_number);
        ReadMultipleRequest asked = pending.request;
        head_end.read_multiple(
            std::move(pending.request), pending.limits,
            [maker, asked = std::move(asked), presentation = std::move(presentation),
             responder = std::move(pending.responder)](auto outcome) mutable {
                const std::size_t octets = octets_of(outcome);
                maker->answer(
                    octets,
                    [asked = std::move(asked), presentation = std::move(presentation),
                     outcome = std::move(outcome)] {
                        return read_multiple_answer(asked, presentation, outcome);
                    },
                    std::move(responder));
            });
    };
}

auto write(HeadEnd& head_end) {
    return [&head_end](Pending<WriteRequest> pending) {
        WriteRequest asked = pending.request;
        head_end.write(
            std::move(pending.request), pending.limits,
            [asked = std::move(asked), responder = std::move(pending.responder)](
                auto outcome) mutable { responder.answer(write_answer(asked, outcome)); });
    };
}

auto change_keys(HeadEnd& head_end) {
    return [&head_end](Pending<KeysRequest> pending) {
        const std::string meter_number = pending.request.meter_number;
        head_end.change_keys(
            std::move(pending.request), pending.limits,
            [meter_number, responder = std::move(pending.responder)](auto outcome) mutable {
                responder.answer(keys_answer(meter_number, outcome));
            });
    };
}

auto certificates(HeadEnd& head_end) {
    return [&head_end](Pending<CertificatesRequest> pending) {
        CertificatesRequest asked = pending.request;
        head_end.certificates(
            std::move(pending.request), pending.limits,
            [asked = std::move(asked), responder = std::move(pending.responder)](
                auto outcome) mutable { responder.answer(certificates_answer(asked, outcome)); });
    };
}

// What somebody knows of a meter's secrets is kept of any meter.
auto change_keys_of(HeadEnd& head_end) {
    const auto change = change_keys(head_end);
    return [change, of_known = with_meter(head_end, change, unknown_meter_answer)](
               Pending<KeysRequest> pending) {
        if (pending.request.operation == KeysOperation::keep) {
            change(std::move(pending));
        } else {
            of_known(std::move(pending));
        }
    };
}

HttpHandler show_keys(const asio::any_io_executor& io, HeadEnd& head_end) {
    return [io, &head_end](const HttpRequest& http, Responder responder) {
        asio::post(io,
                   [&head_end,
                    meter_number = std::string(http.path_parameter("meter_number").value_or("")),
                    responder = std::move(responder)]() mutable {
                       responder.answer(keys_answer(meter_number, head_end.keys(meter_number)));
                   });
    };
}

auto disconnect(HeadEnd& head_end) {
    return [&head_end](Pending<std::string> pending) {
        auto responder = std::make_shared<Responder>(std::move(pending.responder));
        head_end.disconnect(pending.request, pending.limits,
                            [meter_number = pending.request, responder](auto outcome) {
                                responder->answer(disconnect_answer(meter_number, outcome));
                            });
    };
}

}  // namespace

AuditCaller audit_caller(const HttpRequest& request) {
    return {request.key_id, request.remote_address, request.request_id};
}

std::expected<CallLimits, HttpAnswer> call_limits(const HttpRequest& request) {
    CallLimits limits{std::chrono::steady_clock::now(), std::nullopt, audit_caller(request)};
    const auto text = request.header("X-Request-Timeout");
    if (!text) {
        return limits;
    }
    double seconds = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), seconds);
    const bool is_whole = parsed.ec == std::errc{} && parsed.ptr == text->data() + text->size();
    if (!is_whole || !(seconds >= 0.1 && seconds <= 300)) {
        return std::unexpected(
            error_answer(400, "X-Request-Timeout is no number of seconds from 0.1 to 300"));
    }
    limits.request_timeout = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    return limits;
}

std::vector<HttpRoute> rest_routes(asio::any_io_executor io, HeadEnd& head_end,
                                   std::shared_ptr<AnswerMaker> maker) {
    return {
        {"GET", "/", simple(io, [&head_end] { return root_answer(head_end.connected()); })},
        {"GET", "/health", simple(io, [&head_end] { return health_answer(head_end.connected()); })},
        {"GET", "/connections", connections(io, head_end, maker)},
        {"POST", "/read",
         deferred(io, parse_read,
                  with_meter(head_end, read(head_end, maker), not_connected_answer))},
        {"POST", "/read-multiple",
         deferred(io, parse_read_multiple,
                  with_meter(head_end, read_multiple(head_end, maker), not_connected_answer))},
        {"POST", "/write",
         deferred(io, parse_write, with_meter(head_end, write(head_end), not_connected_answer))},
        {"POST", "/decode",
         [](const HttpRequest& http, Responder responder) {
             responder.answer(decode_answer(http));
         }},
        {"GET", "/meters/:meter_number/keys", show_keys(io, head_end)},
        {"POST", "/meters/:meter_number/keys", deferred(io, parse_keys, change_keys_of(head_end))},
        {"GET", "/meters/:meter_number/certificates",
         deferred(io, parse_certificate_list,
                  with_meter(head_end, certificates(head_end), unknown_meter_answer))},
        {"POST", "/meters/:meter_number/certificates",
         deferred(io, parse_certificates,
                  with_meter(head_end, certificates(head_end), unknown_meter_answer))},
        {"POST", "/disconnect", deferred(io, parse_disconnect, disconnect(head_end))},
    };
}

}  // namespace dlms::service
