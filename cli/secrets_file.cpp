#include "cli/secrets_file.hpp"

#include <array>
#include <ctime>
#include <expected>

#include "cli/private_file.hpp"
#include "stack/base/hex.hpp"
#include "store/key_store.hpp"

namespace dlms::cli {
namespace {

using client::MeterSecrets;
using client::SecretKind;

std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    std::array<char, 32> text{};
    const std::size_t size = gmtime_r(&now, &parts) == nullptr
                                 ? 0
                                 : std::strftime(text.data(), text.size(), "%FT%TZ", &parts);
    return {text.data(), size};
}

class SecretsFile final : public client::KeyRecords {
public:
    SecretsFile(std::unique_ptr<client::KeyRecords> records, std::string name)
        : records_(std::move(records)), name_(std::move(name)) {}

    Result<MeterSecrets> current(const std::string& meter) override {
        return records_->current(meter);
    }
    Result<MeterSecrets> staged(const std::string& meter) override {
        return records_->staged(meter);
    }
    Result<bool> was_replaced(const std::string& meter, SecretKind kind, ByteView octets) override {
        return records_->was_replaced(meter, kind, octets);
    }
    Status keep(const std::string& meter, const MeterSecrets& secrets) override {
        return records_->keep(meter, secrets);
    }
    Status stage(const std::string& meter, const MeterSecrets& in_force,
                 const MeterSecrets& fresh) override {
        if (!name_.empty()) {
            std::string text = "# new secrets, on their way to the meter " + time_now() + "\n";
            for (const SecretKind kind : client::all_secret_kinds) {
                if (const SecretBytes* secret = fresh.find(kind)) {
                    text += variable_of(kind) + "=" + to_hex(secret->reveal()) + "\n";
                }
            }
            const bool failed = create_private_file(name_, as_bytes(text)).has_value();
            wipe(std::span(reinterpret_cast<Byte*>(text.data()), text.size()));
            if (failed) {
                return fail(ErrorCode::store_failed, Layer::client);
            }
        }
        return records_->stage(meter, in_force, fresh);
    }
    Status commit(const std::string& meter, const MeterSecrets& former) override {
        note("# in force since ");
        return records_->commit(meter, former);
    }
    Status discard(const std::string& meter) override {
        note("# not taken: the meter has the secrets of before, ");
        return records_->discard(meter);
    }
    Result<std::vector<client::SecretRecord>> history(const std::string& meter) override {
        return records_->history(meter);
    }
    bool outlives_process() const override { return !name_.empty(); }

private:
    /// For people; the secrets are there already.
    void note(const char* what) {
        if (!name_.empty()) {
            static_cast<void>(append_to_private_file(name_, as_bytes(what + time_now() + "\n")));
        }
    }

    std::unique_ptr<client::KeyRecords> records_;
    std::string name_;
};

}  // namespace

std::string variable_of(SecretKind kind) {
    switch (kind) {
        case SecretKind::encryption: return "DLMS_ENCRYPTION_KEY";
        case SecretKind::authentication: return "DLMS_AUTHENTICATION_KEY";
        case SecretKind::broadcast: return "DLMS_BROADCAST_KEY";
        case SecretKind::master: return "DLMS_MASTER_KEY";
        case SecretKind::password: break;
    }
    return "DLMS_PASSWORD_HEX";
}

std::expected<std::unique_ptr<client::KeyRecords>, std::string> secrets_file(std::string name) {
    auto records = store::KeyStore::in_memory();
    if (!records) {
        return std::unexpected(std::move(records.error()));
    }
    return std::make_unique<SecretsFile>(std::move(*records), std::move(name));
}

}  // namespace dlms::cli
