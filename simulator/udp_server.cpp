#include "simulator/udp_server.hpp"

#include <sstream>

namespace dlms::simulator {

class UdpServer::Peer : public std::enable_shared_from_this<Peer> {
public:
    Peer(UdpServer& server, const Endpoint& endpoint)
        : server_(server),
          endpoint_(endpoint),
          machine_(server.configuration_.make_line(std::chrono::steady_clock::now())),
          timer_(server.executor_) {
        std::ostringstream text;
        text << endpoint;
        name_ = text.str();
        if (server.log_.trace) {
            trace_.emplace(transport::Framing::datagrams,
                           [this](transport::Direction direction, const std::string& line) {
                               server_.log_.trace(name_, direction, line);
                           });
        }
    }

    const std::string& name() const { return name_; }

    /// The peer may be gone when this and handle_timeout() return.
    void receive(ByteView datagram) {
        if (trace_) {
            trace_->octets(transport::Direction::received, datagram);
        }
        machine_->receive(datagram, std::chrono::steady_clock::now());
        drain();
    }

private:
    void handle_timeout() {
        const Instant now = std::chrono::steady_clock::now();
        if (const auto due = machine_->poll_timeout(); due && now >= *due) {
            machine_->handle_timeout(now);
        }
        drain();
    }
    void drain() {
        while (const std::optional<ByteView> datagram = machine_->poll_transmit()) {
            if (trace_) {
                trace_->octets(transport::Direction::sent, *datagram);
            }
            (void)server_.listener_->send_to(endpoint_, *datagram);
        }
        while (const std::optional<MeterEvent> event = machine_->poll_event()) {
            if (server_.log_.event && ++events_ <= ServerLog::most_events) {
                server_.log_.event(name_, *event);
            }
        }
        if (const std::optional<Error> failure = machine_->failure()) {
            end(*failure);
            return;
        }
        await_deadline();
    }
    void await_deadline() {
        const std::optional<Instant> deadline = machine_->poll_timeout();
        // A timer that fires too early looks again.
        if (!deadline || *deadline >= armed_for_) {
            return;
        }
        armed_for_ = *deadline;
        timer_.expires_at(*deadline);
        timer_.async_wait([weak = weak_from_this()](std::error_code error) {
            const std::shared_ptr<Peer> self = weak.lock();
            if (!error && self) {
                self->armed_for_ = Instant::max();
                self->handle_timeout();
            }
        });
    }
    void end(const Error& reason) {
        if (server_.log_.untold && events_ > ServerLog::most_events) {
            server_.log_.untold(name_, events_ - ServerLog::most_events);
        }
        if (server_.log_.disconnected) {
            server_.log_.disconnected(name_, reason);
        }
        server_.peers_.erase(Endpoint(endpoint_));
    }

    UdpServer& server_;
    Endpoint endpoint_;
    std::string name_;
    std::unique_ptr<LineMachine> machine_;
    std::optional<transport::HexTrace> trace_;
    asio::steady_timer timer_;
    Instant armed_for_ = Instant::max();
    std::size_t events_ = 0;
};

UdpServer::UdpServer(const asio::any_io_executor& executor, Configuration configuration,
                     ServerLog log)
    : executor_(executor), configuration_(std::move(configuration)), log_(std::move(log)) {}

UdpServer::~UdpServer() {
    close();
}

Result<std::unique_ptr<UdpServer>> UdpServer::start(const asio::any_io_executor& executor,
                                                    Configuration configuration, ServerLog log) {
    std::unique_ptr<UdpServer> server(
        new UdpServer(executor, std::move(configuration), std::move(log)));
    auto listener = transport::UdpListener::listen(
        executor, server->configuration_.endpoint,
        [self = server.get()](const Endpoint& endpoint, ByteView datagram) {
            self->received(endpoint, datagram);
        });
    if (!listener) {
        return std::unexpected(listener.error());
    }
    server->listener_ = *std::move(listener);
    return server;
}

void UdpServer::received(const Endpoint& endpoint, ByteView datagram) {
    if (const std::shared_ptr<Peer> peer = find_or_make(endpoint)) {
        peer->receive(datagram);
    }
}

std::shared_ptr<UdpServer::Peer> UdpServer::find_or_make(const Endpoint& endpoint) {
    const auto found = peers_.find(endpoint);
    if (found != peers_.end()) {
        return found->second;
    }
    auto peer = std::make_shared<Peer>(*this, endpoint);
    const bool has_room = peers_.size() < configuration_.max_peers;
    if (const auto& tell = has_room ? log_.connected : log_.refused) {
        tell(peer->name());
    }
    return has_room ? peers_.emplace(endpoint, std::move(peer)).first->second : nullptr;
}

void UdpServer::close() {
    if (listener_) {
        listener_->close();
    }
    peers_.clear();
}

}  // namespace dlms::simulator
