#include "client/dial_in/named_serial.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "client/dial_in/modem_frame.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr std::array<std::array<Byte, 6>, 2> serial_objects{
    {{0, 0, 96, 1, 0, 255}, {0, 0, 42, 0, 0, 255}}};

/// Calls `visit` for every simple value in order until it returns true; whether it did.
/// The depth is bounded by the check that made the view.
template <class Visit>
bool any_value(const axdr::DataView& data, const Visit& visit) {
    const auto elements = data.elements();
    if (!elements) {
        return visit(data);
    }
    return std::ranges::any_of(
        *elements, [&](const axdr::DataView& element) { return any_value(element, visit); });
}

bool is_name(const axdr::DataView& value, ByteView logical_name) {
    const auto octets = value.octets();
    return value.is(axdr::Tag::octet_string) && octets && std::ranges::equal(*octets, logical_name);
}

}  // namespace

bool names_object(const axdr::DataView& body, ByteView logical_name) {
    return any_value(body,
                     [&](const axdr::DataView& value) { return is_name(value, logical_name); });
}

std::string text_serial(const axdr::DataView& value) {
    if (const auto text = value.text()) {
        return is_serial_number(*text) ? std::string(*text) : std::string();
    }
    const auto octets = value.octets();
    return value.is(axdr::Tag::octet_string) && octets ? serial_number_of(*octets) : std::string();
}

std::string named_serial(const axdr::DataView& body) {
    std::string serial;
    bool is_next = false;
    any_value(body, [&](const axdr::DataView& value) {
        if (is_next) {
            serial = text_serial(value);
        }
        is_next = std::ranges::any_of(serial_objects,
                                      [&](const auto& name) { return is_name(value, name); });
        return !serial.empty();
    });
    return serial;
}

}  // namespace dlms::client::dial_in
