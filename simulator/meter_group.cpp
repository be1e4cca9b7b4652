#include "simulator/meter_group.hpp"

#include <algorithm>
#include <string>

#include "simulator/scenario_links.hpp"
#include "stack/axdr/data_builder.hpp"

namespace dlms::simulator {
namespace {

constexpr cosem::ObisCode serial_number(0, 0, 96, 1, 0, 255);
constexpr cosem::ObisCode logical_device_name(0, 0, 42, 0, 0, 255);

bool is_digit(Byte octet) {
    return octet >= '0' && octet <= '9';
}

/// Counts the decimal digits at the end of a text up; what they cannot hold is lost.
void count_up_text(std::span<Byte> text, std::uint32_t count) {
    for (auto place = text.rbegin(); place != text.rend() && is_digit(*place) && count > 0;
         ++place) {
        const std::uint32_t sum = static_cast<std::uint32_t>(*place - '0') + count;
        *place = static_cast<Byte>('0' + sum % 10);
        count = sum / 10;
    }
}

/// The same for two digits an octet.
void count_up_bcd(std::span<Byte> octets, std::uint32_t count) {
    for (auto place = octets.rbegin(); place != octets.rend() && count > 0; ++place) {
        const std::uint32_t sum = (*place >> 4) * 10u + (*place & 0x0Fu) + count;
        *place = static_cast<Byte>((sum / 10 % 10) << 4 | sum % 10);
        count = sum / 100;
    }
}

bool is_bcd(ByteView octets) {
    return std::ranges::all_of(octets,
                               [](Byte octet) { return (octet >> 4) < 10 && (octet & 0x0F) < 10; });
}

bool is_text(ByteView octets) {
    return std::ranges::all_of(octets, [](Byte octet) { return octet >= ' ' && octet <= '~'; });
}

void count_up(std::span<Byte> octets, std::uint32_t count) {
    if (is_text(octets)) {
        count_up_text(octets, count);
    } else if (is_bcd(octets)) {
        count_up_bcd(octets, count);
    }
}

void renumber_object(MeterObject& object, std::uint32_t count) {
    Attribute* const attribute = object.attribute(2);
    auto* const stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (!stored) {
        return;
    }
    const axdr::DataView value = stored->data.view();
    axdr::DataBuilder builder;
    if (const auto octets = value.octets(); octets && value.is(axdr::Tag::octet_string)) {
        ByteBuffer changed = to_buffer(*octets);
        count_up(changed, count);
        builder.octet_string(changed);
    } else if (const auto text = value.text(); text && value.is(axdr::Tag::visible_string)) {
        ByteBuffer changed = to_buffer(as_bytes(*text));
        count_up_text(changed, count);
        builder.visible_string(std::string(changed.begin(), changed.end()));
    } else {
        return;
    }
    stored->data = builder.finish().value_or(std::move(stored->data));
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

bool MeterGroup::add(std::unique_ptr<Meter> meter) {
    if (meters_.size() == 1) {
        give_address(*meters_.front(), {});
    }
    std::set<std::uint16_t> taken;
    for (const std::unique_ptr<Meter>& other : meters_) {
        taken.insert(other->hdlc_settings().lower_address);
    }
    if (!meters_.empty() && !give_address(*meter, taken)) {
        return false;
    }
    meters_.push_back(std::move(meter));
    return true;
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

void renumber(Scenario& scenario, std::uint32_t count) {
    for (DeclaredDevice& device : scenario.devices) {
        ByteBuffer name = to_buffer(as_bytes(device.name));
        count_up_text(name, count);
        device.name.assign(name.begin(), name.end());
        for (MeterObject& object : device.objects) {
            if (object.instance == serial_number || object.instance == logical_device_name) {
                renumber_object(object, count);
            }
        }
    }
}

}  // namespace dlms::simulator
