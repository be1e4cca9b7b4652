#pragma once
// MeterGroup: the meters of one line, by their lower HDLC addresses; of one address of the wrapper,
// by server SAP; and those behind one gateway, by their place in the group.

#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulator/meter.hpp"

namespace dlms::simulator {

class MeterGroup {
public:
    /// Where the meters of a group can be reached: those that HDLC reaches need addresses, of which
    /// there are fewer.
    enum class Reach : std::uint8_t { wrapper_alone, hdlc_too };

    explicit MeterGroup(Reach reach = Reach::hdlc_too) : reach_(reach) {}

    /// Puts a meter behind those that are there; on HDLC lines, from the second one on, all have
    /// addresses of two or four octets and a lower part of their own: the declared one, or the next
    /// that is free above it. The error says which address is not left; the meter is not taken
    /// then.
    std::expected<void, std::string> add(std::unique_ptr<Meter> meter);

    std::size_t size() const { return meters_.size(); }
    Meter& operator[](std::size_t index) const { return *meters_[index]; }

    /// The meter whose first logical device a server SAP of the wrapper means: that of the first
    /// meter, and one more for each behind it. Nothing for the devices of the first meter, and
    /// where meters have several devices, whose SAPs would meet.
    std::optional<std::size_t> find(ServerSap server) const;

    /// Whether requests with a gateway header are served.
    bool is_gateway() const { return is_gateway_; }
    void set_gateway(bool is_gateway) { is_gateway_ = is_gateway; }
    /// The meter that a physical device address means: its place from 1 on, as decimal digits or as
    /// a number of up to four octets; or the logical device name of one of its devices.
    std::optional<std::size_t> find(ByteView physical_device_address) const;

private:
    static bool give_address(Meter& meter, const std::set<std::uint16_t>& taken);
    std::optional<std::size_t> find_name(std::string_view name) const;

    Reach reach_;
    std::vector<std::unique_ptr<Meter>> meters_;
    bool is_gateway_ = false;
};

}  // namespace dlms::simulator
