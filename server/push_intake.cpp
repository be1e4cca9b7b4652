#include "server/push_intake.hpp"

#include <utility>

#include <asio/post.hpp>

#include "client/pushed_apdu.hpp"
#include "server/json_notifications.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/digest.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"
#include "stack/xdlms/read_write.hpp"

namespace dlms::service {

namespace {

using namespace std::chrono_literals;

// What is the same in plain, with the same invoke-id and time, is a repetition within this time; a
// meter that numbers nothing may send the same again later.
constexpr std::chrono::milliseconds same_in_plain_within = 10min;
// An invocation counter is never used again.
constexpr std::chrono::milliseconds same_when_ciphered_within = 24h * 3650;
// The oldest are looked for that often.
constexpr std::uint64_t look_every = 1000;

std::string identity_of(const PushOrigin& origin, ByteView apdu) {
    const std::string& who = !origin.meter_number.empty()    ? origin.meter_number
                             : !origin.serial_number.empty() ? origin.serial_number
                                                             : origin.address;
    const auto digest = security::digest(security::DigestAlgorithm::sha256, {as_bytes(who), apdu});
    return digest ? to_hex(*digest) : who + to_hex(apdu);
}

// Why a push is not kept.
std::atomic<std::uint64_t> PushCounters::* cause_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::counter_too_low: return &PushCounters::replayed;
        case ErrorCode::tag_mismatch:
        case ErrorCode::signature_mismatch: return &PushCounters::forged;
        case ErrorCode::counter_not_reserved:
        case ErrorCode::store_failed: return &PushCounters::failed;
        default: return &PushCounters::refused;
    }
}

}  // namespace

// A push on its way.
struct PushIntake::Work {
    Push push;
    ReadPush read;
    store::NotificationRecord record;
    std::optional<client::PushOpener> opener;
    std::optional<security::Opened> opened;
    // Of a DataNotification that wants to be confirmed.
    std::optional<xdlms::LongInvokeIdAndPriority> confirm_id;
    bool is_dropped = false;
    bool is_known = false;  // it is kept already
};

PushIntake::PushIntake(asio::any_io_executor io, Settings settings)
    : io_(std::move(io)), settings_(std::move(settings)), thread_([this] { run(); }) {}

PushIntake::~PushIntake() {
    alive_.reset();
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
}

void PushIntake::take(PushOrigin origin, ByteBuffer apdu, std::optional<PushMeter> meter,
                      Confirm confirm) {
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.size() >= settings_.most_waiting ||
            octets_waiting_ + apdu.size() > settings_.most_octets_waiting) {
            // Without a confirmation the meter sends it again.
            ++counters_.overflowed;
            return;
        }
        octets_waiting_ += apdu.size();
        waiting_.push_back({std::move(origin), std::move(apdu), std::move(meter),
                            std::move(confirm), std::chrono::system_clock::now()});
    }
    wake_.notify_one();
}

void PushIntake::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        std::vector<Push> pushes = std::exchange(waiting_, {});
        octets_waiting_ = 0;
        lock.unlock();
        try {
            handle(std::move(pushes));
        } catch (const std::exception&) {
            // Lack of memory: nothing of these is confirmed, so they come again.
            ++counters_.failed;
        }
        lock.lock();
    }
}

// False where nothing is to be kept of it.
bool PushIntake::open(Work& work) {
    const ByteView apdu = work.push.apdu;
    if (!client::is_protected(apdu)) {
        work.read.apdu = to_buffer(apdu);
        work.read.protection = client::name(client::PushTrust::plain);
        return true;
    }
    if (const auto title = client::sender_of(apdu)) {
        work.read.system_title = title->hex();
    }
    work.record.same_within = same_when_ciphered_within;
    auto opener = work.push.meter ? client::PushOpener::create(apdu, work.push.meter->security,
                                                               *settings_.counters, random_)
                                  : Result<client::PushOpener>(std::unexpected(
                                        Error{ErrorCode::key_missing, Layer::client, 0}));
    auto opened = opener ? opener->open(work.is_known) : std::unexpected(opener.error());
    if (!opened && opened.error().code == ErrorCode::key_missing) {
        work.read.problem = work.push.origin.meter_number.empty()
                                ? "it is not known which meter's keys would open it"
                                : "no key of the meter is known that would open it";
        if (const auto content = client::content_in_the_clear(apdu)) {
            work.read.apdu = to_buffer(*content);
            work.read.protection = client::name(client::PushTrust::unverified);
            return true;
        }
        ++counters_.undeciphered;
        work.read.protection = "undeciphered";
        return true;
    }
    if (!opened) {
        ++(counters_.*cause_of(opened.error()));
        return false;
    }
    work.opened = *opened;
    work.opener.emplace(std::move(*opener));
    work.read.apdu = to_buffer(opened->apdu);
    work.read.protection = client::name(client::trust_of(*opened));
    if (opened->counter) {
        work.read.invocation_counter = opened->counter->value();
    }
    if (opened->originator) {
        work.read.system_title = opened->originator->hex();
    }
    return true;
}

