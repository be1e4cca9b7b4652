#include "server/json_keys.hpp"

#include <array>
#include <utility>

#include "server/json_answers.hpp"
#include "server/json_body.hpp"
#include "server/json_security.hpp"

namespace dlms::service {

namespace {

using client::SecretKind;
using client::SecretState;
using nlohmann::ordered_json;

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_secret = 256;

// In the order of SecretKind; the last is no key.
constexpr std::array<std::string_view, 5> names{"encryption_key", "authentication_key",
                                                "broadcast_key", "master_key", "password"};
constexpr std::size_t key_kinds = 4;
constexpr std::array<const char*, key_kinds> key_fields{"encryption_key", "authentication_key",
                                                        "broadcast_key", "master_key"};
constexpr std::array<const char*, key_kinds> new_key_fields{
    "new_encryption_key", "new_authentication_key", "new_broadcast_key", "new_master_key"};

// Whether the keys are named by their kinds alone.
bool draws_keys(KeysOperation operation) {
    return operation == KeysOperation::rotate || operation == KeysOperation::agree;
}

std::string_view state_name(SecretState state) {
    switch (state) {
        case SecretState::staged: return "staged";
        case SecretState::current: return "current";
        case SecretState::replaced: return "replaced";
        case SecretState::discarded: return "discarded";
    }
    return "unknown";
}

void read_password(JsonFields& fields, client::MeterSecrets& secrets) {
    if (auto text = fields.text({"new_password"}, longest_secret)) {
        secrets.set(SecretKind::password, as_bytes(*text));
        wipe(std::span(reinterpret_cast<Byte*>(text->data()), text->size()));
    }
    if (auto octets = fields.octets({"new_password_hex"}, longest_secret)) {
        secrets.set(SecretKind::password, *octets);
        wipe(*octets);
    }
}

void read_key_fields(JsonFields& fields, const std::array<const char*, key_kinds>& key_names,
                     client::MeterSecrets& secrets) {
    for (std::size_t kind = 0; kind < key_kinds; ++kind) {
        if (const auto key = read_key(fields, {key_names.at(kind)})) {
            secrets.set(static_cast<SecretKind>(kind), key->reveal());
        }
    }
}

void read_kinds(JsonFields& fields, const nlohmann::json& object, std::vector<SecretKind>& kinds) {
    const auto list = object.find("keys");
    if (list == object.end() || list->is_null()) {
        kinds = {SecretKind::encryption, SecretKind::authentication};
        return;
    }
    if (!list->is_array() || list->empty() || list->size() > key_kinds) {
        fields.fail("keys", "value is not a list of names of keys, such as encryption_key",
                    "type_error.list");
        return;
    }
    for (const nlohmann::json& name : *list) {
        const auto* found = std::ranges::find_if(
            key_fields, [&](const char* one) { return name.is_string() && name == one; });
        const auto kind = static_cast<SecretKind>(found - key_fields.begin());
        if (found == key_fields.end() || std::ranges::find(kinds, kind) != kinds.end()) {
            fields.fail("keys",
                        "each is one of encryption_key, authentication_key, broadcast_key and "
                        "master_key, and once",
                        "value_error");
            return;
        }
        kinds.push_back(kind);
    }
}

void read_place(JsonFields& fields, const char* name, cosem::ObisCode& place) {
    const auto text = fields.text({name}, longest_name);
    if (!text) {
        return;
    }
    if (const auto code = cosem::ObisCode::parse(*text)) {
        place = *code;
    } else {
        fields.fail(name, "'" + *text + "' is not an OBIS code such as 0-0:43.0.0.255",
                    "value_error");
    }
}

}  // namespace

std::string_view secret_name(SecretKind kind) {
    return names.at(static_cast<std::size_t>(kind));
}

std::expected<KeysRequest, HttpAnswer> parse_keys(const HttpRequest& http) {
    constexpr std::array<std::string_view, 4> operations{"rotate", "transfer", "keep", "agree"};
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    KeysRequest request;
    request.meter_number = std::string(http.path_parameter("meter_number").value_or(""));
    // null is no operation: nothing is rotated by default.
    if (fields.require({"operation"})) {
        if (const auto operation =
                fields.choice({"operation"}, operations, JsonFields::Null::refused)) {
            request.operation = static_cast<KeysOperation>(*operation);
        }
    }
    if (request.operation == KeysOperation::keep) {
        read_key_fields(fields, key_fields, request.change.fresh);
    } else {
        request.master_key = read_key(fields, {"master_key"});
    }
    if (request.operation == KeysOperation::transfer) {
        read_key_fields(fields, new_key_fields, request.change.fresh);
        read_password(fields, request.change.fresh);
    } else if (draws_keys(request.operation)) {
        read_kinds(fields, body->object, request.kinds);
    }
    if (errors.empty() && !draws_keys(request.operation) && request.change.fresh.empty()) {
        const bool keeps = request.operation == KeysOperation::keep;
        fields.fail(keeps ? "encryption_key" : "new_encryption_key",
                    "this operation names one secret at least", "value_error.missing");
    }
    read_place(fields, "security_setup_obis", request.change.security_setup);
    read_place(fields, "association_obis", request.change.association);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

HttpAnswer keys_answer(const std::string& meter_number, const CallOutcome<KeysReport>& outcome) {
    if (!outcome) {
        return refusal_answer(outcome.error());
    }
    ordered_json keys = ordered_json::array();
    for (const client::SecretRecord& record : outcome->records) {
        keys.push_back({{"kind", secret_name(record.kind)},
                        {"generation", record.generation},
                        {"state", state_name(record.state)},
                        {"since", timestamp(record.since)}});
    }
    return json_answer(200, {{"success", true},
                             {"meterNumber", meter_number},
                             {"kept", outcome->outlives_process ? "sealed" : "memory"},
                             {"keys", std::move(keys)}});
}

}  // namespace dlms::service
