#pragma once
// KeyRecords: the secrets of meters, kept so that one that works is always known: those in force,
// those under way to the meter, and those of before.

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"

namespace dlms::client {

/// What a secret of a meter is for.
enum class SecretKind : std::uint8_t {
    encryption,      ///< global unicast encryption key (GUEK)
    authentication,  ///< global authentication key (GAK)
    broadcast,       ///< global broadcast encryption key (GBEK)
    master,          ///< master key (KEK)
    password,        ///< of LLS, or the secret of HLS
};
inline constexpr std::array all_secret_kinds{SecretKind::encryption, SecretKind::authentication,
                                             SecretKind::broadcast, SecretKind::master,
                                             SecretKind::password};

/// Secrets of one meter, one of a kind at most.
class MeterSecrets {
public:
    /// Null where there is none; valid until it is set anew.
    const SecretBytes* find(SecretKind kind) const {
        const auto& secret = secrets_[static_cast<std::size_t>(kind)];
        return secret ? &*secret : nullptr;
    }
    void set(SecretKind kind, ByteView octets) {
        secrets_[static_cast<std::size_t>(kind)].emplace(octets);
    }
    bool empty() const;
    MeterSecrets clone() const;
    /// Those of the kinds that there are in `others`.
    MeterSecrets of_kinds_in(const MeterSecrets& others) const;

private:
    std::array<std::optional<SecretBytes>, all_secret_kinds.size()> secrets_;
};

enum class SecretState : std::uint8_t {
    staged,     ///< may have reached the meter
    current,    ///< in force, as far as we know
    replaced,   ///< was in force
    discarded,  ///< was staged, and the meter does not have it
};

/// One secret's history, without the secret.
struct SecretRecord {
    SecretKind kind{};
    std::uint32_t generation = 0;  ///< counts the secrets of this kind, from 1
    SecretState state{};
    std::chrono::system_clock::time_point since;
};

/// Every change is durable when its call returns. Errors of all: store_failed; nothing is changed
/// then.
class KeyRecords {
public:
    virtual ~KeyRecords() = default;

    virtual Result<MeterSecrets> current(const std::string& meter) = 0;
    /// Empty unless a change is under way, or was cut off.
    virtual Result<MeterSecrets> staged(const std::string& meter) = 0;
    /// Whether the meter had this secret once, and has another one by now.
    virtual Result<bool> was_replaced(const std::string& meter, SecretKind kind,
                                      ByteView octets) = 0;

    /// What somebody knows of the meter is the current one from now on; what was staged of the same
    /// kinds is discarded.
    virtual Status keep(const std::string& meter, const MeterSecrets& secrets) = 0;
    /// Before they are sent: the meter may have `fresh` from now on, or still `in_force`, which is
    /// proven. Errors: wrong_state while others are staged.
    virtual Status stage(const std::string& meter, const MeterSecrets& in_force,
                         const MeterSecrets& fresh) = 0;
    /// The meter has what is staged in place of what there is of that kind in `former`.
    virtual Status commit(const std::string& meter, const MeterSecrets& former) = 0;
    /// The meter does not have what is staged.
    virtual Status discard(const std::string& meter) = 0;

    /// By kind and generation.
    virtual Result<std::vector<SecretRecord>> history(const std::string& meter) = 0;
    /// Whether the secrets are there after a restart.
    virtual bool outlives_process() const = 0;
};

}  // namespace dlms::client
