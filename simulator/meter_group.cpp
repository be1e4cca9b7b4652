#include "simulator/meter_group.hpp"

#include <algorithm>
#include <string>

#include "simulator/scenario_links.hpp"

namespace dlms::simulator {
namespace {

bool is_digit(Byte octet) {
    return octet >= '0' && octet <= '9';
}

std::optional<std::size_t> number_of(ByteView address) {
    constexpr std::size_t longest_text = 9;  // digits, so that nothing overflows
    constexpr std::size_t longest_number = 4;
    if (address.empty()) {
        return std::nullopt;
    }
    const bool is_decimal = std::ranges::all_of(address, is_digit);
    if (address.size() > (is_decimal ? longest_text : longest_number)) {
        return std::nullopt;
    }
    std::size_t number = 0;
    for (const Byte octet : address) {
        number = is_decimal ? number * 10 + (octet - std::size_t{'0'}) : number << 8 | octet;
    }
    return number;
}

}  // namespace

std::expected<void, std::string> MeterGroup::add(std::unique_ptr<Meter> meter) {
    if (reach_ == Reach::wrapper_alone) {
        // One more for each meter behind the first one's.
        const std::size_t first =
            meters_.empty() ? 1 : meters_.front()->devices().front().sap().value();
        if (first + meters_.size() > UINT16_MAX) {
            return std::unexpected("no server SAP is left");
        }
        meters_.push_back(std::move(meter));
        return {};
    }
    if (meters_.size() == 1) {
        give_address(*meters_.front(), {});
    }
    std::set<std::uint16_t> taken;
    for (const std::unique_ptr<Meter>& other : meters_) {
        taken.insert(other->hdlc_settings().lower_address);
    }
    if (!meters_.empty() && !give_address(*meter, taken)) {
        return std::unexpected("no lower HDLC address is left");
    }
    meters_.push_back(std::move(meter));
    return {};
}

bool MeterGroup::give_address(Meter& meter, const std::set<std::uint16_t>& taken) {
    const HdlcSettings settings = meter.hdlc_settings();
    const std::uint8_t octets = std::max<std::uint8_t>(settings.address_octets, 2);
    std::uint16_t lower = settings.lower_address;
    while (taken.contains(lower)) {
        ++lower;
    }
    if (lower > largest_hdlc_lower(octets)) {
        return false;
    }
    meter.set_hdlc_address(octets, lower);
    return true;
}

std::optional<std::size_t> MeterGroup::find(ServerSap server) const {
    const auto first = meters_.front()->devices().front().sap().value();
    const std::size_t place = std::size_t{server.value()} - first;
    if (server.value() <= first || place >= meters_.size() ||
        meters_.front()->devices().size() > 1 || meters_[place]->devices().size() > 1) {
        return std::nullopt;
    }
    return place;
}

std::optional<std::size_t> MeterGroup::find(ByteView physical_device_address) const {
    const std::string name(physical_device_address.begin(), physical_device_address.end());
    if (const std::optional<std::size_t> named = find_name(name)) {
        return named;
    }
    const std::optional<std::size_t> number = number_of(physical_device_address);
    return number && *number >= 1 && *number <= meters_.size() ? std::optional(*number - 1)
                                                               : std::nullopt;
}

std::optional<std::size_t> MeterGroup::find_name(std::string_view name) const {
    const auto found = std::ranges::find_if(meters_, [name](const auto& meter) {
        return std::ranges::any_of(meter->devices(), [name](const LogicalDevice& device) {
            return device.name() == name;
        });
    });
    return found != meters_.end() ? std::optional(static_cast<std::size_t>(found - meters_.begin()))
                                  : std::nullopt;
}

}  // namespace dlms::simulator
