#include "server/head_end.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include <asio/steady_timer.hpp>

#include "client/meter_profile.hpp"
#include "render/brand_hints.hpp"
#include "render/time_zone.hpp"
#include "server/attribute_write.hpp"
#include "server/json_certificates.hpp"
#include "server/meter_secrets.hpp"

namespace dlms::service {

namespace {

using namespace std::chrono_literals;
using client::AssociationInfo;
using client::Reading;

constexpr auto longest_exchange = 30'000ms;
constexpr auto margin = 3'000ms;
constexpr auto read_multiple_time = 55'000ms;
constexpr auto change_keys_time = 120'000ms;

Instant now() {
    return std::chrono::steady_clock::now();
}

// Of a call that is a few exchanges with a meter whose time-out is `timeout`.
Instant deadline_of(const CallLimits& limits, std::chrono::milliseconds timeout) {
    return limits.arrival +
           limits.request_timeout.value_or(std::min(timeout, longest_exchange) + margin);
}

asio::awaitable<CallOutcome<AssociationInfo>> connect_meter(MeterActor& actor, Instant deadline) {
    auto prepared = co_await actor.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    auto connected = co_await (*prepared)->connect(deadline);
    if (!connected) {
        co_return std::unexpected(call_failure(connected.error()));
    }
    co_return std::move(*connected);
}

CallFailure too_large(std::size_t octets, std::size_t most_octets) {
    return call_failure(error_row("unsupported"),
                        "the value is too large to show: it has " + std::to_string(octets) +
                            " octets, and " + std::to_string(most_octets) + " are allowed here",
                        Blame::unsupported);
}

// True for failures that the next item would meet too. Trying again would cost its time and could
// lock a meter that counts wrong passwords.
bool spoils_the_rest(const CallFailure& failure) {
    constexpr std::array<std::string_view, 7> lasting{
        "connect-refused",      "connect-timeout",       "host-unreachable",  "not-allowed-target",
        "association-rejected", "authentication-failed", "vendor-unavailable"};
    return std::ranges::find(lasting, failure.row->code) != lasting.end();
}

CallFailure no_such_code(const std::string& text) {
    return call_failure(error_row("object-undefined"),
                        "'" + text + "' is not an OBIS code such as 1-0:1.8.0.255", Blame::misuse);
}

// Reads the items of one call in lists. What the line failed at fails, and the items behind it are
// asked for again.
class ItemsReader {
public:
    ItemsReader(MeterActor& actor, const std::vector<ReadItem>& items, Instant deadline)
        : actor_(actor), items_(items), deadline_(deadline) {}

    asio::awaitable<CallOutcome<HeadEnd::Readings>> run() {
        while (readings_.size() < items_.size()) {
            const ReadItem& item = items_[readings_.size()];
            if (!item.attribute) {
                readings_.emplace_back(std::unexpected(no_such_code(item.obis_text)));
            } else if (lasting_) {
                readings_.emplace_back(std::unexpected(*lasting_));
            } else if (now() >= deadline_) {
                readings_.emplace_back(std::unexpected(
                    call_failure(error_row("timeout"), "the time for the whole call was used up",
                                 Blame::transport)));
            } else {
                co_await read_list(next_list());
            }
        }
        co_return std::move(readings_);
    }

private:
    // The answers of so many are in memory at once.
    static constexpr std::size_t most_in_list = 16;

    // A profile's buffer is long enough to fill answers of its own.
    static bool goes_alone(const cosem::AttributeDescriptor& attribute) {
        return attribute.class_id == 7 && attribute.attribute_id == 2;
    }

    std::vector<client::ReadRequest> next_list() const {
        std::vector<client::ReadRequest> list;
        for (std::size_t i = readings_.size(); i < items_.size() && items_[i].attribute; ++i) {
            const bool alone = goes_alone(*items_[i].attribute);
            if (!list.empty() && (alone || list.size() == most_in_list)) {
                break;
            }
            list.push_back({*items_[i].attribute, std::nullopt, axdr::Data()});
            if (alone) {
                break;
            }
        }
        return list;
    }

