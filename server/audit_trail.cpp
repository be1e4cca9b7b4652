#include "server/audit_trail.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include "stack/base/hex.hpp"
#include "stack/cosem/interface_class.hpp"
#include "stack/security/digest.hpp"

namespace dlms::service {

namespace {

constexpr std::size_t longest_value = 1024;

std::int64_t present_milliseconds() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

store::AuditRecord record_of(AuditIntent intent, store::AuditPhase phase) {
    store::AuditRecord record;
    record.phase = phase;
    record.time = present_milliseconds();
    record.key_id = std::move(intent.caller.key_id);
    record.source = std::move(intent.caller.source);
    record.request_id = std::move(intent.caller.request_id);
    record.meter = std::move(intent.meter);
    record.action = std::move(intent.action);
    record.target = std::move(intent.target);
    record.after = std::move(intent.after);
    return record;
}

}  // namespace

AuditTrail::AuditTrail(asio::any_io_executor io, std::shared_ptr<store::AuditLog> log,
                       Events events)
    : io_(std::move(io)), log_(std::move(log)), events_(std::move(events)) {
    if (log_) {
        thread_ = std::jthread([this] { work(); });
    }
}

AuditTrail::~AuditTrail() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
}

void AuditTrail::record(store::AuditRecord record, Done done) {
    if (events_.recorded) {
        events_.recorded(record);
    }
    if (!log_) {
        asio::post(io_, [done = std::move(done)]() mutable { done(0); });
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back({std::move(record), std::move(done)});
    }
    wake_.notify_one();
}

void AuditTrail::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        std::vector<Entry> entries = std::exchange(waiting_, {});
        lock.unlock();
        append(std::move(entries));
        lock.lock();
    }
}

void AuditTrail::append(std::vector<Entry> entries) {
    std::vector<store::AuditRecord> records;
    records.reserve(entries.size());
    for (const Entry& entry : entries) {
        records.push_back(entry.record);
    }
    const Result<std::int64_t> first = log_->append(records);
    asio::post(io_, [failed = events_.failed, first, entries = std::move(entries)]() mutable {
        std::int64_t offset = 0;
        for (Entry& entry : entries) {
            if (first) {
                entry.done(*first + offset++);
                continue;
            }
            if (failed) {
                failed(entry.record);
            }
            entry.done(std::unexpected(first.error()));
        }
    });
}

void AuditTrail::begin(const AuditIntent& intent, Done done) {
    record(record_of(intent, store::AuditPhase::intent), std::move(done));
}

void AuditTrail::end(AuditIntent intent, std::int64_t begun, AuditNotes notes,
                     std::string_view result, Done done) {
    if (!notes.after.empty()) {
        intent.after = std::move(notes.after);
    }
    store::AuditRecord outcome = record_of(std::move(intent), store::AuditPhase::outcome);
    outcome.intent = begun;
    outcome.before = std::move(notes.before);
    outcome.result = result;
    record(std::move(outcome), std::move(done));
}

void AuditTrail::note(AuditIntent what, std::string_view result) {
    store::AuditRecord event = record_of(std::move(what), store::AuditPhase::event);
    event.result = result;
    record(std::move(event), [](const Result<std::int64_t>&) {});
}

asio::awaitable<Result<std::int64_t>> AuditTrail::begin(const AuditIntent& intent) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<std::int64_t>)>(
        [this, &intent](auto handler) {
            begin(intent, [handler = std::move(handler)](Result<std::int64_t> number) mutable {
                std::move(handler)(number);
            });
        },
        asio::use_awaitable);
}

asio::awaitable<void> AuditTrail::end(AuditIntent intent, std::int64_t begun, AuditNotes notes,
                                      std::string_view result) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [this, begun, result](auto handler, AuditIntent what, AuditNotes found) {
            end(std::move(what), begun, std::move(found), result,
                [handler = std::move(handler)](const Result<std::int64_t>&) mutable {
                    std::move(handler)();
                });
        },
        asio::use_awaitable, std::move(intent), std::move(notes));
}

std::string audit_target(const cosem::AttributeDescriptor& attribute) {
    return std::to_string(attribute.class_id) + " " + attribute.instance.text() + " " +
           std::to_string(attribute.attribute_id);
}

std::string audit_target(const cosem::MethodDescriptor& method) {
    return std::to_string(method.class_id) + " " + method.instance.text() + " method " +
           std::to_string(method.method_id);
}

bool holds_secret(const cosem::AttributeDescriptor& attribute) {
    constexpr std::array<std::string_view, 6> secret_names{
        "secret",         "PPP_authentication",  "PIN_code",
        "login_password", "authentication_keys", "client_key"};
    const auto* row = cosem::find_attribute(attribute.class_id, attribute.attribute_id);
    return row != nullptr && std::ranges::find(secret_names, row->name) != secret_names.end();
}

// By class: what their methods take is a key, a password, or proof of one, and the list of those
// that take something else is not worth a slip.
bool holds_secret(const cosem::MethodDescriptor& method) {
    constexpr std::array<std::uint16_t, 6> classes{12, 15, 64, 72, 100, 115};
    return std::ranges::find(classes, method.class_id) != classes.end();
}

std::string without_value(std::string_view sentence) {
    constexpr std::string_view unknown = "unknown member";
    const std::size_t got = sentence.find(", got ");
    const std::size_t member = sentence.find(unknown);
    return std::string(sentence.substr(
        0, std::min(got, member == std::string_view::npos ? member : member + unknown.size())));
}

std::string audit_value(const cosem::AttributeDescriptor& attribute, ByteView axdr) {
    if (holds_secret(attribute)) {
        return "(secret)";
    }
    if (axdr.size() <= longest_value) {
        return to_hex(axdr);
    }
    const auto digest = security::digest(security::DigestAlgorithm::sha256, {axdr});
    return "sha256:" + (digest ? to_hex(*digest) : std::string("?"));
}

}  // namespace dlms::service
