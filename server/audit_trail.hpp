#pragma once
// AuditTrail: what is done to meters and to the service goes into the audit log, before and after.
//
// A use case that changes something wraps its work:
//
//   co_return co_await audited<void>(trail, {limits.caller, number, "relay", "disconnect"},
//                                    [&](AuditNotes& notes) -> asio::awaitable<CallOutcome<void>> {
//                                        notes.before = ...; ... });
//
// The intent is on the disk before the work begins; if it cannot be written the work is not done.
// The outcome is on the disk before the caller is answered. Neither ever holds a secret.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "server/call_failure.hpp"
#include "stack/cosem/descriptor.hpp"
#include "store/audit_log.hpp"

namespace dlms::service {

// Who asks, for the audit log and for nothing else.
struct AuditCaller {
    std::string key_id;  // empty: no key was asked for
    std::string source;  // address
    std::string request_id;
};

struct AuditIntent {
    AuditCaller caller;
    std::string meter;
    std::string action;  // "write", "keys", "relay" ...
    std::string target;  // what of the meter
    std::string after;   // what it is to become
};

// What the work has found out, for the entry of the outcome.
struct AuditNotes {
    std::string before;
    std::string after;
};

// Entries are written by a thread of their own, those that come together in one transaction: a disk
// takes milliseconds to flush, and the I/O thread must not wait. Used on the I/O thread.
class AuditTrail {
public:
    // Told of every entry, and of entries that could not be written; may be empty.
    struct Events {
        std::function<void(const store::AuditRecord&)> recorded;
        std::function<void(const store::AuditRecord&)> failed;
    };
    // `log` may be null: then entries are only told.
    AuditTrail(asio::any_io_executor io, std::shared_ptr<store::AuditLog> log, Events events);
    // Writes what has come so far.
    ~AuditTrail();
    AuditTrail(const AuditTrail&) = delete;
    AuditTrail& operator=(const AuditTrail&) = delete;

    // True where entries are written, so that it is worth to find out what was there before.
    [[nodiscard]] bool keeps() const { return log_ != nullptr; }

    // `done` gets the sequence number (0 where nothing is kept), on the I/O thread and never inside
    // this call.
    using Done = std::move_only_function<void(Result<std::int64_t>)>;
    void record(store::AuditRecord record, Done done);

    void begin(const AuditIntent& intent, Done done);
    void end(AuditIntent intent, std::int64_t begun, AuditNotes notes, std::string_view result,
             Done done);
    // Something that has no outcome: nobody waits for it.
    void note(AuditIntent what, std::string_view result);

    // The same for coroutines.
    asio::awaitable<Result<std::int64_t>> begin(const AuditIntent& intent);
    asio::awaitable<void> end(AuditIntent intent, std::int64_t begun, AuditNotes notes,
                              std::string_view result);

private:
    struct Entry {
        store::AuditRecord record;
        Done done;
    };

    void work();
    void append(std::vector<Entry> entries);

    asio::any_io_executor io_;
    std::shared_ptr<store::AuditLog> log_;
    Events events_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Entry> waiting_;
    bool ending_ = false;
    std::jthread thread_;
};

// "success" or an errorCode, also where a report of what was done tells of a failure.
template <class T>
std::string_view audit_result(const CallOutcome<T>& outcome) {
    if (!outcome) {
        return outcome.error().row->code;
    }
    if constexpr (requires { outcome->failure->row; }) {
        if (outcome->failure) {
            return outcome->failure->row->code;
        }
    }
    return "success";
}

// `work` is called with AuditNotes& and returns an awaitable CallOutcome<T>. It lives until it is
// done.
template <class T, class Work>
asio::awaitable<CallOutcome<T>> audited(std::shared_ptr<AuditTrail> trail, AuditIntent intent,
                                        Work work) {
    AuditNotes notes;
    const Result<std::int64_t> begun = co_await trail->begin(intent);
    if (!begun) {
        co_return std::unexpected(call_failure(
            error_row("other-reason"), "the audit log could not be written, so nothing was done",
            Blame::internal));
    }
    CallOutcome<T> outcome = co_await work(notes);
    const std::string_view result = audit_result(outcome);
    co_await trail->end(std::move(intent), *begun, std::move(notes), result);
    co_return outcome;
}

// "3 1-0:1.8.0.255 2", and for methods "70 0-0:96.3.10.255 method 1".
[[nodiscard]] std::string audit_target(const cosem::AttributeDescriptor& attribute);
[[nodiscard]] std::string audit_target(const cosem::MethodDescriptor& method);

// True for attributes whose value is a password or a key, by the names of the class table.
[[nodiscard]] bool holds_secret(const cosem::AttributeDescriptor& attribute);
// The same for methods that take one: of associations, security setups and the like.
[[nodiscard]] bool holds_secret(const cosem::MethodDescriptor& method);

// What is wrong with a value that holds a secret, without what the sentence quotes of it.
[[nodiscard]] std::string without_value(std::string_view sentence);

// A value as the log has it: A-XDR in hex, or "sha256:" and the digest of a long one; "(secret)"
// where the attribute holds one.
[[nodiscard]] std::string audit_value(const cosem::AttributeDescriptor& attribute, ByteView axdr);

}  // namespace dlms::service