void PushIntake::read(Work& work) {
    ReadPush& read = work.read;
    read.service = "unknown";
    if (read.apdu.empty()) {
        return;
    }
    const ByteView apdu = read.apdu;
    std::optional<Error> error;
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::data_notification: {
            const auto notification =
                xdlms::decode_data_notification(apdu, {.tagged_date_time = true});
            if (!notification) {
                error = notification.error();
                break;
            }
            read.service = "data-notification";
            if (notification->long_invoke_id_and_priority.is_confirmed()) {
                work.confirm_id = notification->long_invoke_id_and_priority;
            }
            break;
        }
        case xdlms::ApduTag::event_notification_request: {
            const auto notification = xdlms::decode_event_notification(apdu);
            error = notification ? std::nullopt : std::optional(notification.error());
            read.service = notification ? "event-notification" : read.service;
            break;
        }
        case xdlms::ApduTag::information_report_request: {
            const auto report = xdlms::decode_information_report(apdu);
            error = report ? std::nullopt : std::optional(report.error());
            read.service = report ? "information-report" : read.service;
            break;
        }
        default:
            ++counters_.others;
            work.is_dropped = true;
            return;
    }
    if (error) {
        ++counters_.malformed;
        read.problem = std::string(name(error->layer)) + ": " + std::string(name(error->code)) +
                       " at octet " + std::to_string(error->offset);
    }
}

void PushIntake::handle(std::vector<Push> pushes) {
    std::vector<Work> works;
    works.reserve(pushes.size());
    for (Push& push : pushes) {
        Work& work = works.emplace_back();
        work.push = std::move(push);
        store::NotificationRecord& record = work.record;
        record.received = work.push.received;
        record.meter = work.push.origin.meter_number;
        record.identity = identity_of(work.push.origin, work.push.apdu);
        record.same_within =
            client::is_protected(work.push.apdu) ? same_when_ciphered_within : same_in_plain_within;
        // What is kept already would be refused for its counter; its confirmation was lost.
        const auto known = settings_.log->has(record);
        work.is_known = known && *known;
        if (!open(work)) {
            work.is_dropped = true;
            continue;
        }
        read(work);
    }
    std::vector<store::NotificationRecord> records;
    for (Work& work : works) {
        if (work.is_dropped) {
            continue;
        }
        work.record.service = work.read.service;
        work.record.octets = work.push.apdu;
        work.record.document =
            notification_document(work.push.origin, work.read, work.push.apdu,
                                  work.push.meter ? work.push.meter->shown : settings_.shown);
        records.push_back(work.record);
    }
    const auto ids = settings_.log->append(records);
    if (!ids) {
        counters_.failed += records.size();
        return;
    }
    struct Confirmation {
        ByteBuffer apdu;
        Confirm send;
    };
    auto confirmations = std::make_shared<std::vector<Confirmation>>();
    std::size_t index = 0;
    bool is_more = false;
    for (Work& work : works) {
        if (work.is_dropped) {
            continue;
        }
        const bool is_new = (*ids)[index++] != 0;
        ++(is_new ? counters_.kept : counters_.duplicates);
        is_more = is_more || is_new;
        if (work.opener) {
            static_cast<void>(work.opener->accept());
        }
        if (!work.confirm_id || !work.push.confirm) {
            continue;
        }
        ByteBuffer apdu;
        Writer writer(apdu);
        xdlms::encode(writer, xdlms::DataNotificationConfirm{*work.confirm_id, {}});
        if (work.opener) {
            auto sealed = work.opener->seal(apdu, *work.opened);
            if (!sealed) {
                continue;  // without numbers or keys of ours; the meter sends it again
            }
            apdu = std::move(*sealed);
        }
        confirmations->push_back({std::move(apdu), std::move(work.push.confirm)});
    }
    static_cast<void>(settings_.counters->flush_received());
    since_last_look_ += records.size();
    if (since_last_look_ >= look_every) {
        since_last_look_ = 0;
        static_cast<void>(settings_.log->keep(settings_.most_kept));
    }
    asio::post(io_, [alive = is_alive_, confirmations,
                     told = is_more ? settings_.kept : std::function<void()>()] {
        if (alive.expired()) {
            return;
        }
        for (Confirmation& confirmation : *confirmations) {
            confirmation.send(confirmation.apdu);
        }
        if (told) {
            told();
        }
    });
}

}  // namespace dlms::service
