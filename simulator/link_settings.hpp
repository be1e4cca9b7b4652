#pragma once
// What a simulated meter is on lines other than the wrapper's: HDLC, and the mode E opening.

#include <chrono>
#include <cstdint>
#include <string>

#include "stack/hdlc/parameters.hpp"

namespace dlms::simulator {

struct HdlcSettings {
    /// Octets of the server addresses: 1, 2 or 4. The upper part is the logical device's SAP.
    std::uint8_t address_octets = 1;
    /// The lower part, where the address has more than one octet: the physical device.
    std::uint16_t lower_address = 16;
    hdlc::Parameters limits;
    std::chrono::milliseconds inter_octet_timeout{25};
    /// 0: never.
    std::chrono::seconds inactivity_timeout{120};
    /// Of a serial line.
    std::uint32_t baud_rate = 9600;

    friend bool operator==(const HdlcSettings&, const HdlcSettings&) = default;
};

struct ModeESettings {
    std::string manufacturer = "DLM";  ///< three letters of the FLAG register
    std::string identification = "SIMULATOR";
    std::string device_address{};  ///< of the request; empty: only requests without
    char baud_character = '5';
    std::uint32_t start_baud_rate = 300;
};

}  // namespace dlms::simulator
