#include "server/config_secrets.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>

#include "stack/base/hex.hpp"

namespace dlms::service {

namespace {

char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The value of a setting, or the first line of the file that its _FILE names; empty if neither is
// set, nothing after an error.
std::optional<std::string> secret_setting(const Environment& values, const std::string& name,
                                          ConfigOutcome& outcome) {
    std::string value = value_of(values, name).value_or("");
    const auto path = value_of(values, name + "_FILE");
    if (!path) {
        return value;
    }
    const auto text = file_text(*path);
    if (!value.empty()) {
        outcome.errors.push_back(name + " and " + name + "_FILE are both set");
        return std::nullopt;
    }
    if (!text) {
        outcome.errors.push_back(name + "_FILE: the file " + *path + " cannot be read");
        return std::nullopt;
    }
    return text->substr(0, text->find_first_of("\r\n"));
}

void apply_sealing_key(const Environment& values, const std::string& name, SecretBytes& target,
                       ConfigOutcome& outcome) {
    constexpr std::size_t octets_of_key = 32;
    auto text = secret_setting(values, name, outcome);
    if (!text || text->empty()) {
        return;
    }
    auto octets = from_hex(*text);
    wipe(std::span(reinterpret_cast<Byte*>(text->data()), text->size()));
    if (!octets || octets->size() != octets_of_key) {
        outcome.errors.push_back(name + " is no key of 32 octets in 64 hexadecimal digits");
        return;
    }
    target = SecretBytes(*octets);
    wipe(*octets);
}

}  // namespace

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return lower_letter(c); });
    return result;
}

std::optional<std::string> value_of(const Environment& values, std::string_view name) {
    const auto found = values.find(std::string(name));
    // An empty variable is one that a container's template left open.
    return found == values.end() || found->second.empty() ? std::nullopt
                                                          : std::optional(found->second);
}

std::optional<std::string> file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<bool> truth(const std::string& text) {
    const std::string word = lower(text);
    if (word == "true" || word == "1" || word == "yes" || word == "on") {
        return true;
    }
    if (word == "false" || word == "0" || word == "no" || word == "off") {
        return false;
    }
    return std::nullopt;
}

void apply_sealing_keys(const Environment& values, ServiceConfig& config, ConfigOutcome& outcome) {
    apply_sealing_key(values, "KEY_ENCRYPTION_KEY", config.key_encryption_key, outcome);
    apply_sealing_key(values, "FORMER_KEY_ENCRYPTION_KEY", config.former_key_encryption_key,
                      outcome);
    if (config.key_encryption_key.empty() && !config.former_key_encryption_key.empty()) {
        outcome.errors.emplace_back(
            "FORMER_KEY_ENCRYPTION_KEY is set, and no KEY_ENCRYPTION_KEY that comes after it");
    }
    if (!config.key_encryption_key.empty() && config.data_dir.empty()) {
        outcome.warnings.emplace_back(
            "KEY_ENCRYPTION_KEY has no effect without DATA_DIR: secrets of meters are in memory");
    }
}

void apply_webhook_secret(const Environment& values, ServiceConfig& config,
                          ConfigOutcome& outcome) {
    auto text = secret_setting(values, "WEBHOOK_SECRET", outcome);
    if (!text || text->empty()) {
        return;
    }
    config.webhook_secret = SecretBytes(as_bytes(*text));
    wipe(std::span(reinterpret_cast<Byte*>(text->data()), text->size()));
    if (config.webhook_url.empty()) {
        outcome.errors.emplace_back("WEBHOOK_SECRET is set, and no WEBHOOK_URL");
    }
}

void apply_api_key(const Environment& values, ServiceConfig& config, ConfigOutcome& outcome) {
    const auto enabled = truth(value_of(values, "ENABLE_API_KEY").value_or("false"));
    if (!enabled) {
        outcome.errors.emplace_back("ENABLE_API_KEY is neither true nor false");
    }
    const auto given = secret_setting(values, "API_KEY", outcome);
    if (!given) {
        return;
    }
    const std::string& key = *given;
    if (!enabled.value_or(false)) {
        if (!key.empty()) {
            outcome.warnings.emplace_back(
                "an API key is set but ENABLE_API_KEY is not true: nobody needs the key");
        }
        return;
    }
    config.asks_for_key = true;
    if (!key.empty()) {
        config.api_key.emplace(key);
    } else if (config.data_dir.empty()) {
        outcome.errors.emplace_back(
            "ENABLE_API_KEY is true, but neither API_KEY nor API_KEY_FILE gives a key, and there "
            "is "
            "no DATA_DIR with keys");
    }
}

}  // namespace dlms::service