    asio::awaitable<void> read_list(std::vector<client::ReadRequest> list) {
        auto prepared = co_await actor_.prepare(deadline_);
        if (!prepared) {
            take_failure(std::move(prepared.error()));
            co_return;
        }
        auto readings = co_await actor_.registers().read_list(std::move(list), deadline_);
        if (!readings) {
            take_failure(call_failure(readings.error()));
            co_return;
        }
        bool after_silence = false;
        for (client::Outcome<Reading>& reading : *readings) {
            if (reading) {
                take(std::move(*reading));
                continue;
            }
            const client::Failure& failure = reading.error();
            if (after_silence && failure.code == client::FailureCode::connection_lost) {
                co_return;  // it was not asked, and is asked again
            }
            after_silence = failure.code == client::FailureCode::timeout;
            take_failure(call_failure(failure));
            if (!after_silence && !concerns_the_item(failure)) {
                co_return;
            }
        }
    }

    void take(Reading reading) {
        const std::size_t octets = reading.value.encoded().size();
        const std::size_t most = std::min(octets_left_, HeadEnd::most_octets_of_reading);
        if (octets > most) {
            readings_.emplace_back(std::unexpected(too_large(octets, most)));
            return;
        }
        octets_left_ -= octets;
        readings_.emplace_back(std::move(reading));
    }

    void take_failure(CallFailure failure) {
        if (spoils_the_rest(failure)) {
            lasting_ = failure;
        }
        readings_.emplace_back(std::unexpected(std::move(failure)));
    }

