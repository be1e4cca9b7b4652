#include "server/meter_secrets.hpp"

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

}  // namespace

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
