#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>

#include "client/dial_in/call_register.hpp"
#include "server/json_notifications.hpp"
#include "server/push_intake.hpp"
#include "server/responder.hpp"
#include "transport/udp_listener.hpp"

namespace dlms::service {

// Where what meters send by themselves comes in, and where it is asked for. On the I/O thread.
class PushReception {
public:
    struct Settings {
        std::optional<std::uint16_t> udp_port;  // empty: none
        std::string host = "0.0.0.0";
        std::shared_ptr<store::NotificationLog> log;        // not null
        std::shared_ptr<client::DurableCounters> counters;  // not null
        std::size_t most_kept = 1'000'000;
        render::ValueOptions shown;
        // Told when more is kept. May be empty.
        std::function<void()> kept = nullptr;
    };
    // Whom it asks; none is empty.
    struct Surroundings {
        std::function<void(const std::string& meter_number,
                           std::move_only_function<void(std::optional<PushMeter>)> found)>
            find_meter;
        // Which meter has a serial number; nothing for none, or several.
        std::function<void(const std::string& serial_number,
                           std::move_only_function<void(std::optional<std::string>)> found)>
            find_number;
        std::function<void(std::uint64_t call, ByteView octets)> send;
    };

    PushReception(const asio::any_io_executor& io, Settings settings, Surroundings surroundings);
    ~PushReception();
    PushReception(const PushReception&) = delete;
    PushReception& operator=(const PushReception&) = delete;

    // Listens, where a port is set. The error is a sentence for people.
    [[nodiscard]] std::optional<std::string> start();
    // 0: none.
    [[nodiscard]] std::uint16_t udp_port() const;

    void from_call(const client::dial_in::CallInfo& call,
                   client::dial_in::CallStream::Piece::Kind kind, ByteView octets);
    void call_ended(std::uint64_t call) { pieces_.erase(call); }

    // Finds what is asked for; where there is none yet, when some comes, or the wait is over.
    // `found` is called once, later; with nothing at once: too many wait.
    using Records = Result<std::vector<store::NotificationRecord>>;
    using Found = std::move_only_function<void(std::optional<Records>)>;
    void find(NotificationsRequest request, Found found);
    // The same as an answer.
    void ask(NotificationsRequest request, Responder responder);
    // Does something with the log where it holds up nobody, and answers.
    void answer(std::function<HttpAnswer(store::NotificationLog&)> make, Responder responder);
    // From now on nothing is waited for.
    [[nodiscard]] bool is_stopped() const { return is_stopped_; }
    // Who waits is answered now.
    void stop();

    [[nodiscard]] const PushCounters& counters() const { return intake_->counters(); }

private:
    struct Waiting {
        NotificationsRequest request;
        Found found;
        std::chrono::steady_clock::time_point until;
        bool is_asking = false;
    };

    void from_datagram(const asio::ip::udp::endpoint& peer, ByteView datagram);
    void take(PushOrigin origin, ByteBuffer apdu, PushIntake::Confirm confirm);
    void look_for(std::list<Waiting>::iterator waiting);
    void more_kept();
    void watch();

    asio::any_io_executor io_;
    Settings settings_;
    Surroundings surroundings_;
    std::shared_ptr<transport::UdpListener> listener_;
    std::unordered_map<std::uint64_t, PushPieces> pieces_;  // of calls
    std::list<Waiting> waiting_;
    asio::steady_timer timer_;
    bool is_watching_ = false;
    bool is_stopped_ = false;
    // For answers that come late.
    std::shared_ptr<PushReception*> self_;
    std::unique_ptr<PushIntake> intake_;
    asio::thread_pool queries_{1};
};

}  // namespace dlms::service
