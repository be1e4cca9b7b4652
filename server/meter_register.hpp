#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/thread_pool.hpp>

#include "server/call_failure.hpp"
#include "server/meter_setup.hpp"
#include "server/requests.hpp"
#include "store/meter_registry.hpp"

namespace dlms::client {
class KeyRecords;
}

namespace dlms::service {

// A meter for the registry: the parameters of a /connect, with the secrets in `request`, and as
// JSON text without them.
struct MeterEntry {
    ConnectRequest request;
    std::string parameters;
    bool forget_learnt = false;
};

// A meter of the registry, and which secrets are kept of it, by their names in /connect.
struct StoredMeter {
    store::MeterRecord record;
    std::vector<std::string> secrets;
};

// The registry of meters and their secrets, with the one thread that waits for the disk.
class MeterRegister {
public:
    // `keys` and `registry` are not null; `defaults` say which client a meter without one has.
    MeterRegister(std::unique_ptr<store::MeterRegistry> registry,
                  std::shared_ptr<client::KeyRecords> keys, const MeterDefaults& defaults);
    // Waits for the work under way; what has not begun is dropped.
    ~MeterRegister();
    MeterRegister(const MeterRegister&) = delete;
    MeterRegister& operator=(const MeterRegister&) = delete;

    // Does work on the register's thread, one after the other.
    void post(std::move_only_function<void()> work);

    // Whether there is no meter at all; any thread.
    [[nodiscard]] bool is_empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    // Whether meters, and their secrets, are there after a restart; any thread.
    [[nodiscard]] bool outlives_process() const { return registry_->outlives_process(); }
    [[nodiscard]] bool keeps_secrets() const;

    // The others on the register's thread. Failures: other-reason of blame internal where the disk
    // fails.
    enum class Added : std::uint8_t { is_new, replaced, is_there };
    // `may_replace`: puts the entry in the place of one that is there.
    [[nodiscard]] CallOutcome<Added> add(const MeterEntry& entry, bool may_replace);
    // False where there is none. What is known of its secrets stays: a meter has them still.
    [[nodiscard]] CallOutcome<bool> remove(const std::string& meter_number);
    [[nodiscard]] CallOutcome<std::optional<StoredMeter>> find(const std::string& meter_number);
    [[nodiscard]] CallOutcome<std::vector<StoredMeter>> list(const std::string& after,
                                                             std::size_t most);
    void learn(const std::string& meter_number, const std::string& learnt);

private:
    Status keep_secrets(const ConnectRequest& request);
    Result<StoredMeter> with_secrets(store::MeterRecord record);

    std::unique_ptr<store::MeterRegistry> registry_;
    std::shared_ptr<client::KeyRecords> keys_;
    MeterDefaults defaults_;
    std::atomic<std::size_t> size_;
    asio::thread_pool thread_;
};

}  // namespace dlms::service
