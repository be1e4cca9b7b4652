#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <asio/any_io_executor.hpp>

#include "client/dial_in/call_register.hpp"
#include "server/requests.hpp"
#include "transport/tls_acceptor.hpp"

namespace dlms::service {

// Where meters that call are listened to, and how many may.
struct DialInSettings {
    std::optional<std::uint16_t> port;  // empty: no meter may call
    std::string host = "0.0.0.0";
    transport::TlsServerOptions tls;  // without a certificate: plain TCP
    client::dial_in::CallLimits limits;
};

// How a meter's number is looked up among those that are known: the connection type, or nothing.
using ConnectionTypeFound = std::function<void(std::optional<ConnectionType>)>;
using LookUpConnectionType =
    std::function<void(const std::string& meter_number, ConnectionTypeFound found)>;

// Numbers that a modem's serial number may stand for: itself, and where it is digits alone, the
// same without some or all of the zeros that fill it up.
[[nodiscard]] std::vector<std::string> numbers_of_serial(const std::string& serial_number);

// The port for meters that call, and their calls. On the I/O thread.
class DialIn {
public:
    struct Events {
        LookUpConnectionType look_up;  // never empty
        // Another call of a meter has come while one is in use. May be empty.
        std::function<void(const std::string& meter_number)> called_again;
        // As of CallRegister. May be empty.
        std::function<void(const client::dial_in::CallInfo& call,
                           client::dial_in::CallStream::Piece::Kind kind, ByteView octets)>
            pushed;
        std::function<void(std::uint64_t call)> ended;
    };

    DialIn(const asio::any_io_executor& executor, DialInSettings settings, Events events);
    ~DialIn();
    DialIn(const DialIn&) = delete;
    DialIn& operator=(const DialIn&) = delete;

    // Listens, where a port is set. The error is a sentence for people.
    [[nodiscard]] std::optional<std::string> start();
    // The meter of a serial number, whatever connects it; nothing for none, or several.
    void find_number(const std::string& serial_number,
                     std::move_only_function<void(std::optional<std::string>)> found) const;
    // Accepts no more calls; those that are there stay.
    void stop_listening();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] bool is_on() const { return settings_.port.has_value(); }
    [[nodiscard]] const std::shared_ptr<client::dial_in::CallRegister>& calls() const {
        return calls_;
    }

private:
    void resolve(const std::string& serial_number,
                 client::dial_in::CallRegister::Events::Found found);

    asio::any_io_executor executor_;
    DialInSettings settings_;
    Events events_;
    std::shared_ptr<client::dial_in::CallRegister> calls_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
    std::shared_ptr<transport::TlsAcceptor> tls_acceptor_;
};

}  // namespace dlms::service
