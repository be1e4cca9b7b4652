#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "client/durable_counters.hpp"
#include "client/meter_security.hpp"
#include "render/value_json.hpp"
#include "server/push_pieces.hpp"
#include "store/notification_log.hpp"

namespace dlms::service {

// Where a push came from.
struct PushOrigin {
    std::string source;         // "dial-in", "udp", "session"
    std::string address;        // of the sender
    std::string serial_number;  // as it claims; or empty
    std::string meter_number;   // or empty
};

// What a push needs of its meter.
struct PushMeter {
    client::MeterSecurity security;
    render::ValueOptions shown;
};

struct PushCounters {
    std::atomic<std::uint64_t> kept = 0;
    std::atomic<std::uint64_t> duplicates = 0;
    std::atomic<std::uint64_t> undeciphered = 0;  // kept as they came: no key
    // Not kept, by cause.
    std::atomic<std::uint64_t> malformed = 0;  // kept as they came, and not read
    std::atomic<std::uint64_t> replayed = 0;
    std::atomic<std::uint64_t> forged = 0;      // the tag or the signature does not fit
    std::atomic<std::uint64_t> refused = 0;     // another sender, another suite ...
    std::atomic<std::uint64_t> overflowed = 0;  // too many at once
    std::atomic<std::uint64_t> failed = 0;      // the store failed
    std::atomic<std::uint64_t> others = 0;      // APDUs that are no notifications
};

// Takes what meters send by themselves: opens it, reads it, keeps it, and only then has it
// confirmed. The work is done on a thread of its own, many at once where they come so: the disk is
// waited for once.
class PushIntake {
public:
    struct Settings {
        std::shared_ptr<store::NotificationLog> log;        // not null
        std::shared_ptr<client::DurableCounters> counters;  // not null
        std::size_t most_kept = 1'000'000;                  // older ones go
        std::size_t most_waiting = 10'000;
        std::size_t most_octets_waiting = std::size_t{64} << 20;
        render::ValueOptions shown;  // of meters that are not known
        // Told on the I/O thread when more is kept. May be empty.
        std::function<void()> kept;
    };
    // Sends the confirmation, an APDU; on the I/O thread.
    using Confirm = std::move_only_function<void(ByteView apdu)>;

    PushIntake(asio::any_io_executor io, Settings settings);
    // Finishes what has come.
    ~PushIntake();
    PushIntake(const PushIntake&) = delete;
    PushIntake& operator=(const PushIntake&) = delete;

    // `meter`: nothing where it is not known.
    void take(PushOrigin origin, ByteBuffer apdu, std::optional<PushMeter> meter, Confirm confirm);

    // Records for a query, with their ids in the documents; any thread.
    [[nodiscard]] Result<std::vector<store::NotificationRecord>> list(
        const store::NotificationQuery& query) const {
        return settings_.log->list(query);
    }
    [[nodiscard]] const PushCounters& counters() const { return counters_; }

private:
    struct Push {
        PushOrigin origin;
        ByteBuffer apdu;
        std::optional<PushMeter> meter;
        Confirm confirm;
        std::chrono::system_clock::time_point received;
    };
    struct Work;

    void run();
    void handle(std::vector<Push> pushes);
    bool open(Work& work);
    void read(Work& work);

    asio::any_io_executor io_;
    Settings settings_;
    PushCounters counters_;
    SystemRandom random_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Push> waiting_;
    std::size_t octets_waiting_ = 0;
    bool ending_ = false;
    std::uint64_t since_last_look_ = 0;
    // For what the thread hands to the I/O thread.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
    const std::weak_ptr<const bool> is_alive_ = alive_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace dlms::service
