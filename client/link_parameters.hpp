#pragma once
// Below the association: which link a meter is reached by, and its parameters.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "client/meter_session.hpp"
#include "stack/base/line_settings.hpp"
#include "transport/tls_options.hpp"

namespace dlms::client {

enum class LinkKind : std::uint8_t { wrapper, hdlc };
/// dial_in: the connection that the meter has made.
enum class Carrier : std::uint8_t { tcp, tls, udp, serial, dial_in };

/// HDLC (IEC 62056-46; Green Book chapter 8).
struct HdlcParameters {
    /// Octets of the meter's address: 1, 2 or 4; empty: 1 without a physical address, else 2, or 4
    /// if a part needs it.
    std::optional<std::uint8_t> address_octets;
    /// The meter's lower address; its upper one is the server SAP.
    std::optional<std::uint16_t> physical_address;
    std::uint16_t max_information = 128;  ///< octets of an information field, 32 to 2030, both ways
    std::uint8_t window = 1;              ///< frames that may be unacknowledged, 1 to 7, both ways
    /// Of the beginning of an answer, from the end of our frame as far as the line's speed is known
    /// (serial ports, mode E).
    std::chrono::milliseconds response_timeout{3000};
    unsigned retries = 3;  ///< of one frame; more on an open link while its request has time
    /// A pause that ends an unfinished frame, on serial lines. The standard's 25 ms are too short
    /// for USB converters, which hand octets on in parcels.
    std::chrono::milliseconds inter_octet_timeout{200};
    /// DISC before SNRM: for meters that keep a broken session.
    bool disconnect_first = false;
    /// The line gives back what we send (two wires, some optical heads).
    bool expect_echo = false;

    friend bool operator==(const HdlcParameters&, const HdlcParameters&) = default;
};

/// The opening of IEC 62056-21 mode E before HDLC. On a serial port the speed changes as the meter
/// and we agree. A serial line behind TCP (a converter, a modem) has a speed and a format of its
/// own, which nobody changes from here: it is 8N1 for HDLC, so that the opening's parity is made
/// here, and the meter is asked to stay at the line's speed.
struct ModeEParameters {
    std::string device_address;     ///< up to 32 characters; empty for the only meter on the line
    std::string manufacturer = {};  ///< three letters that the meter must have; empty: any
    std::uint32_t starting_baud_rate = 300;
    std::uint32_t max_baud_rate = 9600;
    bool fixed_speed = false;      ///< starting_baud_rate is that of the line and stays
    bool software_parity = false;  ///< 7E1 is made of the line's 8N1
    std::chrono::milliseconds settle_time{300};  ///< from the acknowledgement to the first frame

    friend bool operator==(const ModeEParameters&, const ModeEParameters&) = default;
};

struct LinkParameters {
    Carrier carrier = Carrier::tcp;
    LinkKind kind = LinkKind::wrapper;  ///< hdlc over serial; over UDP the wrapper alone
    std::string serial_port;            ///< of Carrier::serial, for example /dev/ttyUSB0
    std::string caller;                 ///< of Carrier::dial_in: the meter's number
    LineSettings line_settings;         ///< of Carrier::serial
    /// Of Carrier::serial: request to send and data terminal ready, from which some optical heads
    /// and converters take their power or their direction; empty: as the system has them.
    std::optional<bool> rts;
    std::optional<bool> dtr;
    transport::TlsOptions tls;              ///< of Carrier::tls
    HdlcParameters hdlc;                    ///< of LinkKind::hdlc
    std::optional<ModeEParameters> mode_e;  ///< before HDLC
    std::optional<GatewayAddress> gateway;

    friend bool operator==(const LinkParameters&, const LinkParameters&) = default;
};

}  // namespace dlms::client
