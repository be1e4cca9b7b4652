#include "simulator/scenario_links.hpp"

#include <algorithm>

#include "stack/hdlc/frame.hpp"

namespace dlms::simulator {
namespace {

constexpr std::int64_t least_information = 32;
constexpr std::int64_t most_information = 2030;
constexpr std::int64_t most_frames = 7;

bool is_printable(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c >= ' ' && c <= '~' && c != '/' && c != '!' && c != '\\'; });
}

std::string read_text(const ScenarioNode& node, std::size_t longest, std::string_view expected) {
    const std::string_view text = node.text();
    if (text.size() > longest || !is_printable(text)) {
        node.complain(expected);
    }
    return std::string(text);
}

}  // namespace

std::uint16_t largest_hdlc_upper(std::uint8_t address_octets) {
    // Above these are the reserved and the all-station addresses.
    return address_octets == 4 ? 0x3FFE : 0x7E;
}

std::uint16_t largest_hdlc_lower(std::uint8_t address_octets) {
    return address_octets == 4 ? 0x3FFD : 0x7D;
}

HdlcSettings read_hdlc(const ScenarioNode& node) {
    node.expect_keys({"address_octets", "lower_address", "max_information_transmit",
                      "max_information_receive", "window_transmit", "window_receive",
                      "inter_octet_timeout_ms", "inactivity_timeout_s"});
    HdlcSettings hdlc;
    const auto number = [&](std::string_view key, auto& into, std::int64_t low, std::int64_t high) {
        if (const auto found = node.find(key)) {
            into = static_cast<std::remove_reference_t<decltype(into)>>(found->integer(low, high));
        }
    };
    number("address_octets", hdlc.address_octets, 1, 4);
    if (hdlc.address_octets == 3) {
        node.at("address_octets").complain("1, 2 or 4");
    }
    number("lower_address", hdlc.lower_address, 1, largest_hdlc_lower(hdlc.address_octets));
    number("max_information_transmit", hdlc.limits.max_information_transmit, least_information,
           most_information);
    number("max_information_receive", hdlc.limits.max_information_receive, least_information,
           most_information);
    number("window_transmit", hdlc.limits.window_transmit, 1, most_frames);
    number("window_receive", hdlc.limits.window_receive, 1, most_frames);
    number("inter_octet_timeout_ms", hdlc.inter_octet_timeout, 20, 6000);
    number("inactivity_timeout_s", hdlc.inactivity_timeout, 0, 0xFFFF);
    return hdlc;
}

ModeESettings read_mode_e(const ScenarioNode& node) {
    node.expect_keys(
        {"manufacturer", "identification", "device_address", "baud_character", "start_baud_rate"});
    ModeESettings mode_e;
    if (const auto manufacturer = node.find("manufacturer")) {
        mode_e.manufacturer = read_text(*manufacturer, 3, "three letters");
        if (mode_e.manufacturer.size() != 3) {
            manufacturer->complain("three letters");
        }
    }
    if (const auto identification = node.find("identification")) {
        mode_e.identification =
            read_text(*identification, 16, "up to 16 printable characters but / ! and \\");
    }
    if (const auto address = node.find("device_address")) {
        mode_e.device_address =
            read_text(*address, 32, "up to 32 printable characters but / ! and \\");
    }
    if (const auto baud = node.find("baud_character")) {
        const std::string_view text = baud->text();
        if (text.size() != 1 || text[0] < '0' || text[0] > '9') {
            baud->complain("a character from \"0\" to \"9\"");
        }
        mode_e.baud_character = text[0];
    }
    if (const auto start = node.find("start_baud_rate")) {
        mode_e.start_baud_rate = static_cast<std::uint32_t>(start->integer(300, 115'200));
    }
    return mode_e;
}

}  // namespace dlms::simulator
