// IPv4 setup (class 42; Blue Book 4.9.2): the list of multicast addresses.

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::Tag;
using cosem::ActionResult;

constexpr std::int8_t multicast_id = 4;

/// 224.0.0.0 to 239.255.255.255.
bool is_multicast(std::uint64_t address) {
    return address >> 28 == 0xE;
}

ActionResult add(const OwnObject& setup, const MethodCall& call) {
    constexpr std::size_t most_addresses = 16;
    std::vector<axdr::Data> addresses = elements_of(setup.stored(multicast_id));
    const axdr::Data address(call.parameter);
    if (!is_multicast(*call.parameter.unsigned_integer()) || addresses.size() >= most_addresses) {
        return ActionResult::other_reason;
    }
    if (std::ranges::find(addresses, address) == addresses.end()) {
        addresses.push_back(address);
        setup.store(multicast_id, make_array(addresses));
    }
    return ActionResult::success;
}

ActionResult remove(const OwnObject& setup, const MethodCall& call) {
    std::vector<axdr::Data> addresses = elements_of(setup.stored(multicast_id));
    if (std::erase(addresses, axdr::Data(call.parameter)) == 0) {
        return ActionResult::other_reason;
    }
    setup.store(multicast_id, make_array(addresses));
    return ActionResult::success;
}

ActionResult count(const OwnObject& setup, const MethodCall& call) {
    const std::size_t number = elements_of(setup.stored(multicast_id)).size();
    call.returned = make_data([&](axdr::DataBuilder& builder) {
        builder.long_unsigned(static_cast<std::uint16_t>(number));
    });
    return ActionResult::success;
}

class Ipv4Setup final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::double_long_unsigned, add},
                                                  {2, Tag::double_long_unsigned, remove},
                                                  {3, Tag::integer, count}};
        return all;
    }
};

}  // namespace

const ClassBehaviour& ipv4_setup_behaviour() {
    static const Ipv4Setup behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