    MeterActor& actor_;
    const std::vector<ReadItem>& items_;
    Instant deadline_;
    HeadEnd::Readings readings_;
    std::optional<CallFailure> lasting_;
    std::size_t octets_left_ = HeadEnd::most_octets_of_call;
};

asio::awaitable<CallOutcome<HeadEnd::Readings>> read_items(MeterActor& actor,
                                                           const std::vector<ReadItem>& items,
                                                           Instant deadline) {
    ItemsReader reader(actor, items, deadline);
    auto readings = co_await reader.run();
    co_return readings;
}

template <class T>
std::string_view result_of(const CallOutcome<T>& outcome) {
    return outcome ? std::string_view("success") : outcome.error().row->code;
}

// `password_name`: where the records have the password; empty while the meter is not known.
CallOutcome<KeysReport> report_of(client::KeyRecords& records, const std::string& meter_number,
                                  const std::string& password_name) {
    KeysReport report{{}, records.outlives_process()};
    for (const std::string& name : {meter_number, password_name}) {
        const auto history = records.history(name);
        if (!history) {
            return std::unexpected(records_failure(history.error()));
        }
        report.records.insert(report.records.end(), history->begin(), history->end());
    }
    return report;
}

}  // namespace

HeadEnd::HeadEnd(asio::any_io_executor executor, Settings settings)
    : executor_(std::move(executor)),
      energy_unit_(settings.energy_unit),
      time_zone_(std::move(settings.time_zone)),
      keys_(settings.surroundings.keys),
      keys_changed_(std::move(settings.keys_changed)),
      certificates_changed_(std::move(settings.certificates_changed)),
      operation_done_(std::move(settings.operation_done)),
      calls_(settings.surroundings.calls),
      defaults_(settings.surroundings.defaults),
      audit_(std::move(settings.audit)),
      look_up_(std::move(settings.look_up)),
      pool_(executor_,
            std::make_shared<const MeterSurroundings>(std::move(settings.surroundings))) {}

template <class T>
Reply<T> HeadEnd::watched(std::string_view operation, const CallLimits& limits,
                          Reply<T> reply) const {
    if (!operation_done_) {
        return reply;
    }
    return [done = operation_done_, operation, arrival = limits.arrival,
            reply = std::move(reply)](CallOutcome<T> outcome) mutable {
        done(operation, result_of(outcome), now() - arrival);
        if constexpr (std::is_same_v<T, Readings>) {
            if (outcome) {
                for (const auto& item : *outcome) {
                    done("read-multiple-item", result_of(item), now() - arrival);
                }
            }
        }
        reply(std::move(outcome));
    };
}

void HeadEnd::connect(ConnectCall call, const CallLimits& limits, Reply<AssociationInfo> reply) {
    ConnectRequest& request = call.request;
    reply = watched<AssociationInfo>("connect", limits, std::move(reply));
    const auto actor = pool_.find_or_make(request.meter_number);
    if (!actor) {
        reply(std::unexpected(call_failure(
            error_row("throttled"), "the service knows as many meters as it can", Blame::misuse)));
        return;
    }
    const bool is_repeated = actor->is_known() && request.matches(actor->request());
    if (is_repeated && actor->is_current()) {
        reply(actor->association().value());
        return;
    }
    const ConnectRequest* const registered = call.registered ? &call.registered->request : nullptr;
    const auto may_use_kept =
        call.is_admin ? CallOutcome<bool>(true) : actor->may_use_kept(request, registered);
    if (!may_use_kept) {
        reply(std::unexpected(may_use_kept.error()));
        return;
    }
    if (!actor->is_known() && call.registered) {
        actor->know(std::move(call.registered->learnt));
    }
    actor->configure(std::move(request), *may_use_kept);
    look_for_calls(actor->meter_number());
    actor->submit(call_of<AssociationInfo>(
        accepted(deadline_of(limits, actor->timeout())), std::move(reply),
        [](MeterActor& meter, Instant deadline) { return connect_meter(meter, deadline); }));
}

void HeadEnd::with_meter(const std::string& meter_number,
                         std::move_only_function<void(bool)> then) {
    if (pool_.find(meter_number) || !look_up_) {
        then(pool_.find(meter_number) != nullptr);
        return;
    }
    look_up_(meter_number, [this, meter_number, then = std::move(then)](auto found) mutable {
        then(take_registered(meter_number, std::move(found)));
    });
}

bool HeadEnd::take_registered(const std::string& meter_number,
                              std::optional<RegisteredMeter> found) {
    // A /connect may have come meanwhile: it goes before the registry.
    if (pool_.find(meter_number)) {
        return true;
    }
    const auto actor = found ? pool_.find_or_make(meter_number) : nullptr;
    if (!actor) {
        return false;
    }
    actor->know(std::move(found->learnt));
    actor->configure(std::move(found->request), true);
    return true;
}

void HeadEnd::reload(const std::string& meter_number, std::move_only_function<void()> then) {
    if (!pool_.find(meter_number) || !look_up_) {
        look_for_calls(meter_number);
        then();
        return;
    }
    look_up_(meter_number, [this, meter_number,
                            then = std::move(then)](std::optional<RegisteredMeter> found) mutable {
        if (const auto actor = pool_.find(meter_number); actor && found) {
            actor->know(std::move(found->learnt));
            actor->configure(std::move(found->request), true);
            actor->take_new_secrets();
        }
        look_for_calls(meter_number);
        then();
    });
}

void HeadEnd::remove(const std::string& meter_number) {
    pool_.close(meter_number, [calls = calls_, meter_number] {
        if (calls) {
            calls->look_again(meter_number);
        }
    });
}

void HeadEnd::release(const std::string& meter_number) {
    if (const auto actor = pool_.find(meter_number)) {
        actor->release_when_done([] {});
    }
}

void HeadEnd::find_connection_type(const std::string& meter_number,
                                   std::function<void(std::optional<ConnectionType>)> found) const {
    if (const auto actor = pool_.find(meter_number)) {
        found(actor->request().connection_type);
    } else if (look_up_) {
        look_up_(meter_number, [found = std::move(found)](std::optional<RegisteredMeter> meter) {
            found(meter ? std::optional(meter->request.connection_type) : std::nullopt);
        });
    } else {
        found(std::nullopt);
    }
}

void HeadEnd::find_push_meter(const std::string& meter_number,
                              std::move_only_function<void(std::optional<PushMeter>)> found) const {
    if (const auto actor = pool_.find(meter_number)) {
        found(push_meter(actor->request(), actor->may_use_kept()));
    } else if (look_up_) {
        look_up_(meter_number,
                 [this, found = std::move(found)](std::optional<RegisteredMeter> meter) mutable {
                     found(meter ? push_meter(meter->request, true) : std::nullopt);
                 });
    } else {
        found(std::nullopt);
    }
}

std::optional<PushMeter> HeadEnd::push_meter(const ConnectRequest& request,
                                             bool may_use_kept) const {
    auto complete = may_use_kept ? with_kept_secrets(request, client_of(request, defaults_), *keys_)
                                 : Result<ConnectRequest>(request.clone());
    const auto parameters = complete ? meter_parameters(*complete, defaults_)
                                     : std::unexpected(records_failure(complete.error()));
    if (!parameters) {
        return std::nullopt;
    }
    return PushMeter{parameters->security.clone(), presentation_of(request).shown};
}

void HeadEnd::look_for_calls(const std::string& meter_number) {
    if (calls_) {
        calls_->look_again(meter_number);
    }
}

Instant HeadEnd::short_deadline(const std::string& meter_number, const CallLimits& limits) const {
    const auto actor = pool_.find(meter_number);
    return deadline_of(limits, actor ? actor->timeout() : longest_exchange);
}

Instant HeadEnd::long_deadline(const CallLimits& limits, std::chrono::milliseconds most) {
    return limits.arrival + limits.request_timeout.value_or(most);
}

void HeadEnd::read(ReadRequest request, const CallLimits& limits, Reply<Reading> reply) {
    reply = watched<Reading>("read", limits, std::move(reply));
    const auto actor = pool_.find(request.meter_number);
    auto shared = std::make_shared<Reply<Reading>>(std::move(reply));
    actor->submit(MeterActor::ReadCall{
        accepted(deadline_of(limits, actor->timeout())), request.attribute,
        [shared](CallOutcome<Reading> reading) {
            const std::size_t octets = reading ? reading->value.encoded().size() : 0;
            if (octets > most_octets_of_reading) {
                reading = std::unexpected(too_large(octets, most_octets_of_reading));
            }
            (*shared)(std::move(reading));
        }});
}

void HeadEnd::read_multiple(ReadMultipleRequest request, const CallLimits& limits,
                            Reply<Readings> reply) {
    reply = watched<Readings>("read-multiple", limits, std::move(reply));
    const auto actor = pool_.find(request.meter_number);
    actor->submit(call_of<Readings>(
        accepted(limits.arrival + limits.request_timeout.value_or(read_multiple_time)),
        std::move(reply), [items = std::move(request.items)](MeterActor& meter, Instant deadline) {
            return read_items(meter, items, deadline);
        }));
}

void HeadEnd::write(WriteRequest request, const CallLimits& limits, Reply<void> reply) {
    reply = watched<void>("write", limits, std::move(reply));
    const auto actor = pool_.find(request.meter_number);
    const MeterPresentation shown = presentation_of(actor->request());
    render::WriteOptions options{shown.shown.energy_unit, shown.shown.octet_hint,
                                 shown.local_from_utc};
    AuditIntent intent = write_intent(request, limits.caller);
    const auto order = std::make_shared<const WriteOrder>(
        WriteOrder{std::move(request), std::move(options), audit_->keeps()});
    actor->submit(call_of<void>(
        accepted(deadline_of(limits, actor->timeout())), std::move(reply),
        [order, audit = audit_, intent = std::move(intent)](MeterActor& meter, Instant deadline) {
            return audited<void>(audit, intent, [order, &meter, deadline](AuditNotes& notes) {
                return write_attributes(meter, order, notes, deadline);
            });
        }));
}

namespace {

// Which secrets, and what is done to them; no value of any.
AuditIntent keys_intent(const KeysRequest& request, const CallLimits& limits) {
    constexpr std::array<const char*, 4> operations{"rotate", "transfer", "keep", "agree"};
    constexpr std::array<const char*, 5> kinds{"encryption_key", "authentication_key",
                                               "broadcast_key", "master_key", "password"};
    std::string target;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        const auto secret = static_cast<client::SecretKind>(kind);
        if (std::ranges::find(request.kinds, secret) != request.kinds.end() ||
            request.change.fresh.find(secret) != nullptr) {
            target += (target.empty() ? "" : " ") + std::string(kinds.at(kind));
        }
    }
    return {limits.caller, request.meter_number,
            std::string("keys ") + operations.at(static_cast<std::size_t>(request.operation)),
            std::move(target), "(secret)"};
}

}  // namespace

