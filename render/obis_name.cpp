#include "render/obis_name.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace dlms::render {
namespace {

using cosem::ObisCode;

struct Named {
    std::uint8_t number;
    std::string_view name;
};

std::string_view find(std::span<const Named> names, std::uint8_t number) {
    const auto found = std::ranges::find(names, number, &Named::number);
    return found != names.end() ? found->name : std::string_view();
}

// Value group C of electricity; the phases have the same 20, 40 and 60 further.
constexpr std::array quantities{
    Named{1, "Active power+"},
    Named{2, "Active power-"},
    Named{3, "Reactive power+"},
    Named{4, "Reactive power-"},
    Named{5, "Reactive power QI"},
    Named{6, "Reactive power QII"},
    Named{7, "Reactive power QIII"},
    Named{8, "Reactive power QIV"},
    Named{9, "Apparent power+"},
    Named{10, "Apparent power-"},
    Named{11, "Current"},
    Named{12, "Voltage"},
    Named{13, "Power factor"},
    Named{14, "Frequency"},
    Named{15, "Active power absolute"},
    Named{16, "Active power net"},
};

// The same as energies (value group D 8 and 9 and 29).
constexpr std::array energies{
    Named{1, "Active energy import"},    Named{2, "Active energy export"},
    Named{3, "Reactive energy import"},  Named{4, "Reactive energy export"},
    Named{5, "Reactive energy QI"},      Named{6, "Reactive energy QII"},
    Named{7, "Reactive energy QIII"},    Named{8, "Reactive energy QIV"},
    Named{9, "Apparent energy import"},  Named{10, "Apparent energy export"},
    Named{15, "Active energy absolute"}, Named{16, "Active energy net"},
};

// Value group D, as far as it stands behind a quantity.
constexpr std::array kinds{
    Named{2, " cumulative maximum"},
    Named{4, " average"},
    Named{5, " last average"},
    Named{6, " maximum"},
    Named{7, ""},
    Named{3, " minimum"},
    Named{24, " average"},
    Named{25, " last average"},
};

struct NamedCode {
    ObisCode code;
    std::string_view name;
};

using namespace cosem::literals;

constexpr std::array codes{
    NamedCode{"0-0:1.0.0.255"_obis, "Clock"},
    NamedCode{"0-0:1.0.1.255"_obis, "Clock"},
    NamedCode{"0-0:40.0.0.255"_obis, "Current association"},
    NamedCode{"0-0:41.0.0.255"_obis, "SAP assignment"},
    NamedCode{"0-0:42.0.0.255"_obis, "Logical device name"},
    NamedCode{"0-0:96.1.0.255"_obis, "Meter serial number"},
    NamedCode{"0-0:96.3.10.255"_obis, "Disconnect control"},
    NamedCode{"0-0:96.10.1.255"_obis, "Profile status"},
    NamedCode{"0-0:96.10.2.255"_obis, "Profile status"},
    NamedCode{"0-0:96.10.7.255"_obis, "Profile status"},
    NamedCode{"0-0:96.11.0.255"_obis, "Event code"},
    NamedCode{"0-0:96.11.1.255"_obis, "Event code"},
    NamedCode{"0-0:96.11.2.255"_obis, "Event code"},
    NamedCode{"0-0:96.11.3.255"_obis, "Event code"},
    NamedCode{"0-0:96.11.4.255"_obis, "Event code"},
    NamedCode{"0-0:97.97.0.255"_obis, "Error register"},
    NamedCode{"0-0:99.98.0.255"_obis, "Standard event log"},
    NamedCode{"0-0:99.98.1.255"_obis, "Fraud detection log"},
    NamedCode{"0-0:99.98.2.255"_obis, "Disconnector control log"},
    NamedCode{"1-0:99.1.0.255"_obis, "Load profile 1"},
    NamedCode{"1-0:99.2.0.255"_obis, "Load profile 2"},
    NamedCode{"1-0:98.1.0.255"_obis, "Billing profile 1"},
    NamedCode{"1-0:98.2.0.255"_obis, "Billing profile 2"},
    NamedCode{"1-0:99.97.0.255"_obis, "Power failure event log"},
};

// Value group E of Hexcell's event logs 1-0:99.98.x.255.
constexpr std::array hexcell_logs{
    Named{1, "L1 Loss Voltage"},
    Named{2, "L2 Loss Voltage"},
    Named{3, "L3 Loss Voltage"},
    Named{4, "Under Voltage"},
    Named{5, "L2 Under Voltage"},
    Named{6, "L3 Under Voltage"},
    Named{7, "Over Voltage"},
    Named{8, "L2 Over Voltage"},
    Named{9, "L3 Over Voltage"},
    Named{10, "Phase loss L1"},
    Named{11, "Voltage harmonics L1"},
    Named{12, "Voltage harmonics L2"},
    Named{13, "Voltage harmonics L3"},
    Named{14, "Current harmonics L1"},
    Named{15, "Current harmonics L2"},
    Named{16, "Current harmonics L3"},
    Named{19, "Neutral Err"},
    Named{21, "Total Current Reverse"},
    Named{22, "Current Reverse"},
    Named{23, "L2 Current Reverse"},
    Named{24, "L3 Current Reverse"},
    Named{25, "Over Power"},
    Named{26, "L2 Over Power"},
    Named{27, "L3 Over Power"},
    Named{28, "Total Over Power"},
    Named{29, "L1 Loss Current"},
    Named{30, "L2 Loss Current"},
    Named{31, "L3 Loss Current"},
    Named{32, "Open Meter Box"},
    Named{34, "Power off"},
    Named{35, "Temperature error"},
    Named{36, "Frequency error"},
    Named{37, "Current Bypass"},
    Named{38, "Current Open"},
    Named{40, "L3 Over Current"},
    Named{42, "Open Meter Cover"},
    Named{43, "Open Meter Terminal Cover"},
    Named{44, "Over Current"},
    Named{45, "L2 Over Current"},
    Named{46, "Relay off"},
    Named{47, "Relay on"},
    Named{48, "Set Time event"},
    Named{50, "Strong DC Field"},
    Named{63, "Tamper"},
    Named{64, "Voltage Imbalance"},
    Named{65, "Current Imbalance"},
    Named{66, "Energy consumption"},
    Named{67, "Boxcover open"},
    Named{68, "Relay error"},
    Named{69, "Energy low"},
    Named{70, "Credit token time"},
    Named{84, "Credit token"},
    Named{85, "Credit energy"},
    Named{86, "Technology token"},
    Named{87, "Meter mode Post"},
    Named{88, "Meter mode Prepaid"},
    Named{89, "Clear Tamper TOKEN"},
    Named{90, "Clear Tamper time"},
    Named{91, "Clear Credit(KWH)TOKEN"},
    Named{92, "Clear Credit(KWH) time"},
    Named{93, "Set Overload Token"},
    Named{94, "Set Overload Time"},
    Named{95, "Meter token prepaid"},
    Named{96, "Meter time prepaid"},
    Named{97, "Meter token post"},
    Named{98, "Meter time post"},
    Named{100, "Meter reset"},
    Named{101, "Battery low"},
    Named{103, "Freeze day programmed"},
    Named{104, "Firmware update"},
    Named{105, "Phase error"},
    Named{106, "Neutral over-current"},
};

constexpr std::array hexcell_codes{
    NamedCode{"0-0:95.51.0.255"_obis, "Load profile interval"},
    NamedCode{"0-0:95.67.0.255"_obis, "Remaining energy"},
    NamedCode{"0-0:96.60.0.255"_obis, "Prepayment mode"},
    NamedCode{"0-0:96.65.0.255"_obis, "Credit energy"},
    NamedCode{"0-0:96.96.1.255"_obis, "Last token"},
    NamedCode{"1-0:96.66.0.255"_obis, "Remaining energy"},
    NamedCode{"1-0:96.68.0.255"_obis, "Negative energy"},
    NamedCode{"1-0:99.5.0.255"_obis, "Monthly consumption"},
    NamedCode{"1-0:129.129.2.255"_obis, "Token"},
};

std::string_view find(std::span<const NamedCode> names, const ObisCode& code) {
    const auto found = std::ranges::find(names, code, &NamedCode::code);
    return found != names.end() ? found->name : std::string_view();
}

std::string brand_name(const ObisCode& code, std::string_view profile) {
    if (profile != "hexcell") {
        return {};
    }
    const bool is_log = code.a() == 1 && code.b() == 0 && code.c() == 99 && code.d() == 98;
    const std::string_view log = is_log ? find(hexcell_logs, code.e()) : std::string_view();
    return log.empty() ? std::string(find(hexcell_codes, code)) : std::string(log) + " log";
}

// The quantity of value group C and its phase.
struct Quantity {
    std::uint8_t number = 0;
    std::string_view phase;
};

Quantity quantity_of(std::uint8_t c) {
    constexpr std::array<std::string_view, 4> phases{"", " L1", " L2", " L3"};
    if (c >= 1 && c <= 80) {
        const std::size_t phase = (c - 1) / 20U;
        return {static_cast<std::uint8_t>((c - 1) % 20 + 1), phases.at(phase)};
    }
    return {};
}

std::string electricity_name(const ObisCode& code) {
    const std::uint8_t d = code.d();
    if (code.c() == 91 && d == 7) {
        return "Neutral current";
    }
    const Quantity quantity = quantity_of(code.c());
    const bool is_energy = d == 8 || d == 9 || d == 29;
    const auto what =
        is_energy ? find(energies, quantity.number) : find(quantities, quantity.number);
    const auto* kind = std::ranges::find(kinds, d, &Named::number);
    if (what.empty() || (!is_energy && kind == kinds.end())) {
        return {};
    }
    std::string name = std::string(what) + std::string(quantity.phase);
    name += is_energy ? "" : kind->name;
    name += d == 29 ? " of the interval" : "";
    if (code.e() > 0 && code.e() < 64) {
        name += " tariff " + std::to_string(code.e());
    } else if (code.e() == 0 && d == 8) {
        name += " total";
    } else if (code.e() != 0) {
        return {};
    }
    if (code.f() < 100) {
        name += ", billing period " + std::to_string(code.f());
    }
    return name;
}

}  // namespace

std::string obis_name(const ObisCode& code, std::string_view profile) {
    std::string name = brand_name(code, profile);
    if (name.empty()) {
        name = find(codes, code);
    }
    if (name.empty() && code.a() == 1) {
        name = electricity_name(code);
    }
    return name;
}

}  // namespace dlms::render
