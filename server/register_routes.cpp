#include <utility>

#include <asio/post.hpp>

#include "server/json_answers.hpp"
#include "server/json_meters.hpp"
#include "server/meter_routes.hpp"
#include "server/rest_api.hpp"

namespace dlms::service {

namespace {

// What the routes of the registry share.
struct Desk {
    asio::any_io_executor io;
    HeadEnd& head_end;
    MeterRegister& meters;

    [[nodiscard]] RegisterState state() const {
        return {meters.outlives_process(), meters.keeps_secrets(), meters.size()};
    }
    // The parameters of a meter that is in use have changed.
    void reload(const std::string& meter_number, std::move_only_function<void()> then) const {
        asio::post(io, [&head = head_end, meter_number, then = std::move(then)]() mutable {
            head.reload(meter_number, std::move(then));
        });
    }
};

std::string path_number(const HttpRequest& http) {
    return std::string(http.path_parameter("meter_number").value_or(""));
}

// Shows the meter that has just been stored.
HttpAnswer stored_answer(const Desk& desk, const std::string& meter_number, bool is_new) {
    const auto meter = desk.meters.find(meter_number);
    if (!meter || !*meter) {
        return meter ? unregistered_answer(meter_number) : refusal_answer(meter.error());
    }
    HttpAnswer answer = meter_answer(is_new ? 201 : 200, **meter, desk.state());
    return answer;
}

// POST makes a meter, PUT makes or changes one.
HttpHandler put_meter(const Desk& desk, bool may_replace) {
    return [desk, may_replace](const HttpRequest& http, Responder responder) {
        auto entry = parse_meter(http);
        if (!entry) {
            responder.answer(std::move(entry.error()));
            return;
        }
        desk.meters.post([desk, may_replace, entry = std::move(*entry),
                          responder = std::move(responder)]() mutable {
            const std::string number = entry.request.meter_number;
            const auto added = desk.meters.add(entry, may_replace);
            if (!added) {
                responder.answer(refusal_answer(added.error()));
                return;
            }
            if (*added == MeterRegister::Added::is_there) {
                responder.answer(meter_exists_answer(number));
                return;
            }
            // Answered when the change counts: the caller's next call may follow at once.
            desk.reload(number, [answer = stored_answer(desk, number,
                                                        *added == MeterRegister::Added::is_new),
                                 responder = std::move(responder)]() mutable {
                responder.answer(std::move(answer));
            });
        });
    };
}

HttpHandler get_meter(const Desk& desk) {
    return [desk](const HttpRequest& http, Responder responder) {
        desk.meters.post(
            [desk, number = path_number(http), responder = std::move(responder)]() mutable {
                responder.answer(stored_answer(desk, number, false));
            });
    };
}

HttpHandler delete_meter(const Desk& desk) {
    return [desk](const HttpRequest& http, Responder responder) {
        desk.meters.post(
            [desk, number = path_number(http), responder = std::move(responder)]() mutable {
                const auto removed = desk.meters.remove(number);
                if (!removed) {
                    responder.answer(refusal_answer(removed.error()));
                } else if (!*removed) {
                    responder.answer(unregistered_answer(number));
                } else {
                    asio::post(desk.io, [&head = desk.head_end, number] { head.remove(number); });
                    responder.answer(removed_answer(number));
                }
            });
    };
}

HttpHandler list_meters(const Desk& desk) {
    return [desk](const HttpRequest& http, Responder responder) {
        auto page = parse_page(http);
        if (!page) {
            responder.answer(std::move(page.error()));
            return;
        }
        desk.meters.post(
            [desk, page = std::move(*page), responder = std::move(responder)]() mutable {
                const auto meters = desk.meters.list(page.after, page.most);
                responder.answer(meters ? meters_answer(*meters, page, desk.state())
                                        : refusal_answer(meters.error()));
            });
    };
}

HttpHandler export_meters(const Desk& desk) {
    return [desk](const HttpRequest& http, Responder responder) {
        auto as_csv = asks_for_csv(http);
        if (!as_csv) {
            responder.answer(std::move(as_csv.error()));
            return;
        }
        desk.meters.post([desk, as_csv = *as_csv, responder = std::move(responder)]() mutable {
            constexpr std::size_t at_once = 500;
            MeterExport text(as_csv);
            for (std::string after;;) {
                const auto meters = desk.meters.list(after, at_once);
                if (!meters) {
                    responder.answer(refusal_answer(meters.error()));
                    return;
                }
                for (const StoredMeter& meter : *meters) {
                    text.add(meter);
                }
                if (meters->size() < at_once) {
                    break;
                }
                after = meters->back().record.number;
            }
            responder.answer(text.answer());
        });
    };
}

HttpHandler import_meters(const Desk& desk) {
    return [desk](const HttpRequest& http, Responder responder) {
        auto rows = parse_import(http);
        if (!rows) {
            responder.answer(std::move(rows.error()));
            return;
        }
        desk.meters.post(
            [desk, rows = std::move(*rows), responder = std::move(responder)]() mutable {
                ImportOutcome outcome;
                for (std::size_t index = 0; index < rows.size(); ++index) {
                    const auto& entry = rows[index].entry;
                    if (!entry) {
                        outcome.failed.emplace_back(index + 1, entry.error());
                        continue;
                    }
                    const auto added = desk.meters.add(*entry, true);
                    if (!added) {
                        outcome.failed.emplace_back(
                            index + 1, row_fault("the meter could not be stored", "store_error"));
                        continue;
                    }
                    ++(*added == MeterRegister::Added::is_new ? outcome.created : outcome.updated);
                    desk.reload(entry->request.meter_number, [] {});
                }
                responder.answer(import_answer(rows, outcome));
            });
    };
}

// The meter's registered parameters complete what the caller says.
HttpHandler connect(const Desk& desk) {
    const auto go_on = [desk](Parsed<ConnectRequest> request, ConnectCall call,
                              const CallLimits& limits, Responder responder) {
        if (!request) {
            responder.answer(std::move(request.error()));
            return;
        }
        call.request = std::move(*request);
        asio::post(desk.io, [&head_end = desk.head_end, call = std::move(call), limits,
                             responder = std::move(responder)]() mutable {
            const std::string number = call.request.meter_number;
            head_end.connect(std::move(call), limits,
                             [number, responder = std::move(responder)](auto outcome) mutable {
                                 responder.answer(connect_answer(number, outcome));
                             });
        });
    };
    return [desk, go_on](const HttpRequest& http, Responder responder) {
        const auto limits = call_limits(http);
        if (!limits) {
            responder.answer(limits.error());
            return;
        }
        ConnectCall call;
        call.is_admin = http.scopes.allows(Scope::admin);
        const std::string number = desk.meters.is_empty() ? std::string() : meter_number_of(http);
        if (number.empty()) {
            go_on(parse_connect(http), std::move(call), *limits, std::move(responder));
            return;
        }
        desk.meters.post([desk, go_on, number, http, limits = *limits, call = std::move(call),
                          responder = std::move(responder)]() mutable {
            const auto meter = desk.meters.find(number);
            if (!meter) {
                responder.answer(refusal_answer(meter.error()));
            } else if (!*meter) {
                go_on(parse_connect(http), std::move(call), limits, std::move(responder));
            } else {
                const store::MeterRecord& record = (*meter)->record;
                if (auto registered = request_of_record(record)) {
                    call.registered.emplace(std::move(*registered), learnt_of(record.learnt));
                }
                go_on(parse_connect(http, record), std::move(call), limits, std::move(responder));
            }
        });
    };
}

}  // namespace

std::vector<HttpRoute> register_routes(const asio::any_io_executor& io, HeadEnd& head_end,
                                       MeterRegister& meters) {
    const Desk desk{io, head_end, meters};
    return {
        {"POST", "/connect", connect(desk)},
        {"GET", "/meters", list_meters(desk)},
        {"POST", "/meters", put_meter(desk, false)},
        {"POST", "/meters/import", import_meters(desk)},
        {"GET", "/meters/export", export_meters(desk)},
        {"GET", "/meters/:meter_number", get_meter(desk)},
        {"PUT", "/meters/:meter_number", put_meter(desk, true)},
        {"DELETE", "/meters/:meter_number", delete_meter(desk)},
    };
}

}  // namespace dlms::service