void HeadEnd::change_keys(KeysRequest request, const CallLimits& limits, Reply<KeysReport> reply) {
    reply = watched<KeysReport>("keys", limits, std::move(reply));
    if (request.operation == KeysOperation::keep) {
        keep_keys(std::move(request), limits, std::move(reply));
        return;
    }
    const bool is_ours =
        request.operation == KeysOperation::rotate || request.operation == KeysOperation::agree;
    if (is_ours && !keys_->outlives_process()) {
        reply(std::unexpected(
            call_failure(error_row("unsupported"),
                         "keys that the service draws or agrees on are known to nobody else and "
                         "must outlive it: set "
                         "DATA_DIR and KEY_ENCRYPTION_KEY, or transfer keys of your own",
                         Blame::misuse)));
        return;
    }
    const auto actor = pool_.find(request.meter_number);
    actor->submit(call_of<KeysReport>(
        accepted(limits.arrival + limits.request_timeout.value_or(change_keys_time)),
        std::move(reply),
        [records = keys_, told = keys_changed_, audit = audit_,
         intent = keys_intent(request, limits),
         request = std::make_shared<const KeysRequest>(std::move(request))](
            MeterActor& meter, Instant deadline) -> asio::awaitable<CallOutcome<KeysReport>> {
            // Named: g++ 12 destroys a closure twice that is made within co_await.
            const auto work = [&](AuditNotes&) { return meter.change_secrets(*request, deadline); };
            CallOutcome<void> changed = co_await audited<void>(audit, intent, work);
            if (told) {
                told(*request, changed);
            }
            if (!changed) {
                co_return std::unexpected(std::move(changed.error()));
            }
            co_return report_of(*records, request->meter_number, meter.password_name());
        }));
}

