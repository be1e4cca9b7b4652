#include "server/meter_register.hpp"

#include <exception>
#include <utility>

#include <asio/post.hpp>

#include "client/key_records.hpp"
#include "server/json_meters.hpp"
#include "server/meter_secrets.hpp"

namespace dlms::service {

namespace {

using client::MeterSecrets;
using client::SecretKind;

CallFailure store_failure(const Error& error) {
    return records_failure(error);
}

}  // namespace

MeterRegister::MeterRegister(std::unique_ptr<store::MeterRegistry> registry,
                             std::shared_ptr<client::KeyRecords> keys,
                             const MeterDefaults& defaults)
    : registry_(std::move(registry)),
      keys_(std::move(keys)),
      defaults_(defaults),
      size_(registry_->count().value_or(0)),
      thread_(1) {}

MeterRegister::~MeterRegister() {
    thread_.stop();
    thread_.join();
}

bool MeterRegister::keeps_secrets() const {
    return keys_->outlives_process();
}

void MeterRegister::post(std::move_only_function<void()> work) {
    // A thread pool takes what can be copied.
    auto shared = std::make_shared<std::move_only_function<void()>>(std::move(work));
    asio::post(thread_, [shared] {
        try {
            (*shared)();
        } catch (const std::exception&) {
            // Lack of memory: whoever waits for an answer gets 500 as its responder goes.
        }
    });
}

Status MeterRegister::keep_secrets(const ConnectRequest& request) {
    MeterSecrets keys;
    const auto take = [&keys](SecretKind kind, const std::optional<SecretBytes>& secret) {
        if (secret) {
            keys.set(kind, secret->reveal());
        }
    };
    take(SecretKind::encryption, request.security.encryption_key);
    take(SecretKind::authentication, request.security.authentication_key);
    take(SecretKind::master, request.security.master_key);
    take(SecretKind::broadcast, request.security.broadcast_key);
    Status kept = keys.empty() ? Status() : keys_->keep(request.meter_number, keys);
    const auto keep_alone = [&](const std::string& name, const std::optional<SecretBytes>& secret) {
        if (kept && secret) {
            MeterSecrets one;
            one.set(SecretKind::password, secret->reveal());
            kept = keys_->keep(name, one);
        }
    };
    keep_alone(password_records(request.meter_number, client_of(request, defaults_)),
               request.password);
    keep_alone(signing_key_records(request.meter_number), request.security.signing_key);
    keep_alone(agreement_key_records(request.meter_number), request.security.agreement_key);
    return kept;
}

CallOutcome<MeterRegister::Added> MeterRegister::add(const MeterEntry& entry, bool may_replace) {
    const std::string& number = entry.request.meter_number;
    if (!may_replace) {
        const auto known = registry_->find(number);
        if (!known) {
            return std::unexpected(store_failure(known.error()));
        }
        if (*known) {
            return Added::is_there;
        }
    }
    // Secrets first: a meter that is registered has them.
    if (const Status kept = keep_secrets(entry.request); !kept) {
        return std::unexpected(store_failure(kept.error()));
    }
    const auto put = registry_->put(number, entry.parameters);
    if (!put) {
        return std::unexpected(store_failure(put.error()));
    }
    size_ += *put ? 1U : 0U;
    if (entry.forget_learnt) {
        learn(number, "");
    }
    return *put ? Added::is_new : Added::replaced;
}

CallOutcome<bool> MeterRegister::remove(const std::string& meter_number) {
    const auto removed = registry_->remove(meter_number);
    if (!removed) {
        return std::unexpected(store_failure(removed.error()));
    }
    size_ -= *removed ? 1U : 0U;
    return *removed;
}

Result<StoredMeter> MeterRegister::with_secrets(store::MeterRecord record) {
    StoredMeter meter{std::move(record), {}};
    const std::string& number = meter.record.number;
    const auto request = request_of_record(meter.record);
    const auto keys = keys_->current(number);
    const auto password =
        request ? keys_->current(password_records(number, client_of(*request, defaults_)))
                : Result<MeterSecrets>();
    const auto signing = keys_->current(signing_key_records(number));
    const auto agreement = keys_->current(agreement_key_records(number));
    for (const auto* secrets : {&keys, &password, &signing, &agreement}) {
        if (!*secrets) {
            return std::unexpected(secrets->error());
        }
    }
    const auto note = [&meter](const MeterSecrets& secrets, SecretKind kind, const char* name) {
        if (secrets.find(kind) != nullptr) {
            meter.secrets.emplace_back(name);
        }
    };
    note(*password, SecretKind::password, "password");
    note(*keys, SecretKind::encryption, "encryption_key");
    note(*keys, SecretKind::authentication, "authentication_key");
    note(*keys, SecretKind::master, "master_key");
    note(*keys, SecretKind::broadcast, "broadcast_key");
    note(*signing, SecretKind::password, "signing_key");
    note(*agreement, SecretKind::password, "agreement_key");
    return meter;
}

CallOutcome<std::optional<StoredMeter>> MeterRegister::find(const std::string& meter_number) {
    auto record = registry_->find(meter_number);
    if (!record) {
        return std::unexpected(store_failure(record.error()));
    }
    if (!*record) {
        return std::optional<StoredMeter>();
    }
    auto meter = with_secrets(std::move(**record));
    if (!meter) {
        return std::unexpected(store_failure(meter.error()));
    }
    return std::move(*meter);
}

CallOutcome<std::vector<StoredMeter>> MeterRegister::list(const std::string& after,
                                                          std::size_t most) {
    auto records = registry_->list(after, most);
    if (!records) {
        return std::unexpected(store_failure(records.error()));
    }
    std::vector<StoredMeter> meters;
    for (store::MeterRecord& record : *records) {
        auto meter = with_secrets(std::move(record));
        if (!meter) {
            return std::unexpected(store_failure(meter.error()));
        }
        meters.push_back(std::move(*meter));
    }
    return meters;
}

void MeterRegister::learn(const std::string& meter_number, const std::string& learnt) {
    // What could not be kept is learnt again.
    static_cast<void>(registry_->learn(meter_number, learnt));
}

}  // namespace dlms::service
