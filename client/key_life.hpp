#pragma once
// KeyLife: new secrets for a meter as a transaction: staged, transferred, proven by a new
// association, committed. Wherever it is cut off, what the meter has is in the records: the secrets
// of before, the staged ones, or both until settle() finds out.

#include <functional>
#include <memory>
#include <string>

#include "client/key_records.hpp"
#include "client/meter_client.hpp"
#include "client/meter_parameters.hpp"
#include "stack/base/random.hpp"

namespace dlms::client {

/// What the meter is to have instead. Keys travel wrapped with the master key by key_transfer of a
/// security setup (class 64); a password is written to, or changed by a method of, an association
/// (class 15).
struct SecretChange {
    MeterSecrets fresh;
    cosem::ObisCode security_setup{0, 0, 43, 0, 0, 255};
    cosem::ObisCode association{0, 0, 40, 0, 0, 255};
};

/// Which secrets the meter has when a change has failed.
enum class InForce : std::uint8_t {
    former,   ///< those of before
    fresh,    ///< the new ones: the records could not be written
    unknown,  ///< either; both are in the records
    lost,     ///< those of before, or ones that were agreed on and whose half never came
};

struct SecretFailure {
    Failure failure;
    /// What was being done, for example "transferring the keys".
    const char* step = "";
    InForce in_force = InForce::former;
};

/// New keys of these kinds (password excepted), for the suite. Errors: out_of_range for a password
/// or no kind at all, defect without randomness.
Result<MeterSecrets> draw_keys(std::span<const SecretKind> kinds, security::SecuritySuite suite,
                               Random& random);

/// The secrets of the parameters, and the parameters with other secrets in their place.
MeterSecrets secrets_of(const MeterParameters& parameters);
/// Errors: out_of_range for a key of neither 16 nor 32 octets.
Result<MeterParameters> with_secrets(const MeterParameters& parameters,
                                     const MeterSecrets& secrets);

/// Why the change cannot be made in an association with these parameters; empty where it can. What
/// is asked for: full protection, the master key for keys, keys of the suite's size, a mechanism
/// with a secret for a password, and not both in one change.
std::string obstacle(const MeterParameters& parameters, const SecretChange& change);

/// The same for keys that are agreed on: full protection, a suite with curves, our signing key, and
/// the meter's certificate.
std::string agreement_obstacle(const MeterParameters& parameters,
                               std::span<const SecretKind> kinds);

/// The secrets that an association shows the meter to have.
MeterSecrets provable(const MeterSecrets& secrets);

class KeyLife {
public:
    /// A client of the meter with these parameters.
    using MakeClient = std::function<std::unique_ptr<MeterClient>(MeterParameters)>;
    template <class T>
    using SecretOutcome = std::expected<T, SecretFailure>;

    /// `records` outlives it.
    KeyLife(KeyRecords& records, std::string meter, MakeClient make_client)
        : records_(records), meter_(std::move(meter)), make_client_(std::move(make_client)) {}

    /// Nobody else may have an association with the meter as this client. `parameters` are those
    /// that work now, and there is no obstacle(). Fails with wrong_state while a change that was
    /// cut off is not settled.
    asio::awaitable<SecretOutcome<void>> change(const MeterParameters& parameters,
                                                const SecretChange& change, Instant deadline);

    /// The same for new keys of these kinds that the meter and we agree on (key_agreement of the
    /// security setup in `places`). There is no agreement_obstacle(). Nobody knows the keys before
    /// the meter's answer: when that is lost, so are the keys, which the failure says.
    asio::awaitable<SecretOutcome<void>> agree(const MeterParameters& parameters,
                                               std::span<const SecretKind> kinds,
                                               const SecretChange& places, Instant deadline);

    /// Finds out which secrets the meter has where a change was cut off, by associations with the
    /// staged ones and with those of `parameters`; does nothing where none was, and where such an
    /// association uses none of them. Fails while the meter takes neither. What no association
    /// proves (a broadcast key, a master key) is sent once more to `places`, and waits where that
    /// is null; it stays staged until the meter takes it, or somebody keeps what the meter has.
    asio::awaitable<SecretOutcome<void>> settle(const MeterParameters& parameters,
                                                const SecretChange* places, Instant deadline);

private:
    asio::awaitable<Outcome<void>> associates(const MeterParameters& parameters,
                                              const MeterSecrets& secrets, Instant deadline);
    /// Sends the fresh secrets; keys are wrapped with the master key of `parameters`.
    asio::awaitable<Outcome<void>> send(MeterClient& client, const MeterParameters& parameters,
                                        const SecretChange& change, Instant deadline);
    asio::awaitable<SecretOutcome<void>> prove(const MeterParameters& parameters,
                                               const SecretChange& change, const Failure* doubt,
                                               Instant deadline);
    asio::awaitable<SecretOutcome<void>> send_again(const MeterParameters& parameters,
                                                    const SecretChange& change, Instant deadline);
    SecretOutcome<void> commit(const MeterParameters& former);
    SecretOutcome<void> discard(const Failure& failure, const char* step);

    KeyRecords& records_;
    std::string meter_;
    MakeClient make_client_;
};

}  // namespace dlms::client
