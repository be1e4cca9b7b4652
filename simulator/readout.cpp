#include "simulator/readout.hpp"

#include "stack/cosem/scaler_unit.hpp"

namespace dlms::simulator {
namespace {

using cosem::Unit;
using iec62056_21::DataSet;

constexpr std::uint16_t data_class = 1;
constexpr std::uint16_t register_class = 3;
constexpr std::uint8_t electricity = 1;
constexpr cosem::ObisCode meter_number{0, 0, 96, 1, 0, 255};

bool is_said_in_thousands(Unit unit) {
    return unit >= Unit::watt && unit <= Unit::var_hour;
}

/// C.D.E for electricity, as meters of this protocol write it; with A and B for the rest.
std::string address_of(const cosem::ObisCode& code) {
    const auto octets = code.octets();
    std::string text;
    if (octets[0] != electricity || octets[1] != 0) {
        text = std::to_string(octets[0]) + '-' + std::to_string(octets[1]) + ':';
    }
    text += std::to_string(octets[2]) + '.' + std::to_string(octets[3]) + '.' +
            std::to_string(octets[4]);
    return octets[5] == 255 ? text : text + '*' + std::to_string(octets[5]);
}

std::optional<DataSet> number_set(const axdr::Data& data) {
    const axdr::DataView value = data.view();
    if (const auto text = value.text()) {
        return DataSet{address_of(meter_number), std::string(*text), ""};
    }
    const auto octets = value.octets();
    return octets ? std::optional(DataSet{address_of(meter_number),
                                          std::string(octets->begin(), octets->end()), ""})
                  : std::nullopt;
}

std::optional<DataSet> register_set(const cosem::ObisCode& code, const axdr::Data& value,
                                    const axdr::Data& scaler_unit) {
    const auto terms = cosem::read_scaler_unit(scaler_unit.view());
    const auto raw = cosem::read_exact_integer(value.view());
    if (!terms || !raw) {
        return std::nullopt;
    }
    const bool in_thousands = is_said_in_thousands(terms->unit);
    const std::string symbol(cosem::symbol(terms->unit).value_or(""));
    return DataSet{address_of(code),
                   cosem::decimal_text(*raw, terms->scaler - (in_thousands ? 3 : 0)),
                   in_thousands ? 'k' + symbol : symbol};
}

bool can_be_said(const DataSet& set) {
    ByteBuffer octets;
    Writer writer(octets);
    iec62056_21::encode(writer, set);
    return writer.ok();
}

}  // namespace

std::vector<DataSet> data_block(LogicalDevice& device, Instant now) {
    std::vector<DataSet> block;
    for (const std::uint16_t class_id : {data_class, register_class}) {
        for (const std::size_t place : device.model().of_class(class_id)) {
            const cosem::ObisCode& code = device.object(place).instance;
            std::optional<DataSet> set;
            if (class_id == data_class && code == meter_number) {
                set = number_set(device.value({place, 2}, now));
            } else if (class_id == register_class && code.octets()[0] == electricity) {
                set = register_set(code, device.value({place, 2}, now),
                                   device.value({place, 3}, now));
            }
            if (set && can_be_said(*set)) {
                block.push_back(*std::move(set));
            }
        }
    }
    return block;
}

}  // namespace dlms::simulator
