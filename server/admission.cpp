#include "server/admission.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dlms::service {

namespace {

// So many seconds of its rate a key may take at once.
constexpr double burst_seconds = 2;

std::int64_t present_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

bool is_usable(const store::ApiKeyRecord& record, std::int64_t now) {
    return !record.revoked && (!record.expires || now < *record.expires);
}

}  // namespace

Admission::Admission(Settings settings, std::shared_ptr<store::ApiKeyStore> store, Events events)
    : settings_(std::move(settings)), store_(std::move(store)), events_(std::move(events)) {
    refresh();
}

bool Admission::refresh() {
    if (!store_) {
        return true;
    }
    const auto version = store_->version();
    if (version && version_ == *version) {
        return true;
    }
    auto records = store_->list();
    if (!version || !records) {
        return false;
    }
    auto fresh = std::make_shared<KeySet>();
    for (store::ApiKeyRecord& record : *records) {
        const std::string id = record.id;
        Secret<32> digest{std::span<const Byte, 32>(record.digest)};
        fresh->by_id.emplace(id,
                             std::make_shared<const Known>(std::move(record), std::move(digest)));
    }
    const std::scoped_lock lock(mutex_);
    keys_ = std::move(fresh);
    version_ = *version;
    return true;
}

std::shared_ptr<const Admission::KeySet> Admission::keys() const {
    const std::scoped_lock lock(mutex_);
    return keys_;
}

std::size_t Admission::usable_keys() const {
    const auto known = keys();
    const std::int64_t now = present_seconds();
    const auto usable = std::ranges::count_if(
        known->by_id, [now](const auto& entry) { return is_usable(entry.second->record, now); });
    return static_cast<std::size_t>(usable) + (settings_.configured ? 1 : 0);
}

// A key that is none of ours in form is compared as well: API_KEY is any text.
bool Admission::opens(std::string_view shown, HttpRequest& request, std::uint32_t& rate) const {
    if (settings_.configured && settings_.configured->matches(shown)) {
        request.key_id = "env";
        request.scopes = {Scope::admin};
        return true;
    }
    const auto parts = store::parse_api_key(shown);
    if (!parts) {
        return false;
    }
    const auto known = keys();
    const auto found = known->by_id.find(std::string(parts->id));
    if (found == known->by_id.end() || !ApiKey(parts->secret).has_digest(found->second->digest) ||
        !is_usable(found->second->record, present_seconds())) {
        return false;
    }
    const store::ApiKeyRecord& record = found->second->record;
    request.key_id = record.id;
    request.scopes = ScopeSet::of_bits(record.scopes);
    rate = record.rate != 0 ? record.rate : rate;
    return true;
}

std::optional<int> Admission::overdrawn(const std::string& key_id, std::uint32_t rate) {
    if (rate == 0) {
        return std::nullopt;
    }
    const auto now = std::chrono::steady_clock::now();
    const double most = std::max(1.0, burst_seconds * rate);
    const std::scoped_lock lock(bucket_mutex_);
    const auto [place, is_new] = buckets_.try_emplace(key_id, Bucket{most, now});
    Bucket& bucket = place->second;
    const double passed = std::chrono::duration<double>(now - bucket.at).count();
    bucket = {std::min(most, bucket.tokens + passed * rate), now};
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::nullopt;
    }
    return static_cast<int>(std::ceil((1 - bucket.tokens) / rate));
}

std::optional<HttpAnswer> Admission::admit(HttpRequest& request) {
    const bool is_open = request.path == "/health" || request.path.starts_with("/health/") ||
                         request.path == "/openapi.json" || request.path == "/docs" ||
                         request.path.starts_with("/docs/") ||
                         (settings_.metrics_are_public && request.path == "/metrics");
    if (!settings_.asks_for_key || is_open) {
        request.scopes = {Scope::admin};
        return std::nullopt;
    }
    const auto shown = shown_key(request);
    std::uint32_t rate = settings_.rate;
    if (!shown || !opens(*shown, request, rate)) {
        if (events_.unauthenticated) {
            events_.unauthenticated();
        }
        HttpAnswer answer = error_answer(401, "Invalid or missing API key");
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
        return answer;
    }
    if (const auto wait = overdrawn(request.key_id, rate)) {
        if (events_.limited) {
            events_.limited();
        }
        return busy_answer(429, "This API key has reached its rate of requests", *wait);
    }
    return std::nullopt;
}

HttpAnswer lacks_scope_answer(Scope scope) {
    return error_answer(403, "This API key lacks the scope '" +
                                 std::string(scope_names.at(static_cast<std::size_t>(scope))) +
                                 "'");
}

}  // namespace dlms::service
