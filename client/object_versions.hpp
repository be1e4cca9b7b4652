#pragma once
// ObjectVersions: which version of its class each object of a meter has (Blue Book 4.4.3, 4.4.4),
// learned from the object lists that somebody reads.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::client {

class ObjectVersions {
public:
    /// Objects that are kept; more in a list are left out. A large meter lists 2,000.
    static constexpr std::size_t max_objects = 10'000;

    /// Notes what `value` of `attribute` tells: the object_list of an Association LN (class 15) or
    /// SN (class 12), whole or selected. Every other attribute, and every entry of another form,
    /// tells nothing. What a later list says of an object counts.
    void learn(const cosem::AttributeDescriptor& attribute, const axdr::DataView& value);

    /// The version of the attribute's object; nothing where no list told it.
    std::optional<std::uint8_t> of(const cosem::AttributeDescriptor& attribute) const;

    std::size_t size() const { return versions_.size(); }
    void clear() { versions_.clear(); }

private:
    std::map<std::pair<std::uint16_t, cosem::ObisCode>, std::uint8_t> versions_;
};

}  // namespace dlms::client
