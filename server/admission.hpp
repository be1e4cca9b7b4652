#pragma once
// Admission: who may call. A caller shows an API key; what the key may do, and how often, is the
// key's affair. Any thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/api_key.hpp"
#include "server/http_message.hpp"
#include "store/api_key_store.hpp"

namespace dlms::service {

class Admission {
public:
    struct Settings {
        bool asks_for_key = false;
        std::optional<ApiKey> configured;  // of API_KEY: it may do everything, under the id "env"
        std::uint32_t rate = 0;            // requests a second of each key; 0: any number
        bool metrics_are_public = false;
    };
    // Told when a request is refused for want of a key, or for its rate; may be empty.
    struct Events {
        std::function<void()> unauthenticated;
        std::function<void()> limited;
    };

    // `store` may be null: then there is the configured key only.
    Admission(Settings settings, std::shared_ptr<store::ApiKeyStore> store, Events events);

    // Reads the store again if it has changed. False: it could not be read, and the keys known
    // before stay in force.
    bool refresh();

    // Keys that open now, the configured one among them.
    [[nodiscard]] std::size_t usable_keys() const;

    // 401 or 429; else nothing, and the request says whose it is.
    std::optional<HttpAnswer> admit(HttpRequest& request);

private:
    struct Known {
        store::ApiKeyRecord record;
        Secret<32> digest;
    };
    struct KeySet {
        std::unordered_map<std::string, std::shared_ptr<const Known>> by_id;
    };
    // Tokens that were left at a time.
    struct Bucket {
        double tokens = 0;
        std::chrono::steady_clock::time_point at;
    };

    std::shared_ptr<const KeySet> keys() const;
    bool opens(std::string_view shown, HttpRequest& request, std::uint32_t& rate) const;
    // Seconds to wait, or nothing.
    std::optional<int> overdrawn(const std::string& key_id, std::uint32_t rate);

    Settings settings_;
    std::shared_ptr<store::ApiKeyStore> store_;
    Events events_;
    mutable std::mutex mutex_;
    std::shared_ptr<const KeySet> keys_ = std::make_shared<KeySet>();
    std::optional<std::int64_t> version_;
    std::mutex bucket_mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

// 403: the key that was shown lacks the scope.
[[nodiscard]] HttpAnswer lacks_scope_answer(Scope scope);

}  // namespace dlms::service
