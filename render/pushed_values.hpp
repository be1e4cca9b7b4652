#pragma once
// The values in what a meter pushes, with the objects that they belong to, as far as the push says
// so itself. No maker's parser: four forms are all that meters were seen to send.
//
// - A logical name before its value, in one list (Kaifa, Kamstrup) or in a structure each (Aidon,
//   Iskraemeco), and behind the value its scaler_unit or nothing.
// - The list of objects first, as a push setup has it, and the values in its order behind it
//   (Landis+Gyr). A list that is not in the push can be handed in.
// - A list of values that no name stands before: each is shown by its place.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "render/value_json.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::render {

/// One value of a push. The view lives as long as the body's octets.
struct PushedValue {
    std::size_t place = 0;  ///< among the values of the push, from 0
    /// The class is 0 and the attribute 2 where the push names the object only.
    std::optional<cosem::AttributeDescriptor> attribute;
    axdr::DataView value;
    std::optional<cosem::ScalerUnit> scaler_unit;
};

struct PushedValues {
    std::vector<PushedValue> values;
    /// Whether every value has its object.
    bool is_self_described = false;
};

/// At most so many values are taken out of a push; what is behind them is in its body alone.
inline constexpr std::size_t max_pushed_values = 10'000;

/// Takes a push apart. `objects` are those of the push setup, in its order, for a body that names
/// none; empty: they are not known.
PushedValues pushed_values(const axdr::DataView& body,
                           std::span<const cosem::AttributeDescriptor> objects = {});

/// The objects of a push_object_list (class 40, attribute 2); nothing where the Data is none. Of
/// an element with a data index above 0 or with a restriction the attribute is taken.
std::optional<std::vector<cosem::AttributeDescriptor>> push_objects(const axdr::DataView& list);

/// The values as JSON: place, obisCode, classId, attributeId (null where the push does not say),
/// name, and the members of a reading.
Json pushed_values_json(const PushedValues& pushed, const ValueOptions& options);

}  // namespace dlms::render
