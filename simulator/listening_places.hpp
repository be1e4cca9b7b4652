#pragma once
// ListeningPlaces: everywhere that the program's meters can be reached.

#include <memory>
#include <string>
#include <vector>

#include "simulator/meter_group.hpp"
#include "simulator/meter_server.hpp"
#include "simulator/options.hpp"
#include "simulator/serial_server.hpp"
#include "simulator/udp_server.hpp"

namespace dlms::simulator {

class ListeningPlaces {
public:
    /// All must outlive the places.
    ListeningPlaces(asio::any_io_executor executor, const Options& options, MeterGroup& meters,
                    const ServerLog& log);

    /// Opens every place that the options name. The error is a sentence for people.
    std::expected<void, std::string> open();
    void close();
    /// For each place, in the order of the options: "listening on 127.0.0.1:4059 (scenario ...)".
    const std::vector<std::string>& lines() const { return lines_; }

private:
    using Opened = std::expected<void, std::string>;
    enum class Place : std::uint8_t { tcp, pty, serial };

    Opened open_wrapper(const asio::ip::address& address);
    Opened open_hdlc(const asio::ip::address& address);
    Opened open_udp(const asio::ip::address& address);
    Opened open_line(const std::string& path, bool is_pty);
    std::unique_ptr<LineMachine> make_hdlc_line(Instant now, Place place);
    Result<std::unique_ptr<LineMachine>> make_line(Instant now, Place place);
    std::string opening_text() const;
    LineSettings serial_settings() const;
    std::size_t connection_limit() const;
    std::string meters_text() const;
    void add_line(const std::string& place, const std::string& kind, const std::string& more);

    asio::any_io_executor executor_;
    const Options& options_;
    MeterGroup& meters_;
    const ServerLog& log_;
    std::uint64_t lines_made_ = 0;  // for the seeds of their faults
    std::vector<std::unique_ptr<MeterServer>> tcp_;
    std::unique_ptr<UdpServer> udp_;
    std::vector<std::unique_ptr<SerialServer>> serial_;
    std::vector<std::string> lines_;
};

}  // namespace dlms::simulator
