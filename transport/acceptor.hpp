#pragma once
// Accepts TCP connections until it is closed.

#include <functional>
#include <memory>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "stack/base/result.hpp"

namespace dlms::transport {

class TcpAcceptor : public std::enable_shared_from_this<TcpAcceptor> {
public:
    /// Called for every connection, on the acceptor's executor.
    using Handler = std::function<void(asio::ip::tcp::socket)>;

    /// Listens on an address and port (0: any free one). Errors: host_unreachable for an address
    /// that is not ours, connect_refused for a port that is taken.
    static Result<std::shared_ptr<TcpAcceptor>> listen(const asio::any_io_executor& executor,
                                                       const asio::ip::tcp::endpoint& endpoint,
                                                       Handler handler);

    /// Address and port listened on.
    asio::ip::tcp::endpoint local_endpoint() const;
    void close();

private:
    TcpAcceptor(asio::ip::tcp::acceptor acceptor, Handler handler);

    void accept();
    void accept_later();

    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    Handler handler_;
};

}  // namespace dlms::transport
