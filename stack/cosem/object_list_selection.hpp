#pragma once
// Selective access to the object_list of an association (Blue Book 4.4.3 and 4.4.4; sheet section
// 12.5), parameters as a struct and as Data, and which entries they select.

#include <optional>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::cosem {

/// What a selector chooses by: an object's class, its logical name, or both. A part that is not
/// given agrees with all.
struct ObjectChoice {
    std::optional<std::uint16_t> class_id;
    std::optional<ObisCode> logical_name;

    friend bool operator==(const ObjectChoice&, const ObjectChoice&) = default;
};

/// The selectors of class 15, attribute 2.
enum class LnObjectListSelector : std::uint8_t {
    all_without_access_rights = 1,  ///< null-data: every object, without its access rights
    class_list = 2,      ///< array of long-unsigned: objects of these classes, without the rights
    object_id_list = 3,  ///< array of {class_id, logical_name}: these objects, whole
    object_id = 4,       ///< {class_id, logical_name}: this object, whole
};

struct LnObjectListSelection {
    LnObjectListSelector selector = LnObjectListSelector::all_without_access_rights;
    /// Class ids of a class_list, both parts of the others; empty for all objects.
    std::vector<ObjectChoice> choices;

    bool shows_access_rights() const {
        return selector == LnObjectListSelector::object_id_list ||
               selector == LnObjectListSelector::object_id;
    }
    friend bool operator==(const LnObjectListSelection&, const LnObjectListSelection&) = default;
};

/// The selectors of class 12, attribute 2. The layout of their parameters is not public: a client
/// writes the simple form, a server takes an array and a {class_id, logical_name} as well.
enum class SnObjectListSelector : std::uint8_t {
    class_id = 1,      ///< long-unsigned
    logical_name = 2,  ///< octet-string
};

struct SnObjectListSelection {
    SnObjectListSelector selector = SnObjectListSelector::class_id;
    std::vector<ObjectChoice> choices;

    friend bool operator==(const SnObjectListSelection&, const SnObjectListSelection&) = default;
};

/// Errors: unknown_choice for another selector; type_mismatch, element_missing, trailing_octets and
/// value_out_of_range for other parameters.
Result<LnObjectListSelection> read_ln_object_list_selection(std::uint8_t selector,
                                                            const axdr::DataView& parameters);
Result<SnObjectListSelection> read_sn_object_list_selection(std::uint8_t selector,
                                                            const axdr::DataView& parameters);

/// The parameters that go with the selector. Errors: out_of_range for choices, or parts of them,
/// that the selector has no room for or misses.
Result<axdr::Data> to_data(const LnObjectListSelection& selection);
Result<axdr::Data> to_data(const SnObjectListSelection& selection);

/// Whether an object is one of the chosen.
bool selects(const LnObjectListSelection& selection, std::uint16_t class_id,
             const ObisCode& logical_name);
bool selects(const SnObjectListSelection& selection, std::uint16_t class_id,
             const ObisCode& logical_name);

/// The entries of an object_list that are selected, as a list of the same form; where the access
/// rights are not shown, an entry is {class_id, version, logical_name}. Errors: type_mismatch and
/// element_missing for what is no object_list.
Result<axdr::Data> selected_objects(const axdr::DataView& object_list,
                                    const LnObjectListSelection& selection);
Result<axdr::Data> selected_objects(const axdr::DataView& object_list,
                                    const SnObjectListSelection& selection);

}  // namespace dlms::cosem
