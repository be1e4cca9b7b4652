#include "server/webhook.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "stack/base/hex.hpp"

namespace dlms::service {

namespace {

std::int64_t present_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

// Answers after which the same may work later.
bool is_passing(int status) {
    return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

bool is_taken(int status) {
    return status >= 200 && status < 300;
}

}  // namespace

std::string webhook_signature(const SecretBytes& secret, std::int64_t time, std::string_view body) {
    const std::string signed_text = std::to_string(time) + "." + std::string(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const ByteView key = secret.reveal();
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
         digest.data(), &size);
    std::string hex = to_hex({digest.data(), size});
    std::ranges::transform(hex, hex.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return "sha256=" + hex;
}

Webhook::Webhook(WebhookSettings settings, std::shared_ptr<store::NotificationLog> log, Body body,
                 Events events)
    : settings_(std::move(settings)),
      target_(webhook_target(settings_.url).value_or(WebhookTarget{})),
      log_(std::move(log)),
      body_(std::move(body)),
      events_(std::move(events)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Webhook::~Webhook() = default;

void Webhook::wake() {
    {
        const std::scoped_lock lock(mutex_);
        has_more_ = true;
    }
    wake_.notify_all();
}

void Webhook::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, stop, [this] { return has_more_; });
            has_more_ = false;
        }
        while (!stop.stop_requested() && deliver_next(stop)) {
        }
    }
}

bool Webhook::deliver_next(const std::stop_token& stop) {
    const auto next = log_->next_to_deliver();
    if (!next) {
        tell("the log of notifications cannot be read");
        pause(stop);
        return true;
    }
    return *next && deliver(**next, stop);
}

bool Webhook::deliver(const store::NotificationRecord& record, const std::stop_token& stop) {
    unsigned refusals = 0;
    while (!stop.stop_requested()) {
        const Answer answer = send(record, stop);
        if (is_taken(answer.status)) {
            failures_ = 0;
            ++counters_.delivered;
            tell("");
            // What is not remembered as taken comes twice.
            static_cast<void>(log_->delivered(record.id));
            return true;
        }
        tell(answer.problem);
        ++(is_passing(answer.status) ? counters_.unreachable : counters_.refused);
        if (!is_passing(answer.status) && ++refusals >= settings_.most_refusals) {
            ++counters_.dead_letters;
            failures_ = 0;
            const auto put_aside = log_->put_aside(record.id, refusals, answer.problem);
            if (put_aside) {
                return true;
            }
        }
        pause(stop);
    }
    return false;
}

Webhook::Answer Webhook::send(const store::NotificationRecord& record,
                              const std::stop_token& stop) {
    httplib::Client client(target_.origin);
    const std::stop_callback on_stop(stop, [&client] { client.stop(); });
    client.set_connection_timeout(settings_.timeout);
    client.set_read_timeout(settings_.timeout);
    client.set_write_timeout(settings_.timeout);
    if (!settings_.ca_file.empty()) {
        client.set_ca_cert_path(settings_.ca_file);
    }
    const std::string body = body_(record);
    const std::int64_t time = present_seconds();
    httplib::Headers headers{{"X-DLMS-Delivery", std::to_string(record.id)},
                             {"X-DLMS-Timestamp", std::to_string(time)}};
    if (!settings_.secret.empty()) {
        headers.emplace("X-DLMS-Signature", webhook_signature(settings_.secret, time, body));
    }
    const auto result = client.Post(target_.path, headers, body, "application/json");
    if (!result) {
        return {0, "no answer from the webhook: " + httplib::to_string(result.error())};
    }
    return {result->status, "the webhook answered " + std::to_string(result->status)};
}

void Webhook::pause(const std::stop_token& stop) {
    const auto longest = settings_.longest_pause;
    const unsigned doublings = std::min(failures_++, 20U);
    const auto duration =
        std::min<std::chrono::milliseconds>(longest, settings_.first_pause * (1U << doublings));
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, duration, [] { return false; });
}

void Webhook::tell(const std::string& problem) {
    if (std::exchange(last_problem_, problem) != problem && events_.changed) {
        events_.changed(problem);
    }
}

}  // namespace dlms::service
