#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "server/webhook_target.hpp"
#include "stack/base/secret.hpp"
#include "store/notification_log.hpp"

namespace dlms::service {

struct WebhookSettings {
    std::string url;      // http:// or https://, with a path or without
    SecretBytes secret;   // signs what is sent; empty: nothing does
    std::string ca_file;  // of an https receiver; empty: the system's
    std::chrono::milliseconds timeout{10'000};
    std::chrono::milliseconds first_pause{1'000};  // doubles with each failure in a row
    std::chrono::milliseconds longest_pause{300'000};
    unsigned most_refusals = 3;  // of one notification, until it is a dead letter
};

// "sha256=" and the HMAC-SHA256 of the time (seconds since 1970), a point and the body, in
// lower-case hexadecimal.
[[nodiscard]] std::string webhook_signature(const SecretBytes& secret, std::int64_t time,
                                            std::string_view body);

struct WebhookCounters {
    std::atomic<std::uint64_t> delivered = 0;
    std::atomic<std::uint64_t> refused = 0;      // the receiver said no
    std::atomic<std::uint64_t> unreachable = 0;  // it did not answer, or could not do it now
    std::atomic<std::uint64_t> dead_letters = 0;
};

// Hands every notification to a receiver over HTTP, in their order, each until it was taken, on a
// thread of its own. What was taken is remembered in the log, so that a restart goes on there; the
// one that was under way may come twice. A receiver that cannot be reached, or cannot do it now
// (408, 425, 429, 5xx), is tried again for ever, with pauses that grow. What it refuses (other
// answers than 2xx) is put aside as a dead letter.
class Webhook {
public:
    // Makes the body of one notification.
    using Body = std::function<std::string(const store::NotificationRecord&)>;
    struct Events {
        // A delivery has failed, or works again (an empty problem); not for each in a row. On the
        // webhook's thread. May be empty.
        std::function<void(const std::string& problem)> changed;
    };

    Webhook(WebhookSettings settings, std::shared_ptr<store::NotificationLog> log, Body body,
            Events events);
    // Gives up what is under way.
    ~Webhook();
    Webhook(const Webhook&) = delete;
    Webhook& operator=(const Webhook&) = delete;

    // There is something new. From any thread.
    void wake();
    [[nodiscard]] const WebhookCounters& counters() const { return counters_; }

private:
    struct Answer {
        int status = 0;  // 0: none
        std::string problem;
    };

    void run(const std::stop_token& stop);
    // Whether there was something, and it is done with.
    bool deliver_next(const std::stop_token& stop);
    bool deliver(const store::NotificationRecord& record, const std::stop_token& stop);
    Answer send(const store::NotificationRecord& record, const std::stop_token& stop);
    void pause(const std::stop_token& stop);
    void tell(const std::string& problem);

    WebhookSettings settings_;
    WebhookTarget target_;
    std::shared_ptr<store::NotificationLog> log_;
    Body body_;
    Events events_;
    WebhookCounters counters_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool has_more_ = true;
    unsigned failures_ = 0;  // in a row
    std::string last_problem_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace dlms::service