namespace {

CallOutcome<CertificatesReport> report(client::Outcome<ByteBuffer> told) {
    if (!told) {
        return std::unexpected(call_failure(told.error()));
    }
    return CertificatesReport{{}, std::move(*told)};
}

CallOutcome<CertificatesReport> report(const client::Outcome<void>& done) {
    if (!done) {
        return std::unexpected(call_failure(done.error()));
    }
    return CertificatesReport{};
}

asio::awaitable<CallOutcome<CertificatesReport>> serve_certificates(
    MeterActor& meter, const CertificatesRequest& request, Instant deadline) {
    auto prepared = co_await meter.prepare(deadline);
    if (!prepared) {
        co_return std::unexpected(std::move(prepared.error()));
    }
    client::SecuritySetup setup(**prepared, request.security_setup);
    client::Outcome<void> done;
    client::Outcome<ByteBuffer> told;
    switch (request.operation) {
        case CertificatesOperation::generate_key_pair:
            done = co_await setup.generate_key_pair(request.use, deadline);
            co_return report(done);
        case CertificatesOperation::import:
            done = co_await setup.import_certificate(request.certificate, deadline);
            co_return report(done);
        case CertificatesOperation::remove:
            done = co_await setup.remove_certificate(request.which, deadline);
            co_return report(done);
        case CertificatesOperation::request:
            told = co_await setup.certificate_request(request.use, deadline);
            co_return report(std::move(told));
        case CertificatesOperation::export_:
            told = co_await setup.export_certificate(request.which, deadline);
            co_return report(std::move(told));
        case CertificatesOperation::list: break;
    }
    auto list = co_await setup.certificates(deadline);
    if (!list) {
        co_return std::unexpected(call_failure(list.error()));
    }
    CertificatesReport listed;
    listed.list = std::move(*list);
    co_return listed;
}

bool changes_something(CertificatesOperation operation) {
    return operation == CertificatesOperation::generate_key_pair ||
           operation == CertificatesOperation::import || operation == CertificatesOperation::remove;
}

}  // namespace

void HeadEnd::certificates(CertificatesRequest request, const CallLimits& limits,
                           Reply<CertificatesReport> reply) {
    const auto actor = pool_.find(request.meter_number);
    AuditIntent intent{limits.caller,
                       request.meter_number,
                       "certificates " + std::string(operation_name(request.operation)),
                       request.security_setup.text(),
                       {}};
    actor->submit(call_of<CertificatesReport>(
        accepted(deadline_of(limits, actor->timeout())),
        watched<CertificatesReport>("certificates", limits, std::move(reply)),
        [told = certificates_changed_, audit = audit_, intent = std::move(intent),
         request = std::make_shared<const CertificatesRequest>(std::move(request))](
            MeterActor& meter,
            Instant deadline) -> asio::awaitable<CallOutcome<CertificatesReport>> {
            if (!changes_something(request->operation)) {
                co_return co_await serve_certificates(meter, *request, deadline);
            }
            const auto work = [&](AuditNotes&) {
                return serve_certificates(meter, *request, deadline);
            };
            auto outcome = co_await audited<CertificatesReport>(audit, intent, work);
            if (told) {
                told(*request, outcome ? CallOutcome<void>() : std::unexpected(outcome.error()));
            }
            co_return outcome;
        }));
}

