#pragma once
// KeyStore: the secrets of meters in a file, each sealed under a key-encryption key that the file
// does not hold; or in memory, where there is no such key.

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "client/key_records.hpp"
#include "stack/base/random.hpp"
#include "store/database.hpp"
#include "store/sealing.hpp"

namespace dlms::store {

/// A row that was changed or damaged is tag_mismatch for every call that needs it, and told.
class KeyStore final : public client::KeyRecords {
public:
    /// Told whose secret no longer opens, each time that it is asked for.
    using Damaged = std::function<void(const std::string& meter)>;
    void tell_damage(Damaged damaged) { damaged_ = std::move(damaged); }

    /// Opens the file, or makes it. One process at a time. A file sealed under `former` is sealed
    /// anew under `key`, all of it or nothing. The error is a sentence for people.
    static std::expected<std::unique_ptr<KeyStore>, std::string> open(
        const std::string& file, SealingKey key, std::optional<SealingKey> former = std::nullopt);
    /// Goes with the process.
    static std::expected<std::unique_ptr<KeyStore>, std::string> in_memory();

    Result<client::MeterSecrets> current(const std::string& meter) override;
    Result<client::MeterSecrets> staged(const std::string& meter) override;
    Result<bool> was_replaced(const std::string& meter, client::SecretKind kind,
                              ByteView octets) override;
    Status keep(const std::string& meter, const client::MeterSecrets& secrets) override;
    Status stage(const std::string& meter, const client::MeterSecrets& in_force,
                 const client::MeterSecrets& fresh) override;
    Status commit(const std::string& meter, const client::MeterSecrets& former) override;
    Status discard(const std::string& meter) override;
    Result<std::vector<client::SecretRecord>> history(const std::string& meter) override;
    bool outlives_process() const override { return outlives_process_; }

    /// Secrets of one kind that are kept of a meter; older ones are forgotten.
    static constexpr std::uint32_t most_generations = 16;

private:
    KeyStore(Database database, SealingKey key, bool outlives_process)
        : database_(std::move(database)),
          key_(std::move(key)),
          outlives_process_(outlives_process) {}

    std::expected<void, std::string> prove_key(const std::optional<SealingKey>& former);
    std::expected<void, std::string> seal_anew(const SealingKey& former);
    Result<client::MeterSecrets> secrets(const std::string& meter, client::SecretState state);
    std::unexpected<Error> damage(const std::string& meter) const;
    Status keep_one(const std::string& meter, client::SecretKind kind, ByteView octets);
    Status add(const std::string& meter, client::SecretKind kind, client::SecretState state,
               ByteView octets);
    Status move(const std::string& meter, client::SecretKind kind, client::SecretState from,
                client::SecretState to);

    std::mutex mutex_;
    SystemRandom random_;
    Database database_;
    SealingKey key_;
    bool outlives_process_;
    Damaged damaged_;
};

}  // namespace dlms::store
