#pragma once
// ListeningPlaces: everywhere that the program's meters can be reached, and whom they call.

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/dialler.hpp"
#include "simulator/meter_group.hpp"
#include "simulator/meter_server.hpp"
#include "simulator/options.hpp"
#include "simulator/push_sender.hpp"
#include "simulator/serial_server.hpp"
#include "simulator/udp_server.hpp"

namespace dlms::simulator {

/// The meters of every line; null where a line was taken away. The first one stays.
using Fleet = std::vector<std::unique_ptr<MeterGroup>>;

class ListeningPlaces {
public:
    /// All must outlive the places. `fleet` holds one group at least.
    ListeningPlaces(asio::any_io_executor executor, const Options& options, const Fleet& fleet,
                    const ServerLog& log);

    /// Opens every place that the options name. The error is a sentence for people.
    std::expected<void, std::string> open();
    void close();
    /// For each option that names a place, in their order: "listening on 127.0.0.1:4059 (scenario
    /// ...)"; for a fleet, "listening on 127.0.0.1:20000 to 127.0.0.1:20999 (1000 ports, ...)".
    const std::vector<std::string>& lines() const { return lines_; }

    // The TCP ports and calls of one line of the fleet.
    std::size_t connections(std::size_t line) const;
    void disconnect(std::size_t line);
    /// A meter of the line, by its place there, has lost its power or got it back.
    void power_changed(std::size_t line, std::size_t place);
    /// Nobody listens there any more, until resume().
    void suspend(std::size_t line);
    /// Errors: those of TcpAcceptor::listen().
    Status resume(std::size_t line);

    /// Ports of one line; 0 for any free one.
    struct LinePorts {
        std::optional<std::uint16_t> tcp = std::nullopt;  ///< wrapper
        std::optional<std::uint16_t> hdlc = std::nullopt;
        std::optional<std::uint16_t> udp = std::nullopt;

        bool any() const { return tcp || hdlc || udp; }
    };
    /// Opens the ports of a line that was added to the fleet, on the first address, and returns
    /// which they are; where none is named, one of each kind that the options name. With --dial its
    /// meters call. The error is a sentence for people; close_line() then takes away what was
    /// opened.
    std::expected<LinePorts, std::string> open_line_of_fleet(std::size_t line, LinePorts ports);
    /// Meters that came to a line push from now on.
    void serve_pushes(std::size_t line);
    /// How a line with these ports can be reached.
    MeterGroup::Reach reach(const LinePorts& ports) const;
    /// Nobody listens there again, and nobody calls.
    void close_line(std::size_t line);
    /// Whether the meters of a line cannot change: those on serial lines and those that call.
    bool is_fixed(std::size_t line) const;

private:
    using Opened = std::expected<void, std::string>;
    enum class Place : std::uint8_t { tcp, pty, serial };
    /// Where something listens.
    struct Where {
        asio::ip::address address;
        std::uint16_t port;
    };
    /// Opens the place of one group and returns the port.
    using OpenOne = std::function<Result<std::uint16_t>(std::size_t line, const Where& where)>;

    Opened read_addresses();
    Opened open_ports(std::uint16_t first, const std::string& kind, const std::string& more,
                      const OpenOne& open_one);
    std::optional<Where> place_of(std::size_t group, std::uint16_t first) const;
    Result<std::uint16_t> serve_tcp(std::size_t line, const Where& where,
                                    transport::Framing framing, LineFactory make_line);
    std::string connections_text() const;
    Result<std::uint16_t> serve_wrapper(std::size_t line, const Where& where);
    Result<std::uint16_t> serve_hdlc(std::size_t line, const Where& where);
    Result<std::uint16_t> serve_udp(std::size_t line, const Where& where);
    std::size_t peer_limit() const;
    Opened open_wrapper();
    Opened open_hdlc();
    Opened open_udp();
    Opened open_line(const std::string& path, bool is_pty);
    Opened dial();
    void dial_from(std::size_t line);
    /// Ends what calls out from one line.
    template <class Caller>
    static void close_all(std::vector<std::shared_ptr<Caller>>& callers) {
        for (const std::shared_ptr<Caller>& caller : callers) {
            if (caller) {
                caller->close();
            }
        }
        callers.clear();
    }
    std::unique_ptr<LineMachine> make_hdlc_line(MeterGroup& meters, Instant now, Place place);
    Result<std::unique_ptr<LineMachine>> make_line(MeterGroup& meters, Instant now, Place place);
    std::string opening_text() const;
    LineSettings serial_settings() const;
    std::size_t connection_limit() const;
    std::string meters_text() const;
    void add_line(const std::string& place, const std::string& kind, const std::string& more);

    asio::any_io_executor executor_;
    const Options& options_;
    const Fleet& fleet_;
    MeterGroup& first_;
    const ServerLog& log_;
    std::vector<asio::ip::address> addresses_;
    std::uint64_t lines_made_ = 0;                                // for the seeds of their faults
    std::vector<std::vector<std::unique_ptr<MeterServer>>> tcp_;  // by line
    std::vector<std::unique_ptr<UdpServer>> udp_;                 // by line
    std::vector<std::unique_ptr<SerialServer>> serial_;
    std::vector<std::vector<std::shared_ptr<Dialler>>> diallers_;         // by line
    std::vector<std::vector<std::shared_ptr<PushSender>>> push_senders_;  // by line
    Dialler::Configuration call_;                                         // its seed goes on
    std::vector<std::string> lines_;
};

}  // namespace dlms::simulator
