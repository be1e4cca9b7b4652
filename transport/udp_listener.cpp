#include "transport/udp_listener.hpp"

#include <asio/error.hpp>

#include "transport/udp_channel.hpp"

namespace dlms::transport {

Result<std::shared_ptr<UdpListener>> UdpListener::listen(const asio::any_io_executor& executor,
                                                         const Peer& endpoint, Handler handler) {
    asio::ip::udp::socket socket(executor);
    std::error_code error;
    socket.open(endpoint.protocol(), error);
    if (!error) {
        socket.bind(endpoint, error);
    }
    if (!error) {
        socket.non_blocking(true, error);
    }
    if (error == asio::error::address_in_use) {
        return fail(ErrorCode::connect_refused, Layer::transport);
    }
    if (error) {
        return fail(ErrorCode::host_unreachable, Layer::transport);
    }
    std::shared_ptr<UdpListener> self(new UdpListener(std::move(socket), std::move(handler)));
    self->receive();
    return self;
}

UdpListener::UdpListener(asio::ip::udp::socket socket, Handler handler)
    : socket_(std::move(socket)),
      pause_(socket_.get_executor()),
      handler_(std::move(handler)),
      space_(max_datagram) {}

UdpListener::Peer UdpListener::local_endpoint() const {
    std::error_code ignored;
    return socket_.local_endpoint(ignored);
}

Status UdpListener::send_to(const Peer& peer, ByteView datagram) {
    std::error_code error;
    socket_.send_to(asio::buffer(datagram.data(), datagram.size()), peer, 0, error);
    ++(error ? counters_.not_sent : counters_.sent);
    if (error == asio::error::message_size) {
        return fail(ErrorCode::request_too_long, Layer::transport);
    }
    return {};
}

void UdpListener::close() {
    std::error_code ignored;
    socket_.close(ignored);
    pause_.cancel();
}

void UdpListener::receive() {
    socket_.async_receive_from(
        asio::buffer(space_), peer_,
        [self = shared_from_this()](std::error_code error, std::size_t count) {
            if (!self->socket_.is_open()) {
                return;
            }
            if (error) {
                self->receive_later();  // no error of a datagram ends the port
                return;
            }
            ++self->counters_.received;
            self->handler_(self->peer_, ByteView(self->space_).first(count));
            if (self->socket_.is_open()) {
                self->receive();
            }
        });
}

void UdpListener::receive_later() {
    pause_.expires_after(std::chrono::milliseconds(10));
    pause_.async_wait([self = shared_from_this()](std::error_code error) {
        if (!error && self->socket_.is_open()) {
            self->receive();
        }
    });
}

}  // namespace dlms::transport
