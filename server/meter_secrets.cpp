#include "server/meter_secrets.hpp"

#include <string_view>
#include <vector>

namespace dlms::service {

namespace {

using client::SecretKind;

bool needs_keys(const ConnectRequest& request) {
    return request.security.level != SecurityChoice::none ||
           request.security.signing != SigningChoice::none ||
           request.authentication == AuthenticationType::high ||
           request.authentication == AuthenticationType::high_gmac;
}

bool needs_password(const ConnectRequest& request) {
    return !request.authentication || (*request.authentication != AuthenticationType::none &&
                                       *request.authentication != AuthenticationType::high_gmac &&
                                       *request.authentication != AuthenticationType::high_ecdsa);
}

Status complete(client::KeyRecords& records, const std::string& name, SecretKind kind,
                std::optional<SecretBytes>& secret) {
    const auto known = records.current(name);
    if (!known) {
        return std::unexpected(known.error());
    }
    const SecretBytes* current = known->find(kind);
    if (!current) {
        return {};
    }
    const auto replaced =
        secret ? records.was_replaced(name, kind, secret->reveal()) : Result<bool>(true);
    if (!replaced) {
        return std::unexpected(replaced.error());
    }
    if (*replaced) {
        secret = current->clone();
    }
    return {};
}

void write(std::string& place, std::string_view name, const auto& value) {
    if (value) {
        place += ' ';
        place += name;
        place += ' ';
        place += std::to_string(*value);
    }
}

void write_text(std::string& place, std::string_view name, const std::optional<std::string>& text) {
    if (text) {
        // With its length, so that no text can stand for two fields.
        write(place, name, std::optional(text->size()));
        place += ' ' + *text;
    }
}

}  // namespace

CallFailure records_failure(const Error& error) {
    if (error.code != ErrorCode::tag_mismatch || error.layer != Layer::store) {
        return call_failure(client::from_error(error));
    }
    return call_failure(error_row("deciphering-failed"),
                        "a sealed secret of this meter was changed or damaged in the service's "
                        "own store: restore secrets.db from a copy",
                        Blame::malformed);
}

std::string place_records(const std::string& meter_number) {
    return meter_number + " place";
}

std::string place_of(const ConnectRequest& request, ClientSap client) {
    const LinkRequest& link = request.link;
    const auto number = [](auto value) { return std::optional(static_cast<unsigned>(value)); };
    std::string place = "type " + std::to_string(*number(request.connection_type));
    write_text(place, "host", request.ip_address);
    write(place, "port", number(request.port));
    write_text(place, "serial", link.serial_port);
    write_text(place, "device", link.device_address);
    write(place, "tls", number(link.tls));
    write_text(place, "tls-name", link.tls_server_name);
    write(place, "network", link.gateway_network_id);
    for (const std::uint8_t octet : link.gateway_device.value_or(std::vector<std::uint8_t>())) {
        write(place, "behind", number(octet));
    }
    write(place, "server", request.server_address);
    write(place, "physical", link.physical_address);
    write(place, "client", number(client.value()));
    write_text(place, "brand", request.brand);
    write(place, "names", number(request.use_logical_name));
    write(place, "established", number(request.pre_established));
    if (request.authentication) {
        write(place, "mechanism", number(*request.authentication));
    }
    write(place, "security", number(request.security.level));
    write(place, "suite", number(request.security.suite));
    write(place, "signing", number(request.security.signing));
    return place;
}

Result<bool> is_kept_place(const ConnectRequest& request, ClientSap client,
                           client::KeyRecords& records) {
    const auto kept = records.current(place_records(request.meter_number));
    if (!kept) {
        return std::unexpected(kept.error());
    }
    const SecretBytes* place = kept->find(SecretKind::password);
    return place != nullptr && place->matches(as_bytes(place_of(request, client)));
}

Result<bool> lacks_kept_secrets(const ConnectRequest& request, ClientSap client,
                                client::KeyRecords& records) {
    auto completed = with_kept_secrets(request, client, records);
    if (!completed) {
        return std::unexpected(completed.error());
    }
    // Without these there is an association as well.
    ConnectRequest asked = request.clone();
    for (SecurityRequest* one : {&completed->security, &asked.security}) {
        one->master_key.reset();
        one->broadcast_key.reset();
        one->agreement_key.reset();
    }
    return !completed->matches(asked);
}

std::string password_records(const std::string& meter_number, ClientSap client) {
    return meter_number + " client " + std::to_string(client.value());
}

std::string signing_key_records(const std::string& meter_number) {
    return meter_number + " signing key";
}

std::string agreement_key_records(const std::string& meter_number) {
    return meter_number + " agreement key";
}

Result<ConnectRequest> with_kept_secrets(const ConnectRequest& request, ClientSap client,
                                         client::KeyRecords& records) {
    const std::string& meter = request.meter_number;
    ConnectRequest completed = request.clone();
    SecurityRequest& security = completed.security;
    Status done;
    if (needs_keys(request)) {
        done = complete(records, meter, SecretKind::encryption, security.encryption_key);
        done =
            done ? complete(records, meter, SecretKind::authentication, security.authentication_key)
                 : done;
        done = done ? complete(records, meter, SecretKind::master, security.master_key) : done;
        done =
            done ? complete(records, meter, SecretKind::broadcast, security.broadcast_key) : done;
        done = done ? complete(records, agreement_key_records(meter), SecretKind::password,
                               security.agreement_key)
                    : done;
    }
    if (done && needs_password(request)) {
        done = complete(records, password_records(meter, client), SecretKind::password,
                        completed.password);
    }
    if (done && (request.authentication == AuthenticationType::high_ecdsa ||
                 security.signing != SigningChoice::none)) {
        done = complete(records, signing_key_records(meter), SecretKind::password,
                        security.signing_key);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return completed;
}

}  // namespace dlms::service
