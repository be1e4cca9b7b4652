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

// What a change of the registry came to.
struct Change {
    HttpAnswer answer;
    std::string_view result = "success";  // or an error code, for the audit log
    AuditNotes notes;
};

Change failed(const CallFailure& failure) {
    return {refusal_answer(failure), failure.row->code, {}};
}

// Changes the registry between the entries of the intent and of the outcome in the audit log.
// `work` is called on the registry's thread, and what it is given may be called on any.
using Finish = std::move_only_function<void(Change)>;
void change_registry(const Desk& desk, AuditIntent intent, Responder responder,
                     std::move_only_function<void(Finish)> work) {
    auto end = [desk, responder = std::move(responder)](AuditIntent of, std::int64_t begun,
                                                        Change change) mutable {
        asio::post(
            desk.io, [audit = desk.head_end.audit(), of = std::move(of), begun,
                      change = std::move(change), responder = std::move(responder)]() mutable {
                audit->end(std::move(of), begun, std::move(change.notes), change.result,
                           [answer = std::move(change.answer),
                            responder = std::move(responder)](const Result<std::int64_t>&) mutable {
                               responder.answer(std::move(answer));
                           });
            });
    };
    asio::post(desk.io, [desk, intent = std::move(intent), work = std::move(work),
                         end = std::move(end)]() mutable {
        const AuditIntent what = intent;
        auto begun = [desk, intent = std::move(intent), work = std::move(work),
                      end = std::move(end)](Result<std::int64_t> number) mutable {
            if (!number) {
                end(std::move(intent), 0,
                    failed(call_failure(error_row("other-reason"),
                                        "the audit log could not be written, so nothing was done",
                                        Blame::internal)));
                return;
            }
            desk.meters.post([intent = std::move(intent), work = std::move(work),
                              end = std::move(end), number = *number]() mutable {
                work([intent = std::move(intent), end = std::move(end),
                      number](Change change) mutable {
                    end(std::move(intent), number, std::move(change));
                });
            });
        };
        desk.head_end.audit()->begin(what, std::move(begun));
    });
}

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

// A meter as the audit log has it, which is as it is shown: without secrets.
std::string shown(const Desk& desk, const std::string& meter_number) {
    const auto meter = desk.meters.find(meter_number);
    return meter && *meter ? meter_answer(200, **meter, desk.state()).body : std::string();
}

// POST makes a meter, PUT makes or changes one.
HttpHandler put_meter(const Desk& desk, bool may_replace) {
    return [desk, may_replace](const HttpRequest& http, Responder responder) {
        auto entry = parse_meter(http);
        if (!entry) {
            responder.answer(std::move(entry.error()));
            return;
        }
        AuditIntent intent{audit_caller(http), entry->request.meter_number, "register", "", ""};
        change_registry(
            desk, std::move(intent), std::move(responder),
            [desk, may_replace, entry = std::move(*entry)](Finish finish) mutable {
                const std::string number = entry.request.meter_number;
                const std::string before = shown(desk, number);
                const auto added = desk.meters.add(entry, may_replace);
                if (!added) {
                    finish(failed(added.error()));
                    return;
                }
                if (*added == MeterRegister::Added::is_there) {
                    finish({meter_exists_answer(number), "meter-exists", {}});
                    return;
                }
                Change change{stored_answer(desk, number, *added == MeterRegister::Added::is_new),
                              "success",
                              {}};
                change.notes = {before, change.answer.body};
                // Answered when the change counts: the caller's next call may follow at once.
                desk.reload(number,
                            [change = std::move(change), finish = std::move(finish)]() mutable {
                                finish(std::move(change));
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
        const std::string number = path_number(http);
        change_registry(
            desk, {audit_caller(http), number, "unregister", "", ""}, std::move(responder),
            [desk, number](Finish finish) mutable {
                std::string before = shown(desk, number);
                const auto removed = desk.meters.remove(number);
                if (!removed) {
                    finish(failed(removed.error()));
                } else if (!*removed) {
                    finish({unregistered_answer(number), "meter-not-registered", {}});
                } else {
                    asio::post(desk.io, [&head = desk.head_end, number] { head.remove(number); });
                    finish({removed_answer(number), "success", {std::move(before), ""}});
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
        AuditIntent intent{audit_caller(http), "", "import",
                           std::to_string(rows->size()) + " meters", ""};
        change_registry(
            desk, std::move(intent), std::move(responder),
            [desk, rows = std::move(*rows)](Finish finish) mutable {
                ImportOutcome outcome;
                std::string done;
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
                    const bool is_new = *added == MeterRegister::Added::is_new;
                    ++(is_new ? outcome.created : outcome.updated);
                    done += (done.empty() ? "" : " ") + std::string(is_new ? "+" : "=") +
                            entry->request.meter_number;
                    desk.reload(entry->request.meter_number, [] {});
                }
                finish({import_answer(rows, outcome),
                        outcome.failed.empty() ? "success" : "some-rows-failed",
                        {"", std::move(done)}});
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