void HeadEnd::keep_keys(KeysRequest request, const CallLimits& limits, Reply<KeysReport> reply) {
    AuditIntent intent = keys_intent(request, limits);
    auto kept = [this, intent](KeysRequest asked, Reply<KeysReport> answer,
                               const Result<std::int64_t>& begun) mutable {
        const Status done = begun ? keys_->keep(asked.meter_number, asked.change.fresh)
                                  : Status(std::unexpected(begun.error()));
        const CallOutcome<void> outcome =
            done ? CallOutcome<void>() : std::unexpected(records_failure(done.error()));
        if (keys_changed_) {
            keys_changed_(asked, outcome);
        }
        if (const auto actor = pool_.find(asked.meter_number)) {
            actor->take_new_secrets();
        }
        audit_->end(std::move(intent), begun.value_or(0), {},
                    outcome ? "success" : outcome.error().row->code,
                    [this, outcome, number = asked.meter_number,
                     answer = std::move(answer)](const Result<std::int64_t>&) mutable {
                        answer(outcome ? keys(number) : std::unexpected(outcome.error()));
                    });
    };
    audit_->begin(intent, [kept, asked = std::move(request),
                           answer = std::move(reply)](const Result<std::int64_t>& begun) mutable {
        kept(std::move(asked), std::move(answer), begun);
    });
}

CallOutcome<KeysReport> HeadEnd::keys(const std::string& meter_number) const {
    const auto actor = pool_.find(meter_number);
    return report_of(*keys_, meter_number, actor ? actor->password_name() : std::string());
}

void HeadEnd::disconnect(const std::string& meter_number, const CallLimits& limits,
                         std::function<void(Disconnected)> done) {
    struct Waiting {
        asio::steady_timer timer;
        std::function<void(Disconnected)> done;

        void finish(Disconnected outcome) {
            timer.cancel();
            if (const auto answer = std::exchange(done, nullptr)) {
                answer(outcome);
            }
        }
    };
    const auto actor = pool_.find(meter_number);
    const Instant deadline =
        accepted(deadline_of(limits, actor ? actor->timeout() : longest_exchange));
    const auto waiting = std::make_shared<Waiting>(asio::steady_timer(executor_), std::move(done));
    pool_.close(meter_number, [waiting, calls = calls_, meter_number] {
        // Its call is nobody's, unless the registry has it.
        if (calls) {
            calls->look_again(meter_number);
        }
        waiting->finish(Disconnected::released);
    });
    if (waiting->done) {
        waiting->timer.expires_at(deadline);
        waiting->timer.async_wait([waiting](const asio::error_code& error) {
            if (!error) {
                waiting->finish(Disconnected::release_pending);
            }
        });
    }
}

Instant HeadEnd::accepted(Instant deadline) {
    latest_deadline_ = std::max(latest_deadline_, deadline);
    return deadline;
}

MeterPresentation HeadEnd::presentation(const std::string& meter_number) const {
    const auto actor = pool_.find(meter_number);
    return actor ? presentation_of(actor->request()) : presentation_of(ConnectRequest{});
}

std::string_view HeadEnd::brand(const std::string& meter_number) const {
    const auto actor = pool_.find(meter_number);
    return client::profile_of_brand(actor ? actor->request().brand : "").name;
}

MeterPresentation HeadEnd::presentation_of(const ConnectRequest& request) const {
    const std::string zone = request.time_zone.value_or(time_zone_);
    return {{energy_unit_, zone,
             render::octet_hint_of_profile(client::profile_of_brand(request.brand).name)},
            render::local_time_of(zone).value_or(nullptr)};
}

}  // namespace dlms::service
