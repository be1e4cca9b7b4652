#pragma once
// Scripts of APDUs for a NativeMeterClient, and the outcomes of its calls as words.

#include <string>
#include <string_view>
#include <vector>

#include "client/meter_client.hpp"
#include "tests/client/client_desk.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/scripted_meter.hpp"

namespace dlms::client::testing_scripts {

using namespace dlms::testing;
using namespace std::chrono_literals;
using Expect = ScriptedMeter::Expect;
using Send = ScriptedMeter::Send;
using Silence = ScriptedMeter::Silence;
using Flood = ScriptedMeter::Flood;

inline std::string wpdu(std::string_view ports, std::string_view apdu) {
    const ByteBuffer octets = testing::octets(apdu);
    const Byte length[]{static_cast<Byte>(octets.size() >> 8), static_cast<Byte>(octets.size())};
    return "0001" + std::string(ports) + to_hex(length) + to_hex(octets);
}
inline Expect asks(std::string_view apdu) {
    return Expect{wpdu("00100001", apdu)};
}
inline Send says(std::string_view apdu) {
    return Send{wpdu("00010010", apdu)};
}

inline constexpr auto aarq = "601DA109060760857405080101BE10040E01000000065F1F0400007E1FFFFF";
inline constexpr auto aare =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400007E1F04C80007";
inline constexpr auto aare_without_lists =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400007C1F04C80007";

inline std::vector<ReadRequest> first_registers(std::uint8_t count) {
    std::vector<ReadRequest> requests(count);
    for (std::uint8_t i = 0; i < count; ++i) {
        requests[i].attribute = {3, {1, 0, i, 8, 0, 255}, 2};
    }
    return requests;
}

inline std::string text(const Outcome<std::vector<Outcome<axdr::Data>>>& outcome) {
    if (!outcome) {
        return "failed " + std::string(code_text(outcome.error()));
    }
    std::string words;
    for (const Outcome<axdr::Data>& item : *outcome) {
        words += (words.empty() ? "" : " ") + testing::text(item);
    }
    return words;
}

inline std::string text(const Outcome<std::vector<Outcome<void>>>& outcome) {
    if (!outcome) {
        return "failed " + std::string(code_text(outcome.error()));
    }
    std::string words;
    for (const Outcome<void>& item : *outcome) {
        words += (words.empty() ? "" : " ") +
                 (item ? std::string("written") : std::string(code_text(item.error())));
    }
    return words;
}

inline std::string text(const Outcome<std::optional<axdr::Data>>& outcome) {
    if (!outcome) {
        return std::string(code_text(outcome.error()));
    }
    return *outcome ? to_hex((*outcome)->encoded()) : "done";
}

inline std::string read_list(Desk& desk, std::uint8_t count) {
    return text(desk.wait(desk.client.read_list(first_registers(count), in(20s))));
}

inline axdr::Data data(std::string_view hex) {
    return *axdr::Data::parse(testing::octets(hex));
}

}  // namespace dlms::client::testing_scripts
